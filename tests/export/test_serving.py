"""The SavedModel in TensorFlow Serving: its REST and gRPC forms, its warm-up requests, and the example client."""

import base64
import io
import json
import runpy
import sys
import urllib.error
import urllib.request
from pathlib import Path

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_service_pb2_grpc

from copyart import export
from copyart.data.images import read_image, to_array, to_image
from copyart.export.reference import paint_reference
from copyart.painting.painter import Painter
from tests.engine.plans import network_of
from tests.export.tensorflow_serving import serving
from tests.pictures import encode, photo, pixels, store

EXAMPLE = Path(__file__).parents[2] / "examples" / "serving"
#: A batch of mixed sizes and kinds.
PHOTOS = [(photo(33, 21), "PNG"), (photo(48, 32, seed=1).convert("L"), "JPEG"), (photo(7, 50, seed=2), "BMP")]


@pytest.fixture(scope="module")
def network():
    return network_of("light")


@pytest.fixture(scope="module")
def model(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "monet"
    export.saved_model(Painter.from_network(network, {"name": "Monet", "licence": "CC0"}), folder / "1")
    with serving(folder) as model:
        yield model


@pytest.fixture
def ask(model):
    """Send JSON to the model; returns the status and the answer."""

    def send(body=None, path=":predict", address=None):
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(f"{address or model.rest}{path}", data, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    return send


def files():
    return [encode(image, kind) for image, kind in PHOTOS]


def b64(data):
    return {"b64": base64.b64encode(data).decode()}


def agree(network, paintings):
    """Check that paintings, PNG files, are those of the photos."""
    for painting, data in zip(paintings, files(), strict=True):
        original, painted = read_image(data), read_image(io.BytesIO(painting))
        assert painted.size == original.size
        assert abs(pixels(painted) - pixels(to_image(paint_reference(network, original)))).max() <= 1


class TestRest:
    @pytest.mark.parametrize("named", [True, False])
    def test_rows_of_mixed_sizes(self, ask, network, named):
        rows = [{"image_bytes": b64(data)} if named else b64(data) for data in files()]
        status, answer = ask({"instances": rows})
        assert (status, list(answer)) == (200, ["predictions"])
        agree(network, [base64.b64decode(row["b64"]) for row in answer["predictions"]])

    @pytest.mark.parametrize("named", [True, False])
    def test_columns_of_mixed_sizes(self, ask, network, named):
        column = [b64(data) for data in files()]
        status, answer = ask({"inputs": {"image_bytes": column} if named else column, "signature_name": "paint"})
        assert (status, list(answer)) == (200, ["outputs"])
        agree(network, [base64.b64decode(value["b64"]) for value in answer["outputs"]])

    def test_floats(self, ask, network):
        image = photo(20, 12)
        status, answer = ask({"signature_name": "serve", "instances": [{"photos": to_array(image).tolist()}]})
        assert status == 200
        assert np.abs(np.array(answer["predictions"][0]) - paint_reference(network, image)).max() < 1e-4

    def test_status_and_metadata(self, ask, model):
        status, answer = ask(path="")
        assert answer["model_version_status"][0]["state"] == "AVAILABLE"
        for path in ("/metadata", "/versions/1/metadata"):
            status, answer = ask(path=path)
            assert status == 200
            definitions = answer["metadata"]["signature_def"]["signature_def"]
            assert set(definitions) == {"paint", "serve", "serving_default"}
            assert definitions["serving_default"]["inputs"]["image_bytes"]["dtype"] == "DT_STRING"
            assert definitions["serving_default"]["method_name"] == "tensorflow/serving/predict"

    @pytest.mark.parametrize(
        ("body", "status", "words"),
        [
            (b"{", 400, "JSON Parse error"),
            ({"instances": [], "inputs": []}, 400, "either 'instances' or 'inputs'"),
            ({"instances": [{"image_bytes": b64(b"no picture")}]}, 400, "Unknown image file format"),
            ({"instances": [{"picture": b64(b"")}]}, 400, "keys of"),
            ({"instances": [b64(b"")], "signature_name": "dream"}, 400, "not found in signature def"),
        ],
    )
    def test_errors_are_an_object_with_an_error(self, ask, body, status, words):
        found, answer = ask(body)
        assert (found, list(answer)) == (status, ["error"])
        assert words in answer["error"]

    def test_another_model_or_version_is_not_found(self, ask, model):
        assert ask(path="/versions/7")[0] == 404
        assert "not found" in ask(path="", address=model.rest.replace("monet", "cezanne"))[1]["error"]


class TestGrpc:
    def request(self, signature="", **inputs):
        request = predict_pb2.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = "monet", signature
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        return request

    def test_a_batch_of_mixed_sizes(self, model, network):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(model.channel)
        response = stub.Predict(self.request(image_bytes=files()), timeout=60)
        assert response.model_spec.version.value == 1
        agree(network, tf.make_ndarray(response.outputs["painting_bytes"]).tolist())

    def test_floats(self, model, network):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(model.channel)
        image = photo(20, 12)
        response = stub.Predict(self.request("serve", photos=to_array(image)[None]), timeout=60)
        painting = tf.make_ndarray(response.outputs["paintings"])[0]
        assert np.abs(painting - paint_reference(network, image)).max() < 1e-4

    @pytest.mark.parametrize(
        ("signature", "inputs"), [("dream", {"image_bytes": [b""]}), ("paint", {"image_bytes": [b"no picture"]})]
    )
    def test_a_bad_request_is_an_invalid_argument(self, model, signature, inputs):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(model.channel)
        with pytest.raises(grpc.RpcError) as raised:
            stub.Predict(self.request(signature, **inputs), timeout=60)
        assert raised.value.code() == grpc.StatusCode.INVALID_ARGUMENT

    def test_metadata_say_what_the_signatures_take(self, model):
        stub = prediction_service_pb2_grpc.PredictionServiceStub(model.channel)
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        request.model_spec.name = "monet"
        definitions = get_model_metadata_pb2.SignatureDefMap()
        assert stub.GetModelMetadata(request, timeout=60).metadata["signature_def"].Unpack(definitions)
        sides = definitions.signature_def["serve"].inputs["photos"].tensor_shape.dim
        assert [side.size for side in sides] == [-1, -1, -1, 3]


def test_warm_up_paints_by_both_signatures(model):
    assert [record.predict_log.request.model_spec.signature_name for record in model.records()] == ["paint", "serve"]
    encoded, values = model.warmed_up
    painting = read_image(io.BytesIO(tf.make_ndarray(encoded.outputs["painting_bytes"])[0]))
    assert painting.size == (32, 24)
    assert tf.make_ndarray(values.outputs["paintings"]).shape == (1, 32, 32, 3)


def test_the_card_lies_with_the_extra_assets(model):
    written = json.loads((model.folder / "assets.extra" / "report.json").read_text())
    assert written["style"] == {"name": "Monet", "licence": "CC0"}
    assert written["compared"]["max_levels_of_255"] <= 1
    assert written["compared"]["runtime"] == f"tensorflow {tf.__version__}"


class TestExample:
    def run(self, monkeypatch, *arguments):
        monkeypatch.setattr(sys, "argv", ["client.py", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(EXAMPLE / "client.py"), run_name="__main__")
        return end.value.code

    def test_the_client_paints_photos_of_mixed_sizes(self, model, network, tmp_path, monkeypatch, capsys):
        photos = [store(tmp_path / f"{number}.{kind.lower()}", image) for number, (image, kind) in enumerate(PHOTOS)]
        assert self.run(monkeypatch, model.rest, *photos, "-o", tmp_path / "painted") == 0
        painted = [tmp_path / "painted" / f"{photo.stem}.png" for photo in photos]
        assert capsys.readouterr().out.split() == [str(path) for path in painted]
        agree(network, [path.read_bytes() for path in painted])

    def test_the_client_says_in_a_line_what_the_server_said(self, model, tmp_path, monkeypatch):
        (tmp_path / "no.jpg").write_bytes(b"no picture")
        line = self.run(monkeypatch, model.rest, tmp_path / "no.jpg", "-o", tmp_path / "painted")
        assert line.startswith("client.py: 400: ")
        assert "not found" in self.run(monkeypatch, f"{model.rest}x", tmp_path / "no.jpg")
        assert "refused" in self.run(monkeypatch, "http://127.0.0.1:1/v1/models/x", tmp_path / "no.jpg")
        assert not (tmp_path / "painted").exists()

    def test_the_client_overwrites_no_painting_by_another(self, tmp_path, monkeypatch, capsys):
        photos = tmp_path / "a.jpg", tmp_path / "b" / "a.png"
        assert self.run(monkeypatch, "http://127.0.0.1:1/v1/models/x", *photos) == 2
        assert "must have different names" in capsys.readouterr().err

    def test_compose_mounts_what_the_readme_exports(self):
        compose, readme = (EXAMPLE / "compose.yaml").read_text(), (EXAMPLE / "README.md").read_text()
        assert "./served/${STYLE:-monet}:/models/${STYLE:-monet}:ro" in compose
        assert "--to saved-model served/monet" in readme
        assert "127.0.0.1:8501:8501" in compose
