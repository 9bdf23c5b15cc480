"""A painter: any photo in, a painting of the same size out."""

import math

import keras
import numpy as np
from PIL import Image

from copyart.data.images import read_image, split_alpha, to_array, to_image
from copyart.errors import ConfigError, ImageError, StyleError

#: Sides go in as multiples of 4, because generators halve twice; below 16 px they could not mirror.
MULTIPLE, SMALLEST = 4, 16


class Painter:
    """Paints photos with one network.

    Args:
        network: A functional Keras network from pictures to pictures of the same size, (batch, height, width,
            3) in [-1, 1]; where its height and width are fixed, photos are brought to them and back.
        metadata: A dictionary that says whose style it is. Defaults to None.

    Raises:
        StyleError: The network is of another kind, or has weights that are not numbers.

    Example:
        >>> painter = copyart.load("runs/vangogh")
        >>> painter.paint("photo.jpg", strength=0.8).save("painting.jpg")
    """

    def __init__(self, network, metadata=None):
        _check_network(network)
        self.network = network
        self.metadata = dict(metadata or {})
        self._sides = network.input_shape[1:3]
        # A model of its own, so that the caller's keeps its own settings.
        self._compiled = keras.Model(network.input, network.output, name=network.name)
        self._compiled.jit_compile = False  # XLA would compile anew for every size of photo

    @property
    def name(self):
        """Whose style it is, as it is shown."""
        return self.metadata.get("name") or self.network.name

    def paint(self, photo, strength=1.0, preserve_color=False, max_pixels=None):
        """Paint one photo.

        Args:
            photo: Path, bytes, binary file, PIL image or array, as for `copyart.data.images.read_image`.
            strength: How much of the painting shows, from 0 (the photo) to 1 (the painting). Defaults to 1.
            preserve_color: Whether the photo keeps its colours and takes only the painting's lights and
                darks. Defaults to False.
            max_pixels: Most pixels to paint; a larger photo is painted smaller, then enlarged. Defaults to
                None: all of them.

        Returns:
            A PIL image of the photo's size, upright: RGBA where the photo has transparency, else RGB.

        Raises:
            ImageError: The photo cannot be read, or is too large for the memory.
            ConfigError: An argument is out of its range.
        """
        _check_arguments(strength, max_pixels)
        colours, alpha = split_alpha(read_image(photo))
        painting = self._paint_at(_painted_size(colours.size, max_pixels), colours)
        if preserve_color:
            painting = _with_luminance_of(painting, colours)
        if strength < 1:
            painting = Image.blend(colours, painting, strength)
        if alpha is not None:
            painting.putalpha(alpha)
        return painting

    def paint_many(self, photos, **arguments):
        """Paint photos one after the other.

        Args:
            photos: Anything that gives photos.
            **arguments: As for `paint`.

        Yields:
            A PIL image for each photo, in their order.
        """
        for photo in photos:
            yield self.paint(photo, **arguments)

    def _paint_at(self, size, colours):
        height, width = (fixed or side for fixed, side in zip(self._sides, reversed(size), strict=True))
        small = _resized(colours, (width, height))
        return _resized(self._paint_colours(small), colours.size)

    def _paint_colours(self, colours):
        photo = to_array(colours)
        height, width = photo.shape[:2]
        below, right = (0 if fixed else _missing(side) for fixed, side in zip(self._sides, photo.shape, strict=False))
        # NumPy mirrors again and again where a side is short, and repeats a side of one pixel.
        batch = np.pad(photo, ((0, below), (0, right), (0, 0)), mode="reflect")[None]
        painted = self._predict(batch, colours.size)
        if painted.shape != batch.shape:
            raise StyleError(
                "a painter's network must keep the size of a picture. "
                f"Received: {painted.shape[1:]} for {batch.shape[1:]}. Give an image-to-image network."
            )
        return to_image(painted[0, :height, :width])

    def _predict(self, batch, size):
        try:
            return np.asarray(self._compiled.predict_on_batch(batch), np.float32)
        except Exception as error:
            if not _is_out_of_memory(error):
                raise
        # Outside of the handler, so that the tensors in its traceback are free by now.
        raise ImageError(
            f"a photo must fit in memory while it is painted. Received: {size[0]:,} × {size[1]:,} pixels. "
            f"Paint it smaller, with --max-pixels {size[0] * size[1] // 4} (max_pixels in Python)."
        )


def _check_network(network):
    shapes = [getattr(network, name, None) for name in ("input_shape", "output_shape")]
    if not all(isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3 for shape in shapes):
        raise StyleError(
            "a painter's network must turn RGB pictures into RGB pictures. Received: "
            f"{getattr(network, 'name', network)!r}, from {shapes[0]} to {shapes[1]}. Give a generator."
        )
    for variable in network.weights:
        if not np.isfinite(variable.numpy().astype(np.float32)).all():
            raise StyleError(
                "a painter's weights must be finite numbers. "
                f"Received: NaN or infinity in {variable.path!r}. Go back to a checkpoint from before they broke."
            )


def _check_arguments(strength, max_pixels):
    if not 0 <= strength <= 1:
        raise ConfigError(f"strength must lie in 0 to 1. Received: {strength=}. 1 is the whole painting.")
    if max_pixels is not None and not max_pixels >= 1:
        raise ConfigError(f"max_pixels must be at least 1. Received: {max_pixels=}. None paints all of them.")


def _painted_size(size, max_pixels):
    pixels = size[0] * size[1]
    if max_pixels is None or pixels <= max_pixels:
        return size
    scale = math.sqrt(max_pixels / pixels)
    width, height = (max(1, math.floor(side * scale)) for side in size)
    # A side that had to stay at one pixel would make the whole larger than asked for.
    return max(1, min(width, max_pixels // height)), max(1, min(height, max_pixels // width))


def _resized(image, size):
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _missing(side):
    return max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE) - side


def _with_luminance_of(painting, photo):
    luminance = painting.convert("YCbCr").getchannel("Y")
    _, blue, red = photo.convert("YCbCr").split()
    return Image.merge("YCbCr", (luminance, blue, red)).convert("RGB")


def _is_out_of_memory(error):
    # By name: the kinds are TensorFlow's and JAX's, and neither is imported here.
    names = ("RESOURCE_EXHAUSTED", "ResourceExhausted")
    return isinstance(error, MemoryError) or any(name in repr(error) for name in names)
