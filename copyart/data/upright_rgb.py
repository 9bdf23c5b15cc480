"""Convert a picture of any mode, profile and orientation to upright sRGB, as RGB or RGBA."""

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageCms

_WIDE_INTEGERS = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_EXIF_ORIENTATION = 0x0112
#: Keys under which Pillow stores XMP metadata, depending on the format.
_XMP = ("xmp", "XML:com.adobe.xmp", "Raw profile type xmp")
#: A conversion from sRGB to itself changes values in 0…255 by at most this, because of rounding.
_ROUNDING = 3
#: Highest plausible resolution in pixels per inch; no scanner exceeds it.
_MOST_DPI = 100_000
#: Rows that are converted at a time.
_ROWS = 256
# Orientation in EXIF (2.32, section 4.6.4 A) → transposition that makes the picture upright.
_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDES_SWAPPED = (_TURN[5], _TURN[6], _TURN[7], _TURN[8])


def to_upright_rgb(image: Image.Image, reduction: int = 1) -> Image.Image:
    """Return a new RGB or RGBA picture: upright, sRGB, eight bits a channel, with no metadata but `dpi`.

    The picture is converted in strips, so that memory holds only the picture, the result and one strip.

    Args:
        image: a PIL image of any mode. It is loaded but not changed.
        reduction: Divisor of both sides; a new pixel is the mean of `reduction` × `reduction` pixels. Defaults to 1.

    Returns:
        RGBA if a pixel is not fully opaque (alpha channel, palette or `tRNS`), else RGB.

    Raises:
        Exception: of any class, if Pillow fails on damaged data. The caller converts it to an `ImageError`.
    """
    image.load()
    dpi, turn, profile = _pixels_per_inch(image), _TURN.get(_orientation(image)), image.info.get("icc_profile")
    image = _to_eight_bits(image)
    size = -(-image.width // reduction), -(-image.height // reduction)
    result = Image.new("RGB", size[::-1] if turn in _SIDES_SWAPPED else size)
    alpha, to_srgb = None, None
    for box in strip_boxes(image.size, _ROWS // reduction * reduction or reduction):
        # Pillow 12 may refuse a large crop, even of a whole picture.
        strip = image if box == (0, 0, *image.size) else image.crop(box)
        colours, opacity = _split_alpha(strip)
        to_srgb = to_srgb or _conversion_to_srgb(colours.mode, profile)
        place = _upright_box(box[1] // reduction, -(-box[3] // reduction), result.size, turn)
        result.paste(_turn_strip(to_srgb(colours), reduction, turn), place)
        if opacity is not None:
            alpha = alpha or Image.new("L", result.size)
            alpha.paste(_turn_strip(opacity, reduction, turn), place)
    if alpha is not None and alpha.getextrema()[0] < 255:  # type: ignore[operator]
        result.putalpha(alpha)
    result.info = {} if dpi is None else {"dpi": dpi[::-1] if turn in _SIDES_SWAPPED else dpi}
    return result


def lies_on_its_side(image: Image.Image) -> bool:
    """Tell whether turning the picture upright swaps its width and height."""
    return _TURN.get(_orientation(image)) in _SIDES_SWAPPED


def strip_boxes(size: tuple[int, int], rows: int = _ROWS) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of strips that cover a picture of this size, from the top to the bottom."""
    for top in range(0, size[1], rows):
        yield 0, top, size[0], min(top + rows, size[1])


def _turn_strip(strip: Image.Image, reduction: int, turn: Image.Transpose | None) -> Image.Image:
    strip = strip if reduction == 1 else strip.reduce(reduction)
    return strip if turn is None else strip.transpose(turn)


def _upright_box(
    top: int, bottom: int, size: tuple[int, int], turn: Image.Transpose | None
) -> tuple[int, int, int, int]:
    """Return the box of the upright picture (of `size`) that the stored picture's rows from `top` to `bottom` cover."""
    width, height = size
    if turn in _SIDES_SWAPPED:
        left = top if turn in (_TURN[5], _TURN[8]) else width - bottom
        return left, 0, left + bottom - top, height
    if turn in (_TURN[3], _TURN[4]):
        return 0, height - bottom, width, height - top
    return 0, top, width, bottom


def _pixels_per_inch(image: Image.Image) -> tuple[float, float] | None:
    """Return the pixels per inch, horizontally and vertically, or None if they are missing or damaged."""
    dpi = image.info.get("dpi")
    try:
        across, down = (float(number) for number in dpi)  # type: ignore[union-attr]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 <= across <= _MOST_DPI and 1 <= down <= _MOST_DPI else None


def _orientation(image: Image.Image) -> int:
    # Only EXIF counts, as in browsers. Pillow would also use an orientation in XMP.
    xmp = {key: image.info.pop(key) for key in _XMP if key in image.info}
    try:
        return image.getexif().get(_EXIF_ORIENTATION, 1)
    except Exception:  # broken metadata, for which Pillow raises many exceptions, must not prevent reading the picture
        return 1
    finally:
        image.info.update(xmp)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split a picture in any eight-bit mode into its opaque colours (L, CMYK or RGB) and its alpha, if it has any."""
    if image.mode in ("LA", "La"):
        image = image.convert("LA")  # Pillow cannot convert La to RGBA
        return image.getchannel("L"), image.getchannel("A")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return image.convert("RGB"), image.getchannel("A")
    if image.mode in ("1", "L"):
        return image.convert("L"), None
    return (image if image.mode == "CMYK" else image.convert("RGB")), None


def _conversion_to_srgb(mode: str, profile: bytes | None) -> Callable[[Image.Image], Image.Image]:
    """Return a function that converts L, RGB or CMYK to sRGB, with the ICC profile if there is a usable one."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
            if mode == "RGB" and _is_identity_conversion(transform):
                return _as_rgb
            ImageCms.applyTransform(Image.new(mode, (1, 1)), transform)
            return lambda strip: ImageCms.applyTransform(strip, transform)  # type: ignore[return-value]
        except (ImageCms.PyCMSError, ImportError, OSError, TypeError, ValueError):
            pass  # a damaged or wrong profile is ignored
    return _as_rgb


def _as_rgb(colours: Image.Image) -> Image.Image:
    return colours if colours.mode == "RGB" else colours.convert("RGB")


def _is_identity_conversion(transform: ImageCms.ImageCmsTransform) -> bool:
    """Apply a conversion to sRGB to a grid over the RGB cube. Tell whether it leaves the colours as they are."""
    levels = np.arange(0, 256, 17, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(16, -1, 3)
    changed = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    return int(np.abs(changed.astype(int) - cube).max()) <= _ROUNDING


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Scale modes I, I;16 and F to L (or LA). Pillow's own conversion would clip the values at 255."""
    if image.mode not in _WIDE_INTEGERS and image.mode != "F":
        return image
    values = np.asarray(image)
    grey = Image.fromarray(_scale_to_bytes(values, (1.0, 255.0, 65535.0) if image.mode == "F" else (65535,)))
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey.putalpha(Image.fromarray((values != transparent) * np.uint8(255)))
    return grey


def _scale_to_bytes(values: np.ndarray, whites: tuple) -> np.ndarray:
    """Scale values to 0…255: from [0, w], the first of `whites` that holds all of them, else from their own range."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("it holds values that are not finite numbers")
    white = next((white for white in whites if low >= 0 and high <= white), None)
    scaled = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), _ROWS):
        rows = values[top : top + _ROWS]
        if white is not None:
            scaled[top : top + _ROWS] = np.rint(rows * np.float32(255 / white))
        else:
            scaled[top : top + _ROWS] = np.rint((rows.astype(np.float64) - low) * (255 / ((high - low) or 1)))
    return scaled
