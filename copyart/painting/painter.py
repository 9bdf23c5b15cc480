"""`Painter`: paint a photo of any size; the painting has the same size."""

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageChops

from copyart.data.decoding import read_reduced
from copyart.data.images import split_alpha
from copyart.data.read_ahead import read_ahead
from copyart.data.upright_rgb import strip_boxes
from copyart.engine.engine import Engine
from copyart.engine.plan import Stage
from copyart.errors import ConfigError, ImageError
from copyart.models.generators import describe_generator
from copyart.painting.masks import read_mask, resize_and_soften
from copyart.painting.people import find_people, parse_keep
from copyart.painting.strokes import add_large_strokes, stroke_scale

if TYPE_CHECKING:
    import keras

_Size = tuple[int, int]


class ReadPhoto(NamedTuple):
    """A decoded photo, as `read_photo` returns it.

    Args:
        image: The photo, possibly reduced.
        size: Width and height of the whole photo, or None if it is the size of `image`.
    """

    image: Image.Image
    size: _Size | None


class Painter:
    """Paints photos in one style. A painter can be pickled, for process pools.

    Args:
        engine: The engine that paints.
        metadata: Metadata of the style, such as its name and how it was trained. Defaults to None.
        network: The Keras network that the engine corresponds to, or a function that loads it. Defaults to None: the
            network of the engine, if it is a `KerasEngine`.
        generator: Kind and arguments of the generator, as `GeneratorSpec.to_dict` returns them. Defaults to None: those
            of the network.

    Example:
        >>> painter = copyart.load("runs/vangogh")
        >>> painter.paint("photo.jpg", strength=0.8).save("painting.jpg")
    """

    def __init__(
        self,
        engine: Engine,
        metadata: Mapping[str, Any] | None = None,
        network: "keras.Model | Callable[[], keras.Model] | None" = None,
        generator: Mapping[str, Any] | None = None,
    ):
        #: The engine that paints.
        self.engine = engine
        self.metadata = dict(metadata or {})
        self._network = network
        self._generator = generator

    @classmethod
    def from_network(cls, network: "keras.Model", metadata: Mapping[str, Any] | None = None) -> "Painter":
        """Return a painter that paints with a Keras network.

        Args:
            network: A functional network from images to images of the same size, (batch, height, width, 3) in [-1, 1].
                If its height and width are fixed, photos are resized to them and back. The painter uses the network's
                current weights, so it can show a network during training.
            metadata: As for `Painter`.

        Raises:
            StyleError: if `network` is not of this kind, or has weights that are not finite.
        """
        from copyart.engine.keras_engine import KerasEngine  # Keras takes seconds to import

        return cls(KerasEngine(network), metadata)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if hasattr(self._network, "input_shape"):
            from copyart.engine.keras_engine import KerasEngine

            # Unpickling a KerasEngine imports its module. So our layers are registered before the network is unpickled.
            state["_network"] = functools.partial(getattr, KerasEngine(self._network), "network")
        return state

    @property
    def network(self) -> "keras.Model":
        """The Keras generator."""
        if self._network is None:
            return self.engine.network  # type: ignore[attr-defined]  # a KerasEngine
        if not hasattr(self._network, "input_shape"):
            self._network = self._network()
        return self._network

    @property
    def generator(self) -> dict[str, Any] | None:
        """The kind and the arguments of the generator, or None if it is not one of Copyart's."""
        return describe_generator(self.network) if self._generator is None else dict(self._generator)

    @property
    def plan(self) -> list[Stage] | None:
        """The layer plan of the generator, or None if Keras or a `BlendEngine` paints."""
        return getattr(self.engine, "plan", None)

    @property
    def name(self) -> str:
        """Name of the style, as shown to users."""
        return self.metadata.get("name") or self.network.name

    def paint(
        self,
        photo: Any,
        strength: float = 1.0,
        preserve_color: bool = False,
        max_pixels: int | None = None,
        brush: float | None = None,
        progress: Callable[[float], object] | None = None,
        mask: Any = None,
        keep: str | None = None,
    ) -> Image.Image:
        """Paint one photo.

        Args:
            photo: Path, bytes, binary file, PIL image or array, as for `copyart.data.images.read_image`. Or the
                result of `read_photo` with the same other arguments.
            strength: How much of the painting shows, from 0 (the photo) to 1 (the painting). Defaults to 1.
            preserve_color: Whether to keep the photo's colours and take only the painting's luminance. Defaults to
                False.
            max_pixels: Maximum number of pixels to paint. A larger photo is painted at a smaller size, and its painting
                is enlarged. Defaults to None: no limit.
            brush: Size of the largest strokes, as a multiple of their size in training. Strokes of size 1 are hard to
                see in a large image. Defaults to None: large enough that the image looks painted.
            progress: Called with the painted fraction, in [0, 1], if the photo is large. Defaults to None.
            mask: Where to paint: white is painted, black stays photo, and greys are in between. A path, bytes, binary
                file, PIL image or array, as for `copyart.painting.masks.read_mask`. Defaults to None: everywhere.
            keep: `"people"` leaves people unpainted, `"people:0.5"` paints them at half strength. Defaults to None.

        Returns:
            An upright image of the photo's size: RGBA if the photo has transparency, else RGB.

        Raises:
            ImageError: if the photo or the mask cannot be read, or the photo does not fit in memory.
            ConfigError: if an argument is out of its range.
        """
        _check_arguments(strength, max_pixels, brush)
        if not isinstance(photo, ReadPhoto):
            photo = read_photo(photo, max_pixels, strength, preserve_color, mask, keep)
        photo, full = photo
        dpi = photo.info.get("dpi")
        colours, alpha = split_alpha(photo)
        del photo
        mask = painting_mask(colours, mask, keep)
        full = full or colours.size
        size = _painted_size(full, max_pixels)
        painting = self._paint_at_size(size, colours, progress)
        scale = stroke_scale(size, brush)
        if scale > 1 and self.engine.sides == (None, None):
            coarse = round(size[0] / scale), round(size[1] / scale)
            add_large_strokes(painting, self._paint_at_size(coarse, colours))
        painting = _resize(painting, full)
        if _is_photo_visible(strength, preserve_color, mask, keep):
            _blend(colours, painting, strength, preserve_color, mask)
        if alpha is not None:
            painting.putalpha(_resize(alpha, full))
        painting.info = {"dpi": dpi} if dpi else {}
        return painting

    def paint_many(self, photos: Iterable[Any], **arguments: Any) -> Iterator[Image.Image]:
        """Paint photos one after the other. While one is painted, the next one is read.

        Args:
            photos: The photos.
            **arguments: As for `paint`.

        Yields:
            An image for each photo, in order.
        """
        for photo in read_ahead(lambda photo: read_photo(photo, **arguments), photos):
            yield self.paint(photo.result(), **arguments)

    def _paint_at_size(
        self, size: _Size, colours: Image.Image, progress: Callable[[float], object] | None = None
    ) -> Image.Image:
        """Paint a photo at a given size."""
        height, width = (fixed or side for fixed, side in zip(self.engine.sides, reversed(size), strict=True))
        return _resize(self._paint_colours(_resize(colours, (width, height)), progress), size)

    def _paint_colours(self, colours: Image.Image, progress: Callable[[float], object] | None) -> Image.Image:
        try:
            return self.engine.paint(colours, progress)
        except Exception as error:
            if not _is_out_of_memory(error):
                raise
        # Raised after the handler: inside it, the traceback of the first exception would keep the tensors in memory.
        raise ImageError(
            f"a photo must fit in memory while it is painted. Received: {colours.width:,} × {colours.height:,} pixels. "
            f"Paint it smaller, with --max-pixels {colours.width * colours.height // 4} (max_pixels in Python)."
        )


