"""A stand-in for TensorFlow Serving on a loopback port, with the official messages and the documented REST and gRPC
forms.

The model is loaded by `tf.saved_model.load` alone. Written from tensorflow.org/tfx/serving/api_rest and the `.proto`s.
"""

import base64
import contextlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2, prediction_log_pb2, prediction_service_pb2_grpc

_PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>\d+))?(?P<rest>/metadata|:predict)?")
_CODES = {400: grpc.StatusCode.INVALID_ARGUMENT, 404: grpc.StatusCode.NOT_FOUND}


class RefusalError(Exception):
    """A request that gets an error: HTTP status and message."""


class Model:
    """A served model: the newest version of a folder, warmed up."""

    def __init__(self, folder):
        self.name, self.version = folder.name, max(int(version.name) for version in folder.iterdir())
        self.folder = folder / str(self.version)
        self.signatures = tf.saved_model.load(str(self.folder)).signatures
        self.warmed_up = [self.warm_up(record) for record in self.records()]

    def records(self):
        """The warm-up requests."""
        path = self.folder / "assets.extra" / "tf_serving_warmup_requests"
        return [prediction_log_pb2.PredictionLog.FromString(r.numpy()) for r in tf.data.TFRecordDataset(str(path))]

    def warm_up(self, record):
        assert record.WhichOneof("log_type") == "predict_log"
        return self.predict(record.predict_log.request)

    def definitions(self):
        graph = saved_model_pb2.SavedModel.FromString((self.folder / "saved_model.pb").read_bytes()).meta_graphs[0]
        return {name: graph.signature_def[name] for name in self.signatures}

    def predict(self, request):
        """Answer a `PredictRequest` with a `PredictResponse`."""
        if request.model_spec.name != self.name or request.model_spec.version.value not in (0, self.version):
            raise RefusalError(404, f"Servable not found for request: {request.model_spec.name}")
        name = request.model_spec.signature_name or "serving_default"
        if name not in self.signatures:
            raise RefusalError(400, f'Serving signature name: "{name}" not found in signature def')
        signature = self.signatures[name]
        if set(request.inputs) != set(signature.structured_input_signature[1]):
            raise RefusalError(400, f"input must have the keys of {name}, but has {sorted(request.inputs)}")
        try:
            outputs = signature(**{key: tf.constant(tf.make_ndarray(value)) for key, value in request.inputs.items()})
        except (tf.errors.OpError, ValueError) as error:
            raise RefusalError(400, str(error)) from error
        response = predict_pb2.PredictResponse()
        response.model_spec.CopyFrom(request.model_spec)
        response.model_spec.version.value = self.version
        for key, value in outputs.items():
            response.outputs[key].CopyFrom(tf.make_tensor_proto(value))
        return response

    def metadata(self):
        """Answer with a `GetModelMetadataResponse`."""
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name, response.model_spec.version.value = self.name, self.version
        definitions = get_model_metadata_pb2.SignatureDefMap(signature_def=self.definitions())
        response.metadata["signature_def"].Pack(definitions)
        return response

    # REST: JSON in rows or columns, as the same messages.

    def predict_json(self, body):
        try:
            body = json.loads(body)
        except ValueError as error:
            raise RefusalError(400, f"JSON Parse error: {error}") from error
        if not isinstance(body, dict) or ("instances" in body) == ("inputs" in body):
            raise RefusalError(400, "Request body must be a JSON object with either 'instances' or 'inputs'")
        request = predict_pb2.PredictRequest()
        request.model_spec.name = self.name
        request.model_spec.signature_name = body.get("signature_name", "")
        for key, value in self._tensors(body).items():
            request.inputs[key].CopyFrom(value)
        outputs = {key: _listed(key, value) for key, value in self.predict(request).outputs.items()}
        only = next(iter(outputs.values())) if len(outputs) == 1 else None
        if "inputs" in body:
            return {"outputs": outputs if only is None else only}
        rows = [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]
        return {"predictions": rows if only is None else only}

    def _tensors(self, body):
        signature = self.signatures.get(body.get("signature_name", "serving_default"))
        specs = signature.structured_input_signature[1] if signature else {}
        columns = body.get("inputs")
        if columns is None:
            rows = [row if _is_named(row, specs) else dict.fromkeys(specs, row) for row in body["instances"]]
            columns = {key: [row[key] for row in rows] for key in rows[0]} if rows else {}
        elif not _is_named(columns, specs):
            columns = dict.fromkeys(specs, columns)
        return {
            key: tf.make_tensor_proto(_bytes_of(value), specs[key].dtype if key in specs else None)
            for key, value in columns.items()
        }


def _is_named(value, specs):
    return isinstance(value, dict) and set(value) != {"b64"}


def _bytes_of(value):
    if isinstance(value, dict) and set(value) == {"b64"}:
        return base64.b64decode(value["b64"], validate=True)
    return [_bytes_of(part) for part in value] if isinstance(value, list) else value


def _listed(key, tensor):
    array = tf.make_ndarray(tensor)
    if array.dtype != object:
        return array.tolist()
    as_base64 = key.endswith("_bytes")
    return [{"b64": base64.b64encode(v).decode()} if as_base64 else v.decode() for v in array.tolist()]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(self._get)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(lambda place: self._post(place, body))

    def _get(self, place):
        model = self.server.model
        if place["rest"] == "/metadata":
            return json_format.MessageToDict(model.metadata(), preserving_proto_field_name=True)
        status = {"error_code": "OK", "error_message": ""}
        return {"model_version_status": [{"version": str(model.version), "state": "AVAILABLE", "status": status}]}

    def _post(self, place, body):
        if place["rest"] != ":predict":
            raise RefusalError(404, f"Malformed request: POST {self.path}")
        return self.server.model.predict_json(body)

    def _answer(self, work):
        try:
            place = _PATH.fullmatch(self.path)
            if not place:
                raise RefusalError(404, f"Malformed request: {self.path}")
            model = self.server.model
            if place["name"] != model.name or int(place["version"] or model.version) != model.version:
                raise RefusalError(404, f"Servable not found for request: {place['name']}")
            status, answer = 200, work(place)
        except RefusalError as error:
            status, answer = error.args[0], {"error": error.args[1]}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class _Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, model):
        self.model = model

    def Predict(self, request, context):  # noqa: N802 - gRPC's name
        try:
            return self.model.predict(request)
        except RefusalError as error:
            context.abort(_CODES[error.args[0]], error.args[1])

    def GetModelMetadata(self, request, context):  # noqa: N802
        return self.model.metadata()


@contextlib.contextmanager
def serving(folder):
    """Serve a model; yields it, with `rest`, the address of the model, and `channel`, a gRPC channel."""
    model = Model(folder)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.model = model
    thread = threading.Thread(target=http.serve_forever, args=(0.05,))
    thread.start()
    server = grpc.server(ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(_Servicer(model), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    model.rest = f"http://127.0.0.1:{http.server_port}/v1/models/{model.name}"
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as model.channel:
            yield model
    finally:
        server.stop(0).wait()
        http.shutdown()
        thread.join()
        http.server_close()
