"""Compare a SavedModel on disk with its Keras network, picture by picture."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from copyart.data.images import flatten, read_image, to_array, to_image
from copyart.data.sample import sample_files
from copyart.errors import ExportError
from copyart.export.reference import comparison_photos, full_precision, paint

#: Largest difference of float32 values in [-1, 1] that another order of summation can cause.
FLOAT_TOLERANCE = 1e-4

_EXIF_ORIENTATION = 0x0112


def compare(folder: Path, network: keras.Model, photos: Sequence | None, tolerance: float) -> dict[str, Any]:
    """Run both signatures of a SavedModel and its network on the same pictures, and compare.

    Args:
        folder: The SavedModel. It is loaded without Copyart's code.
        network: The Keras generator.
        photos: As for `comparison_photos`; None takes photos of the bundled sample and generated pictures of odd sizes.
        tolerance: Largest allowed difference of the encoded paintings, where 1 is the difference of black and white.

    Returns:
        A dictionary with the differences for an `ExportReport`.

    Raises:
        ExportError: if the paintings differ.
    """
    encoded = _test_pictures() if photos is None else [_encode(photo) for photo in comparison_photos(photos)]
    with full_precision():
        served = tf.saved_model.load(str(folder))
        expected = [paint(network, flatten(read_image(data))) for data in encoded]
        values = [served.serve(photos=_photo(data)[None])["paintings"].numpy()[0] for data in encoded]
        paintings = served.paint(image_bytes=tf.constant(encoded))["painting_bytes"].numpy()
    differences = [_difference(*pair) for pair in zip(values, expected, strict=True)]
    levels = [_level_differences(*pair) for pair in zip(paintings, expected, strict=True)]
    level = max(difference.max() for difference in levels)
    largest = max(difference.max() for difference in differences)
    _require("serve", largest, FLOAT_TOLERANCE)
    _require("paint", level, tolerance)
    return {
        "pictures": len(encoded),
        "max_difference": float(largest),
        "mean_difference": float(np.concatenate([d.ravel() for d in differences]).mean()),
        "max_painting_difference": float(level),
        "mean_painting_difference": float(np.concatenate([d.ravel() for d in levels]).mean()),
    }


def _photo(data: bytes) -> np.ndarray:
    return to_array(flatten(read_image(data)))


def _difference(values: np.ndarray, expected: np.ndarray) -> np.ndarray:
    if values.shape != expected.shape:
        raise ExportError(
            f"an export must keep the size of the photo. Received: {values.shape} for {expected.shape}. Please report "
            "this."
        )
    return np.abs(values - expected)


def _level_differences(painting: np.ndarray, expected: np.ndarray) -> np.ndarray:
    painted, wanted = (np.asarray(image, np.float32) for image in (read_image(painting), to_image(expected)))
    return _difference(painted, wanted) / 255


def _require(signature: str, difference: float, tolerance: float) -> None:
    if not difference <= tolerance * (1 + 1e-6):  # a margin for the rounding of level / 255; NaN is refused too
        raise ExportError(
            f"an export must paint the same as its model, within {tolerance:.1e}. Received: a difference of "
            f"{difference:.1e} in `{signature}`. Nothing was written; please report this."
        )


def _test_pictures() -> list[bytes]:
    """Encode pictures of the kinds that a served model receives: odd sizes, a rotated grey JPEG, transparency, a tiny
    one."""
    turned = Image.Exif()
    turned[_EXIF_ORIENTATION] = 6
    return [
        _encode(_texture(50, 37)),
        # Blocks of grey, because all JPEG decoders decode only these to the same level.
        _encode(_noise(6, 4).resize((48, 32), Image.Resampling.NEAREST).convert("L"), "JPEG", exif=turned),
        _encode(_texture(18, 41).convert("L")),
        _encode(_texture(32, 24, "RGBA")),
        _encode(_texture(5, 3)),
        *(_encode(read_image(file)) for file in sample_files()[0][:2]),
    ]


def encoded_photo(width: int, height: int) -> bytes:
    """Return a small encoded picture, for warming up a server."""
    return _encode(_texture(width, height))


def _texture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return _noise(6, 6, mode).resize((width, height), Image.Resampling.BICUBIC)


def _noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, len(mode)), np.uint8))


def _encode(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()
