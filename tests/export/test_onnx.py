"""ONNX exports work at any size, with uint8 or floats, are smaller in float16 and int8, and are compared before
writing."""

import json
import os

import numpy as np
import onnx
import onnxruntime
import pytest

from copyart import export
from copyart.data.images import to_array, to_image
from copyart.errors import ExportError
from copyart.export import onnx_export
from copyart.export.comparison import Limits
from copyart.export.reference import calibration_photos, comparison_photos, paint_reference
from copyart.painting.painter import Painter
from tests.engine.plans import KINDS, network_of
from tests.painting.networks import gentle_generator, negative
from tests.pictures import photo, pixels, store

SIZES = [(33, 21), (48, 32), (7, 50), (16, 3)]


@pytest.fixture(scope="module")
def network():
    return network_of("light")


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_of_any_size_are_painted_as_by_the_network(kind, tmp_path):
    network = network_of(kind)
    report = export.onnx(network, tmp_path / "m.onnx", photos=[photo(20, 12)])
    run = session(report.path)
    for size in SIZES:
        (painting,) = run.run(None, {"photo": np.asarray(photo(*size))})
        assert painting.dtype == np.uint8
        assert abs(painting.astype(int) - pixels(to_image(paint_reference(network, photo(*size))))).max() <= 1


@pytest.mark.parametrize("kind", ["light", "resnet"])
def test_batches_of_floats_are_painted_as_by_the_network(kind, tmp_path):
    network = network_of(kind)
    report = export.onnx(network, tmp_path / "m.onnx", floats=True, photos=[photo(20, 12)])
    batch = [photo(30, 18, seed=seed) for seed in range(3)]
    (paintings,) = session(report.path).run(None, {"photos": np.stack([to_array(image) for image in batch])})
    assert np.abs(paintings - np.stack([paint_reference(network, image) for image in batch])).max() < 1e-4


def test_it_is_a_sound_model_with_one_operator_for_each_normalisation(network, tmp_path):
    model = onnx.load(export.onnx(network, tmp_path / "m.onnx", photos=[photo()]).path)
    onnx.checker.check_model(model, full_check=True)
    assert sum(node.op_type == "InstanceNormalization" for node in model.graph.node) == 2 * KINDS["light"]["blocks"]
    (given,), (returned,) = model.graph.input, model.graph.output
    for value in (given, returned):
        sides = value.type.tensor_type.shape.dim
        assert [side.dim_param or side.dim_value for side in sides] == ["height", "width", 3]
    assert len({node.name for node in model.graph.node}) == len(model.graph.node)


@pytest.mark.parametrize("floats", [False, True])
def test_float16_stores_half_and_int8_a_quarter_of_the_blocks(tmp_path, floats):
    network = gentle_generator()
    reports = {
        precision: export.onnx(network, tmp_path / f"{precision}.onnx", precision=precision, floats=floats)
        for precision in ("float32", "float16", "int8")
    }
    sizes = {precision: report.size for precision, report in reports.items()}
    assert sizes["float16"] < 0.56 * sizes["float32"]
    in_blocks = sum(np.prod(layer.kernel.shape) for layer in network.layers if "_conv_" in layer.name)
    assert 0.9 * 3 * in_blocks < sizes["float32"] - sizes["int8"] < 3 * in_blocks  # bytes: three of four
    means = [255 * reports[precision].mean_painting_difference for precision in reports]
    assert means[0] < 0.01 < means[2] < 8
    assert means[0] <= means[1] < 0.5
    types = {tensor.data_type for tensor in onnx.load(reports["int8"].path).graph.initializer}
    assert onnx.TensorProto.INT8 in types


def test_the_card_says_what_was_compared(network, tmp_path):
    painter = Painter.from_network(network, {"name": "Monet", "licence": "CC0", "steps": 3})
    report = export.onnx(painter, tmp_path / "m.onnx", precision="float16")
    assert report.report_file == tmp_path / "m.onnx.report.json"
    written = json.loads(report.report_file.read_text())
    assert (written["form"], written["precision"], written["takes"], written["file"]) == (
        "onnx",
        "float16",
        "bytes",
        "m.onnx",
    )
    assert written["style"] == {"name": "Monet", "licence": "CC0", "steps": 3}
    assert written["generator"] == KINDS["light"]
    assert written["bytes"] == report.size == report.path.stat().st_size
    assert written["compared"]["runtime"] == report.runtime == f"onnxruntime {onnxruntime.__version__}"
    assert written["compared"]["pictures"] == report.pictures == 5
    assert written["compared"]["limits_in_levels_of_255"] == {"largest": 8, "mean_of_a_picture": 0.5}
    assert report.mean_painting_difference <= report.max_painting_difference


