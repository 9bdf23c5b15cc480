"""Export a model as a TensorFlow SavedModel from picture files to paintings, for TensorFlow Serving or plain
TensorFlow."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from copyart.errors import ExportError
from copyart.export.atomic_export import absolute_path, move_into_place, not_writable_error, temporary_folder
from copyart.export.comparison import Limits
from copyart.export.reference import reference_network
from copyart.export.report import ExportReport, describe_comparison, describe_export, write_report
from copyart.export.saved_model_check import compare, encoded_photo
from copyart.export.tensorflow_pictures import decode_picture, encode_painting, paint_any_size
from copyart.export.warm_up import FOLDER, write_warm_up
from copyart.painting.painter import Painter
from copyart.styles.style import Style


def saved_model(
    model: keras.Model | Style | Painter,
    path: str | os.PathLike,
    *,
    photos: Sequence | None = None,
    tolerance: float = 1 / 255,
) -> ExportReport:
    """Export a model as a TensorFlow SavedModel, compare the export with the model, and then move it into place.

    The export needs only TensorFlow, not Copyart. Its signatures:

    - `paint`, the default: `image_bytes`, string (batch,), JPEG, PNG, GIF (its first frame) or BMP files of mixed
      sizes → `painting_bytes`, string (batch,), PNG files of the same sizes. JPEGs are turned upright by their EXIF
      data, and transparency becomes white. Colour profiles are ignored.
    - `serve`: `photos`, float32 (batch, height, width, 3) in [-1, 1], of any size → `paintings`, the same shape.

    Both compute in float32, even if the model was trained in half precision. `assets.extra` contains `report.json`,
    with the results of the comparison, and warm-up requests for TensorFlow Serving.

    Args:
        model: A `CycleGAN`, whose painting network is exported, a `Painter`, or a Keras generator.
        path: Folder to write, `<name>/<version>` for TensorFlow Serving (see `next_version`). It must not exist yet.
        photos: Pictures to compare on, in any form that `copyart.data.images.read_image` takes. The first 16 are used,
            reduced to at most a megapixel. Defaults to generated pictures and two bundled photos.
        tolerance: Largest allowed difference between encoded paintings; 1 is the difference between black and white.
            Defaults to one grey level, 1/255. (The values of `serve` must agree within 1e-4.)

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: if the path exists or cannot be written, the model cannot be exported, or the export paints
            differently. No file is left behind.
        ImageError: if a photo cannot be read.

    Example:
        >>> from copyart.models.resnet import ResnetSpec
        >>> copyart.export.saved_model(ResnetSpec().build(), "served/vangogh/1").max_difference < 1e-4
        True
    """
    network, path = _servable_network(model), absolute_path(path)
    with temporary_folder(path) as folder:
        with _convert_tensorflow_errors(path):
            _write_saved_model(network, folder)
        differences = compare(folder, network, photos, tolerance)
        with _convert_tensorflow_errors(path):
            report, runtime = folder / FOLDER / "report.json", f"tensorflow {tf.__version__}"
            write_warm_up(folder, path.parent.name, _warm_up_requests())
            compared = describe_comparison(runtime, differences, Limits(255 * tolerance, 255 * tolerance))
            write_report(report, describe_export(model, "saved-model", compared, precision="float32"))
            size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        move_into_place(folder, path)
    return ExportReport(path=path, report_file=path / FOLDER / "report.json", runtime=runtime, size=size, **differences)


def next_version(folder: str | os.PathLike) -> Path:
    """Return the path of the next version of a served model: `<folder>/<n + 1>`.

    Args:
        folder: Folder of the model's versions for TensorFlow Serving. It may be missing.

    Raises:
        ExportError: if it cannot be read or is not a folder.

    Example:
        >>> next_version("served/monet").name
        '1'
    """
    folder = Path(os.path.expanduser(folder))
    with _convert_tensorflow_errors(folder):
        names = os.listdir(folder) if os.path.lexists(folder) else []
    versions = [int(name) for name in names if name.isascii() and name.isdigit()]
    return folder / str(max(versions, default=0) + 1)


def _servable_network(model: keras.Model | Style | Painter) -> keras.Model:
    """Return the generator to export, after checking that it can be served."""
    network = reference_network(model)
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            f"writing a SavedModel needs the TensorFlow backend. Received: {keras.backend.backend()!r}. Set "
            "KERAS_BACKEND=tensorflow."
        )
    return network


def _warm_up_requests() -> Any:
    """Return a warm-up request for each signature. A small picture triggers all one-time work."""
    photo = np.zeros((1, 32, 32, 3), np.float32)
    return ("paint", {"image_bytes": [encoded_photo(32, 24)]}), ("serve", {"photos": photo})


def _write_saved_model(network: keras.Model, folder: Path) -> None:
    # The network itself is not tracked: the endpoints already track its variables, which would be written twice.
    archive = keras.export.ExportArchive()
    pictures = tf.TensorSpec((None,), tf.string, "image_bytes")
    photos = tf.TensorSpec((None, None, None, 3), tf.float32, "photos")
    # The first endpoint is the default.
    archive.add_endpoint("paint", lambda image_bytes: _paint_encoded_photos(network, image_bytes), [pictures])
    archive.add_endpoint("serve", lambda photos: {"paintings": paint_any_size(network, photos)}, [photos])
    # If the custom gradients of our layers were left out, TensorFlow would print warnings when it loads the export.
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=True)
    archive.write_out(str(folder), options=options, verbose=False)


def _paint_encoded_photos(network: keras.Model, image_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
    def paint_one(data: tf.Tensor) -> tf.Tensor:
        photo = decode_picture(data) / 127.5 - 1.0
        return encode_painting(paint_any_size(network, photo[None])[0])

    # One picture after the other, to save memory. Each picture uses all cores anyway.
    paintings = tf.map_fn(paint_one, image_bytes, parallel_iterations=1, fn_output_signature=tf.string)
    return {"painting_bytes": paintings}


@contextlib.contextmanager
def _convert_tensorflow_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise not_writable_error(path, error) from error
