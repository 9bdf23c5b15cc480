"""A painter: any photo in, a painting of the same size out."""

import collections
import math
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from copyart.data.images import read_image, split_alpha
from copyart.errors import ConfigError, ImageError
from copyart.painting.strokes import add_large_strokes, stroke_scale


class Painter:
    """Paints photos with one network.

    Args:
        network: A functional Keras network from pictures to pictures of the same size, (batch, height, width,
            3) in [-1, 1]; where its height and width are fixed, photos are brought to them and back. It paints as it
            is at the moment, so a network in training may be looked at. Or a function that makes the network when it
            is first asked for, where an engine paints in its place.
        metadata: A dictionary that says whose style it is. Defaults to None.
        engine: What paints: an object with a method `paint(photo, progress)` from an RGB picture to another of its
            size, and `sides`, the height and the width it wants, None for any. Defaults to None: the network does.

    Raises:
        StyleError: The network is of another kind, or has weights that are not numbers.

    Example:
        >>> painter = copyart.load("runs/vangogh")
        >>> painter.paint("photo.jpg", strength=0.8).save("painting.jpg")
    """

    def __init__(self, network, metadata=None, engine=None):
        self._network = network
        self.metadata = dict(metadata or {})
        self._engine = engine or _engine_of(network)

    @property
    def network(self):
        """The Keras generator."""
        if not hasattr(self._network, "input_shape"):
            self._network = self._network()
        return self._network

    @property
    def name(self):
        """Whose style it is, as it is shown."""
        return self.metadata.get("name") or self.network.name

    def paint(self, photo, strength=1.0, preserve_color=False, max_pixels=None, brush=None, progress=None):
        """Paint one photo.

        Args:
            photo: Path, bytes, binary file, PIL image or array, as for `copyart.data.images.read_image`.
            strength: How much of the painting shows, from 0 (the photo) to 1 (the painting). Defaults to 1.
            preserve_color: Whether the photo keeps its colours and takes only the painting's lights and
                darks. Defaults to False.
            max_pixels: Most pixels to paint; a larger photo is painted smaller, then enlarged. Defaults to
                None: all of them.
            brush: How many times as large as in training the largest strokes are. At 1 all are as large as learnt,
                and hard to see in a large picture. Defaults to None: large enough for the picture to look painted.
            progress: Called with the share that is painted, in [0, 1], where the photo is large. Defaults to None.

        Returns:
            A PIL image of the photo's size, upright: RGBA where the photo has transparency, else RGB.

        Raises:
            ImageError: The photo cannot be read, or is too large for the memory.
            ConfigError: An argument is out of its range.
        """
        _check_arguments(strength, max_pixels, brush)
        colours, alpha = split_alpha(photo if isinstance(photo, Image.Image) else read_image(photo))
        size = _painted_size(colours.size, max_pixels)
        painting = self._paint_at(size, colours, progress)
        scale = stroke_scale(size, brush)
        if scale > 1 and self._engine.sides == (None, None):
            coarse = tuple(round(side / scale) for side in size)
            add_large_strokes(painting, self._paint_at(coarse, colours))
        painting = _resized(painting, colours.size)
        if preserve_color:
            painting = _with_luminance_of(painting, colours)
        if strength < 1:
            painting = Image.blend(colours, painting, strength)
        if alpha is not None:
            painting.putalpha(alpha)
        return painting

    def paint_many(self, photos, **arguments):
        """Paint photos one after the other; while one is painted, the next is read.

        Args:
            photos: Anything that gives photos.
            **arguments: As for `paint`.

        Yields:
            A PIL image for each photo, in their order.
        """
        with ThreadPoolExecutor(1) as reader:
            ahead = collections.deque()
            for photo in photos:
                ahead.append(reader.submit(read_image, photo))
                if len(ahead) > 1:
                    yield self.paint(ahead.popleft().result(), **arguments)
            while ahead:
                yield self.paint(ahead.popleft().result(), **arguments)

    def _paint_at(self, size, colours, progress=None):
        """Paint a photo in a size."""
        height, width = (fixed or side for fixed, side in zip(self._engine.sides, reversed(size), strict=True))
        return _resized(self._paint_colours(_resized(colours, (width, height)), progress), size)

    def _paint_colours(self, colours, progress):
        try:
            return self._engine.paint(colours, progress)
        except Exception as error:
            if not _is_out_of_memory(error):
                raise
        # Outside of the handler, so that the tensors in its traceback are free by now.
        raise ImageError(
            f"a photo must fit in memory while it is painted. Received: {colours.width:,} × {colours.height:,} pixels. "
            f"Paint it smaller, with --max-pixels {colours.width * colours.height // 4} (max_pixels in Python)."
        )


def _engine_of(network):
    # Here, because Keras takes seconds to import, and a style that ONNX Runtime paints does not need it.
    from copyart.painting.keras_engine import KerasEngine

    return KerasEngine(network)


def _check_arguments(strength, max_pixels, brush):
    if not 0 <= strength <= 1:
        raise ConfigError(f"strength must lie in 0 to 1. Received: {strength=}. 1 is the whole painting.")
    if max_pixels is not None and not max_pixels >= 1:
        raise ConfigError(f"max_pixels must be at least 1. Received: {max_pixels=}. None paints all of them.")
    if brush is not None and not 1 <= brush < math.inf:
        raise ConfigError(f"brush must be at least 1. Received: {brush=}. 1 paints with strokes as large as learnt.")


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


def _with_luminance_of(painting, photo):
    luminance = painting.convert("YCbCr").getchannel("Y")
    _, blue, red = photo.convert("YCbCr").split()
    return Image.merge("YCbCr", (luminance, blue, red)).convert("RGB")


def _is_out_of_memory(error):
    # By name: the kinds are TensorFlow's, JAX's and ONNX Runtime's, and none of them is imported here.
    names = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "Failed to allocate memory", "bad allocation")
    return isinstance(error, MemoryError) or any(name in repr(error) for name in names)