def read_photo(
    photo: Any,
    max_pixels: int | None = None,
    strength: float = 1.0,
    preserve_color: bool = False,
    mask: Any = None,
    keep: str | None = None,
    **_: Any,
) -> ReadPhoto:
    """Decode a photo, reduced if `Painter.paint` needs fewer pixels. The arguments are those of `Painter.paint`.

    Raises:
        ImageError: if the photo cannot be read.
    """
    if isinstance(photo, Image.Image):
        return ReadPhoto(photo, None)
    # If only the painting shows in the result, more than `max_pixels` pixels of the photo are not needed.
    enough = None if _is_photo_visible(strength, preserve_color, mask, keep) else max_pixels
    return ReadPhoto(*read_reduced(photo, enough))


def _is_photo_visible(strength: float, preserve_color: bool, mask: Any, keep: str | None) -> bool:
    """Tell whether the photo itself shows in the result, not only its painting."""
    return strength < 1 or preserve_color or mask is not None or keep is not None


def painting_mask(photo: Image.Image, mask: Any, keep: str | None) -> Image.Image | None:
    """Return the mask to paint by: `mask` without the people to keep, mode L, at the photo's size. None paints all.

    Args:
        photo: The photo, RGB.
        mask: As for `Painter.paint`.
        keep: As for `Painter.paint`.
    """
    share = 0 if keep is None else parse_keep(keep)
    if mask is not None:
        mask = read_mask(mask, photo.size)
    if share:
        people = resize_and_soften(find_people(photo), photo.size)
        painted = people.point([round(255 - share * level) for level in range(256)])
        mask = painted if mask is None else ImageChops.multiply(mask, painted)
    return mask


