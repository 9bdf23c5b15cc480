"""Compare a SavedModel on disk with its Keras network, picture by picture."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from copyart.data.images import flatten, read_image, to_array
from copyart.data.sample import sample_files
from copyart.export.comparison import describe_differences, differences, require_close
from copyart.export.reference import comparison_photos, full_precision, paint_reference

#: Largest difference between float32 values in [-1, 1] that another order of summation can cause.
FLOAT_TOLERANCE = 1e-4

_EXIF_ORIENTATION = 0x0112


def compare(folder: Path, network: keras.Model, photos: Sequence | None, tolerance: float) -> dict[str, Any]:
    """Compare the paintings by both signatures of a SavedModel with those by its network.

    Args:
        folder: The SavedModel. It is loaded without Copyart's code.
        network: The Keras generator.
        photos: As for `comparison_photos`; None takes photos of the bundled sample and generated pictures of odd sizes.
        tolerance: Largest allowed difference between encoded paintings; 1 is the difference between black and white.

    Returns:
        A dictionary with the differences for an `ExportReport`.

    Raises:
        ExportError: if the paintings differ by more than the tolerance.
    """
    encoded = _test_pictures() if photos is None else [_encode_picture(photo) for photo in comparison_photos(photos)]
    with full_precision():
        served = tf.saved_model.load(str(folder))
        expected = [paint_reference(network, flatten(read_image(data))) for data in encoded]
        photos = [to_array(flatten(read_image(data)))[None] for data in encoded]
        served_values = [served.serve(photos=photo)["paintings"].numpy()[0] for photo in photos]
        files = served.paint(image_bytes=tf.constant(encoded))["painting_bytes"].numpy()
    values = [differences(*pair)[0] for pair in zip(served_values, expected, strict=True)]
    levels = [
        differences(np.asarray(read_image(file)), wanted)[1] for file, wanted in zip(files, expected, strict=True)
    ]
    require_close(127.5 * max(value.max() for value in values), 127.5 * FLOAT_TOLERANCE, "by `serve`")
    require_close(max(level.max() for level in levels), 255 * tolerance, "by `paint`")
    return describe_differences(values, levels)


def _test_pictures() -> list[bytes]:
    """Return encoded pictures of the kinds that a served model receives: pictures with odd sides, a grey picture, a
    rotated grey JPEG, a transparent picture, a tiny picture, and two photos."""
    turned = Image.Exif()
    turned[_EXIF_ORIENTATION] = 6
    return [
        _encode_picture(_smooth_noise_picture(50, 37)),
        # Blocks of grey, because decoders return slightly different values for other JPEGs.
        _encode_picture(
            _noise_picture(6, 4).resize((48, 32), Image.Resampling.NEAREST).convert("L"), "JPEG", exif=turned
        ),
        _encode_picture(_smooth_noise_picture(18, 41).convert("L")),
        _encode_picture(_smooth_noise_picture(32, 24, "RGBA")),
        _encode_picture(_smooth_noise_picture(5, 3)),
        *(_encode_picture(read_image(file)) for file in sample_files()[0][:2]),
    ]


def encoded_photo(width: int, height: int) -> bytes:
    """Return a small encoded picture, for warming up a server."""
    return _encode_picture(_smooth_noise_picture(width, height))


def _smooth_noise_picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return _noise_picture(6, 6, mode).resize((width, height), Image.Resampling.BICUBIC)


def _noise_picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, len(mode)), np.uint8))


def _encode_picture(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()
