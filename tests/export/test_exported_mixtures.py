"""A mixture, by name or as a style folder, is exported like a style: each file paints what the mixture paints."""

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

import copyart
from copyart import export
from copyart.export import litert_export
from copyart.styles import open_style, pack_style
from copyart.styles.mixing import write_style
from tests.pictures import encode, photo, pixels

MIXTURE = "monet:0.6,vangogh:0.4"
PHOTO = photo(48, 32)


@pytest.fixture(scope="module")
def painting():
    return pixels(copyart.load(MIXTURE).paint(PHOTO))


@pytest.fixture(scope="module", params=["named", "folder"])
def mixture(request, tmp_path_factory):
    if request.param == "named":
        return MIXTURE
    folder = tmp_path_factory.mktemp("styles") / "mixed"
    write_style(open_style(MIXTURE), folder)
    return folder


def by_onnx(mixture, out):
    path = export.onnx(copyart.load(mixture), out, photos=[PHOTO]).path
    return onnxruntime.InferenceSession(str(path)).run(None, {"photo": np.asarray(PHOTO)})[0]


def by_web(mixture, out):
    path = export.web(copyart.load(mixture), out, photos=[PHOTO]).path / "model.onnx"
    return onnxruntime.InferenceSession(str(path)).run(None, {"photo": np.asarray(PHOTO)})[0]


def by_litert(mixture, out):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    path = export.litert(copyart.load(mixture), out, photos=[PHOTO]).path
    run = litert_export._interpreter_as_function(interpreter.Interpreter(str(path)))
    return np.clip(np.rint(127.5 * (run(np.asarray(PHOTO)) + 1)), 0, 255)


def by_saved_model(mixture, out):
    path = export.saved_model(copyart.load(mixture), out, photos=[PHOTO]).path
    paint = tf.saved_model.load(str(path)).signatures["serving_default"]
    return tf.io.decode_image(paint(image_bytes=tf.constant([encode(PHOTO)]))["painting_bytes"][0]).numpy()


def by_keras(mixture, out):
    copyart.load(mixture).network.save(out.with_suffix(".keras"))
    assert isinstance(keras.saving.load_model(out.with_suffix(".keras")), keras.Model)
    return pixels(copyart.load(out.with_suffix(".keras")).paint(PHOTO))


def by_packed_file(mixture, out):
    pack_style(mixture, out.with_suffix(".copyart"))
    return pixels(copyart.load(out.with_suffix(".copyart")).paint(PHOTO))


@pytest.mark.parametrize("paint", [by_onnx, by_web, by_litert, by_saved_model, by_keras, by_packed_file])
def test_an_export_paints_as_the_mixture_does(paint, mixture, painting, tmp_path):
    assert np.abs(paint(mixture, tmp_path / "out").astype(int) - painting).max() <= 2


@pytest.mark.parametrize("parent", ["monet", "vangogh"])
def test_a_parent_paints_otherwise(parent, painting):
    assert np.abs(pixels(copyart.load(parent).paint(PHOTO)).astype(int) - painting).max() > 10
