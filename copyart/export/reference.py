"""The reference for comparing an export: paintings by the Keras network in float32, at usual and unusual sizes.

Where Keras is not installed, the style's own engine makes the paintings.
"""

import contextlib
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from copyart.backend import is_installed
from copyart.data.images import flatten, read_image, to_array
from copyart.data.sample import sample_files
from copyart.engine.padding import PaddedRows
from copyart.errors import ExportError
from copyart.painting.painter import Painter
from copyart.styles.style import Style

if TYPE_CHECKING:
    import keras


#: Sizes (width, height) to which some bundled photos are cropped: odd sizes, and one too small for a network.
_CUTS = ((50, 37), (97, 64), (13, 21))
#: Number of bundled photos to compare on without cropping. The next ones are cropped; the rest calibrate int8.
_WHOLE = 2
#: Maximum number of photos, and of pixels in each: exports paint a photo whole, and all photos are held in memory.
MOST, _MOST_PIXELS = 16, 1_000_000


def comparison_photos(photos: Sequence | None = None) -> list[Image.Image]:
    """Return the photos to compare on.

    Args:
        photos: Several pictures in any form that `read_image` takes. The first 16 are used, reduced to at most a
            megapixel. Defaults to None: five photos of the bundled sample, three of them cropped to odd sizes.

    Returns:
        A list of RGB images.

    Raises:
        ExportError: if `photos` is empty.
    """
    if photos is None:
        files = sample_files()[0]
        cuts = [_crop_to_rgb(read_image(file), *size) for file, size in zip(files[_WHOLE:], _CUTS, strict=False)]
        return [flatten(read_image(file)) for file in files[:_WHOLE]] + cuts
    return _read_given_photos(photos, "an export needs at least one picture to compare on")


def calibration_photos(photos: Sequence | None = None) -> list[Image.Image]:
    """Return the photos to calibrate int8 with.

    Args:
        photos: As for `comparison_photos`. Defaults to None: other photos of the bundled sample.

    Returns:
        A list of RGB images.
    """
    if photos is None:
        photos = sample_files()[0][_WHOLE + len(_CUTS) :]
    return _read_given_photos(photos, "int8 needs at least one picture to calibrate with")


def paint_reference(network: "keras.Model | Painter", photo: Image.Image) -> np.ndarray:
    """Paint a photo of any size, with a Keras network (padding and cropping in NumPy) or with a painter's engine.

    Args:
        network: What `reference_network` returned.
        photo: An RGB picture.

    Returns:
        float32, shape (height, width, 3), in [-1, 1].

    Raises:
        ExportError: if the network paints values that are not finite.
    """
    if isinstance(network, Painter):
        return to_array(network.engine.paint(photo))
    import keras

    rows = PaddedRows(photo)[:]
    painting = network(rows[None].astype(np.float32) / np.float32(127.5) - 1, training=False)
    painting = keras.ops.convert_to_numpy(painting)[0, : photo.height, : photo.width]
    if not np.isfinite(painting).all():
        raise ExportError(
            "the model must paint finite values. Received: NaN or infinity. Export an earlier checkpoint."
        )
    return painting


@contextlib.contextmanager
def full_precision() -> Iterator[None]:
    """Switch TensorFlow's TF32 off inside this context. With it, differences on a GPU would exceed the limits."""
    if not is_installed("keras") or not _runs_tensorflow():
        yield
        return
    import tensorflow as tf

    was_on = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(was_on)


def _runs_tensorflow() -> bool:
    import keras

    return keras.backend.backend() == "tensorflow"


def reference_name(network: "keras.Model | Painter") -> str:
    """Return how reports name the network that `reference_network` returned."""
    return "the style's own engine, in float32" if isinstance(network, Painter) else "the Keras network, in float32"


def reference_network(model: "keras.Model | Style | Painter") -> "keras.Model | Painter":
    """Return the painting generator of a model, in float32.

    Where Keras is not installed, a `Painter` with a layer plan is returned as it is.

    Raises:
        ExportError: if the model has no generator, takes only one size of pictures, or has weights that are not finite.
    """
    if isinstance(model, Painter) and model.plan and not is_installed("keras"):
        return model
    import keras

    network = getattr(model, "painter_network", None) or getattr(model, "network", None) or model
    if not isinstance(network, keras.Model):
        raise ExportError(
            "the model must be a CycleGAN, a Painter or a Keras generator. Received: "
            f"{type(model).__name__}. Load it with copyart.load."
        )
    shapes = [getattr(network, side, None) for side in ("input_shape", "output_shape")]
    if any(shape != (None, None, None, 3) for shape in shapes):
        raise ExportError(
            f"the generator must have inputs and outputs of any size, (None, None, None, 3). Received: {shapes[0]} and "
            f"{shapes[1]}. Build it with keras.Input((None, None, 3))."
        )
    if not all(np.isfinite(weight).all() for weight in network.get_weights()):
        raise ExportError(
            "the model's weights must be finite. Received: NaN or infinity. Export an earlier checkpoint."
        )
    return _copy_in_float32(network)


def _copy_in_float32(network: "keras.Model") -> "keras.Model":
    """Return the network, or a float32 copy if it computes in another precision."""
    if all(layer.compute_dtype == "float32" for layer in network.layers):
        return network
    import keras

    copy = keras.models.clone_model(
        network, clone_function=lambda layer: type(layer).from_config({**layer.get_config(), "dtype": "float32"})
    )
    copy.set_weights(network.get_weights())
    return copy


def _read_given_photos(photos: Sequence, must: str) -> list[Image.Image]:
    photos = [_shrink_to_limit(flatten(read_image(photo))) for photo in itertools.islice(photos, MOST)]
    if not photos:
        raise ExportError(f"{must}. Received: none. Give some pictures, or omit the argument.")
    return photos


def _shrink_to_limit(photo: Image.Image) -> Image.Image:
    scale = math.sqrt(_MOST_PIXELS / (photo.width * photo.height))
    return photo if scale >= 1 else photo.resize([max(int(scale * side), 1) for side in photo.size])


def _crop_to_rgb(image: Image.Image, width: int, height: int) -> Image.Image:
    return flatten(image).crop((10, 10, 10 + width, 10 + height)).convert("RGB")
