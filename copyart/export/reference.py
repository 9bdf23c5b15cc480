"""The reference of an export: paintings by the Keras network, in float32, of photos of ordinary and odd sizes."""

import contextlib
import itertools
import math
from collections.abc import Iterator, Sequence

import keras
import numpy as np
from PIL import Image

from copyart.data.images import flatten, read_image
from copyart.data.sample import sample_files
from copyart.engine.padding import PaddedRows
from copyart.errors import ExportError
from copyart.painting.painter import Painter
from copyart.styles.style import Style

#: Width and height to which some bundled photos are cut: odd sizes, one of them below the least that a network takes.
_CUTS = ((50, 37), (97, 64), (13, 21))
#: Bundled photos to compare on, whole and cut; those to calibrate by come behind them.
_WHOLE = 2
#: Photos that are taken of those given, and their pixels: exports paint a photo whole, and all are held in memory.
MOST, _MOST_PIXELS = 16, 1_000_000


def comparison_photos(photos: Sequence | None = None) -> list[Image.Image]:
    """Return the photos to compare on.

    Args:
        photos: Anything that `read_image` takes, several; the first 16 are taken, and made smaller beyond a megapixel.
            Defaults to None: photos of the bundled sample, two as they are and three cut to odd sizes.

    Returns:
        A list of RGB pictures.

    Raises:
        ExportError: if there is none.
    """
    if photos is None:
        files = sample_files()[0]
        cuts = [_cut(read_image(file), *size) for file, size in zip(files[_WHOLE:], _CUTS, strict=False)]
        return [flatten(read_image(file)) for file in files[:_WHOLE]] + cuts
    return _given(photos, "an export must be compared on at least one picture")


def calibration_photos(photos: Sequence | None = None) -> list[Image.Image]:
    """Return the photos that determine the ranges of int8 values.

    Args:
        photos: As for `comparison_photos`. Defaults to None: photos of the bundled sample that it does not take.

    Returns:
        A list of RGB pictures.
    """
    if photos is None:
        photos = sample_files()[0][_WHOLE + len(_CUTS) :]
    return _given(photos, "int8 must be calibrated by at least one picture")


def paint(network: keras.Model, photo: Image.Image) -> np.ndarray:
    """Run a network in Keras on a photo of any size, with NumPy doing what an export does around it.

    Args:
        network: A generator.
        photo: An RGB picture.

    Returns:
        float32, shape (height, width, 3), in [-1, 1].

    Raises:
        ExportError: if the network paints values that are not finite.
    """
    rows = PaddedRows(photo)[:]
    painting = network(rows[None].astype(np.float32) / np.float32(127.5) - 1, training=False)
    painting = keras.ops.convert_to_numpy(painting)[0, : photo.height, : photo.width]
    if not np.isfinite(painting).all():
        raise ExportError(
            "the model must paint finite numbers. Received: NaN or infinity. Export an earlier checkpoint."
        )
    return painting


@contextlib.contextmanager
def full_precision() -> Iterator[None]:
    """Compute in full float32: with TF32 on a GPU, two runs of one network would differ by more than the limits."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    was_on = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(was_on)


def network_of(model: keras.Model | Style | Painter) -> keras.Model:
    """Return the generator of a `CycleGAN`, a `Painter` or a generator, in float32.

    Raises:
        ExportError: if it is none of these, takes pictures of one size only, or has weights that are not finite.
    """
    network = getattr(model, "painter_network", None) or getattr(model, "network", None) or model
    if not isinstance(network, keras.Model):
        raise ExportError(
            "the model must be a CycleGAN, a Painter or a Keras generator. Received: "
            f"{type(model).__name__}. Load it with copyart.load."
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
    return _in_float32(network)


def _in_float32(network: keras.Model) -> keras.Model:
    """Return the network, or where it computes in another precision a copy that does not."""
    if all(layer.compute_dtype == "float32" for layer in network.layers):
        return network
    copy = keras.models.clone_model(
        network, clone_function=lambda layer: type(layer).from_config({**layer.get_config(), "dtype": "float32"})
    )
    copy.set_weights(network.get_weights())
    return copy


def _given(photos: Sequence, must: str) -> list[Image.Image]:
    photos = [_bounded(flatten(read_image(photo))) for photo in itertools.islice(photos, MOST)]
    if not photos:
        raise ExportError(f"{must}. Received: none. Give some, or leave them out.")
    return photos


def _bounded(photo: Image.Image) -> Image.Image:
    scale = math.sqrt(_MOST_PIXELS / (photo.width * photo.height))
    return photo if scale >= 1 else photo.resize([max(int(scale * side), 1) for side in photo.size])


def _cut(image: Image.Image, width: int, height: int) -> Image.Image:
    return flatten(image).crop((10, 10, 10 + width, 10 + height)).convert("RGB")
