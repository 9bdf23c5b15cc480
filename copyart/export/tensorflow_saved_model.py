"""A model as TensorFlow SavedModel: picture files in, paintings out, for TensorFlow Serving or plain TensorFlow."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from copyart.errors import ExportError
from copyart.export.picture_graph import decode_picture, encode_painting, paint_any_size
from copyart.export.report import ExportReport
from copyart.export.saved_model_check import compare


def saved_model(model, path, *, photos=None, tolerance=1 / 255):
    """Export a model as TensorFlow SavedModel, and compare the export with the model before it counts.

    The export runs with TensorFlow alone, without Copyart. Its signatures:

    - `paint`, the default: `image_bytes`, string (batch,), JPEG, PNG, GIF (its first frame) or BMP files of mixed
      sizes → `painting_bytes`, string (batch,), PNG files of the same sizes. JPEGs are turned upright by their EXIF
      data, and transparency is laid on white. Colour profiles are left aside.
    - `serve`: `photos`, float32 (batch, height, width, 3) in [-1, 1], of any size → `paintings`, the same shape.

    Both compute in float32, also where the model was trained in half precision.

    Args:
        model: A `CycleGAN`, which is exported with the network it paints with, a `Painter`, or a Keras generator.
        path: Folder to write, which must not exist: `<name>/<version>` for TensorFlow Serving, see `next_version`.
        photos: Pictures to compare on, whatever `copyart.data.images.read_image` takes. Defaults to generated ones.
        tolerance: Largest difference of the encoded paintings, where 1 is that of black and white. Defaults to one
            level of a picture file. (The values of `serve` must agree within 1e-4.)

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: if the path is taken or cannot be written, the model cannot be exported, or the export differs
            from it; nothing is left behind.
        ImageError: if a photo cannot be read.

    Example:
        >>> from copyart.models.generators import resnet_generator
        >>> copyart.export.saved_model(resnet_generator(), "served/vangogh/1").max_difference < 1e-4
        True
    """
    network = _in_float32(_network(model))
    path = Path(path).absolute()
    _require_free(path)
    temporary = _existing(path.parent) / f".copyart-{secrets.token_hex(8)}.tmp"
    try:
        with _writing(path):
            temporary.mkdir()
            _write(network, temporary)
            size = sum(file.stat().st_size for file in temporary.rglob("*") if file.is_file())
        differences = compare(temporary, network, photos, tolerance)
        with _writing(path):
            _publish(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return ExportReport(path=path, size=size, **differences)


def next_version(folder):
    """Return the path of the next version of a served model: `<folder>/<n + 1>`.

    Args:
        folder: Folder of the model's versions, as TensorFlow Serving reads it; may be missing.

    Raises:
        ExportError: if the folder cannot be read, or is none.

    Example:
        >>> next_version("served/monet").name
        '1'
    """
    folder = Path(folder)
    with _writing(folder):
        names = os.listdir(folder) if os.path.lexists(folder) else []
    versions = [int(name) for name in names if name.isascii() and name.isdigit()]
    return folder / str(max(versions, default=0) + 1)


def _network(model):
    """Find the generator to export, and refuse one that cannot serve."""
    network = getattr(model, "painter_network", None) or getattr(model, "network", None) or model
    if not isinstance(network, keras.Model):
        raise ExportError(
            "the model must be a CycleGAN, a Painter or a Keras generator. Received: "
            f"{type(model).__name__}. Load it with copyart.load."
        )
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            "a SavedModel must be written by the TensorFlow backend. Received: "
            f"{keras.backend.backend()!r}. Set KERAS_BACKEND=tensorflow."
        )
    shapes = [getattr(network, side, None) for side in ("input_shape", "output_shape")]
    if any(shape != (None, None, None, 3) for shape in shapes):
        raise ExportError(
            "the generator must take and give pictures of any size, (None, None, None, 3). Received: "
            f"{shapes[0]} and {shapes[1]}. Build it with keras.Input((None, None, 3))."
        )
    if not all(np.isfinite(weight).all() for weight in network.get_weights()):
        raise ExportError(
            "the model's weights must be finite numbers. Received: NaN or infinity. Export an earlier checkpoint."
        )
    return network


def _in_float32(network):
    """Return the network, or where it computes in another precision a copy that does not."""
    if all(layer.compute_dtype == "float32" for layer in network.layers):
        return network
    copy = keras.models.clone_model(
        network, clone_function=lambda layer: type(layer).from_config({**layer.get_config(), "dtype": "float32"})
    )
    copy.set_weights(network.get_weights())
    return copy


def _write(network, folder):
    # Not tracked besides: the endpoints bring their variables, and each would be written twice.
    archive = keras.export.ExportArchive()
    pictures = tf.TensorSpec((None,), tf.string, "image_bytes")
    photos = tf.TensorSpec((None, None, None, 3), tf.float32, "photos")
    archive.add_endpoint("paint", lambda image_bytes: _paint(network, image_bytes), [pictures])  # first: the default
    archive.add_endpoint("serve", lambda photos: {"paintings": paint_any_size(network, photos)}, [photos])
    # Left out, the gradients of our layers would make whoever loads the export read warnings.
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=True)
    archive.write_out(str(folder), options=options, verbose=False)


def _paint(network, image_bytes):
    def paint_one(data):
        photo = decode_picture(data) / 127.5 - 1.0
        return encode_painting(paint_any_size(network, photo[None])[0])

    # One after the other: each picture takes all cores already, and memory for one is enough.
    paintings = tf.map_fn(paint_one, image_bytes, parallel_iterations=1, fn_output_signature=tf.string)
    return {"painting_bytes": paintings}


@contextlib.contextmanager
def _writing(path):
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise ExportError(
            f"{str(path)!r} must be a folder that can be written. Received: {_reason(error)}. "
            "Check the permissions and the room on the disk."
        ) from error


def _publish(temporary, path):
    """Give a finished export its name; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _require_free(path)
    os.rename(temporary, path)


def _require_free(path):
    if os.path.lexists(path):
        raise ExportError(
            f"an export must go where there is nothing yet. Received: {str(path)!r}, which exists. "
            "Name another folder, or the next version."
        )


def _existing(folder):
    """Return the nearest folder that is there: on the disk of the target, and no new folder is left on failure."""
    return next(parent for parent in (folder, *folder.parents) if os.path.exists(parent))


def _reason(error):
    text = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
    return " ".join(text.split())[:120].rstrip(".")