def _check_arguments(strength: float, max_pixels: int | None, brush: float | None) -> None:
    if not 0 <= strength <= 1:
        raise ConfigError(f"strength must lie in 0 to 1. Received: {strength=}. 1 is the whole painting.")
    if max_pixels is not None and not max_pixels >= 1:
        raise ConfigError(f"max_pixels must be at least 1. Received: {max_pixels=}. Use max_pixels=None for no limit.")
    if brush is not None and not 1 <= brush < math.inf:
        raise ConfigError(
            f"brush must be at least 1. Received: {brush=}. 1 paints strokes of the size learned in training."
        )


def _painted_size(size: _Size, max_pixels: int | None) -> _Size:
    pixels = size[0] * size[1]
    if max_pixels is None or pixels <= max_pixels:
        return size
    scale = math.sqrt(max_pixels / pixels)
    width, height = (max(1, math.floor(side * scale)) for side in size)
    # If one side cannot shrink below one pixel, the other side must shrink further.
    return max(1, min(width, max_pixels // height)), max(1, min(height, max_pixels // width))


def _resize(image: Image.Image, size: _Size) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _blend(
    photo: Image.Image, painting: Image.Image, strength: float, preserve_color: bool, mask: Image.Image | None
) -> None:
    """Blend a photo into its painting, in place. Do so in strips, so that only a strip of each is copied at a time."""
    for box in strip_boxes(photo.size):
        before, part = photo.crop(box), painting.crop(box)
        if preserve_color:
            part = _take_colours_of_photo(part, before)
        if strength < 1:
            part = Image.blend(before, part, strength)
        if mask is not None:
            part = Image.composite(part, before, mask.crop(box))
        painting.paste(part, box)


def _take_colours_of_photo(painting: Image.Image, photo: Image.Image) -> Image.Image:
    luminance = painting.convert("YCbCr").getchannel("Y")
    _, blue, red = photo.convert("YCbCr").split()
    return Image.merge("YCbCr", (luminance, blue, red)).convert("RGB")


def _is_out_of_memory(error: Exception) -> bool:
    # Compared by name, because TensorFlow, JAX and ONNX Runtime, which define the classes, are not imported here.
    names = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "Failed to allocate memory", "bad allocation")
    return isinstance(error, MemoryError) or any(name in repr(error) for name in names)