def test_one_that_differs_too_much_is_an_error_and_no_file(tmp_path, monkeypatch):
    monkeypatch.setitem(onnx_export.LIMITS, "int8", Limits(128, 1e-6))
    with pytest.raises(ExportError, match=r"on average over a picture\)\. Nothing was written"):
        export.onnx(gentle_generator(), tmp_path / "new" / "m.onnx", precision="int8")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_paints_otherwise_is_found(network, tmp_path, monkeypatch):
    other = network_of("light")
    other.layers[-2].bias.assign(other.layers[-2].bias + 1)
    monkeypatch.setattr(
        onnx_export, "_stages_of_network", lambda _, stages=onnx_export._stages_of_network: stages(other)
    )
    with pytest.raises(ExportError, match="in one value"):
        export.onnx(network, tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["m.onnx", "m.onnx.report.json"])
def test_what_is_there_is_not_overwritten(network, tmp_path, taken):
    (tmp_path / taken).write_text("mine")
    with pytest.raises(ExportError, match="which exists"):
        export.onnx(network, tmp_path / "m.onnx")
    assert [path.name for path in tmp_path.iterdir()] == [taken]


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        (negative, {}, "one of Copyart's generators. Received: 'negative'"),
        (lambda: network_of("light"), {"precision": "int4"}, "precision must be one of float32, float16, int8"),
        (lambda: network_of("light"), {"photos": []}, "at least one picture to compare on"),
        (lambda: network_of("light"), {"precision": "int8", "calibration": []}, "at least one picture to calibrate"),
        (lambda: "monet", {}, "Received: str"),
    ],
    ids=["another network", "precision", "no photos", "no calibration", "no model"],
)
def test_what_cannot_be_exported_is_one_line(tmp_path, model, options, words):
    with pytest.raises(ExportError, match=words) as raised:
        export.onnx(model(), tmp_path / "m.onnx", **options)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_given_photos_are_compared_and_calibrated_by(tmp_path):
    path = store(tmp_path / "photo.png", photo(30, 18))
    report = export.onnx(
        gentle_generator(), tmp_path / "m.onnx", precision="int8", photos=[path], calibration=[photo(), path]
    )
    assert report.pictures == 1


def test_many_and_large_photos_are_bounded_before_they_are_held():
    read = []

    def folder():
        for number in range(1000):
            read.append(number)
            yield photo(20, 10) if number else photo(3000, 1000)

    assert [image.size for image in comparison_photos(folder())][:2] == [(1732, 577), (20, 10)]
    assert len(read) == 16
    assert len(calibration_photos(folder())) == 16
    assert len(read) == 32


def test_an_export_and_its_card_are_published_both_or_neither(network, tmp_path, monkeypatch):
    rename = os.replace

    def renamed(source, target):
        if str(target).endswith(".onnx"):
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "replace", renamed)
    with pytest.raises(ExportError, match="No space left on device"):
        export.onnx(network, tmp_path / "m.onnx", photos=[photo()])
    assert list(tmp_path.iterdir()) == []


def test_a_card_that_cannot_be_written_is_one_line(network, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("copyart.export.atomic_export.write_report", full)
    with pytest.raises(ExportError, match=r"Received: No space left on device\."):
        export.onnx(network, tmp_path / "m.onnx", photos=[photo()])
    assert list(tmp_path.iterdir()) == []


def test_bundled_photos_to_compare_on_are_of_odd_sizes_and_others_than_those_to_calibrate_by():
    compared, calibrated = comparison_photos(), calibration_photos()
    assert [image.size for image in compared][2:] == [(50, 37), (97, 64), (13, 21)]
    assert len(calibrated) == 16
    assert not {image.tobytes() for image in compared} & {image.tobytes() for image in calibrated}
