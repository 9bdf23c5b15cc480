"""Convert the colours of films: any frame to an 8-bit sRGB picture, and a picture to a tagged frame for the encoder."""

import functools

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation
from PIL import Image, ImageFilter

from copyart.video.hdr import to_sdr

#: Minimum height of HD. For untagged films, players assume the matrix of BT.709 from this height on, else BT.601.
_HD_HEIGHT = 720
#: swscale's number for BT.2020. PyAV 17, the last one for Python 3.10, has no name for it.
_BT2020 = 9
#: H.273's numbers for matrices → swscale's. A film with another number is treated as untagged.
_MATRICES: dict[int, int] = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: _BT2020,
    10: _BT2020,
}
#: H.273's numbers for the transfer functions of HDR.
_TRANSFERS = {16: "pq", 18: "hlg"}
#: Points per side of the lookup table of HDR colours; Pillow allows at most 65.
_CUBE = 49


def to_picture(frame: av.VideoFrame) -> Image.Image:
    """Return a frame as an 8-bit picture in sRGB, upright.

    HDR (PQ or HLG) is mapped to a screen of 203 cd/m². If the film has no tag for its matrix, BT.709 is assumed from
    720 rows on, else BT.601, as players do.
    """
    unsaid = Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
    pixels = frame.reformat(
        # libswscale 9 is imprecise when it converts more than eight bits to packed pixels directly.
        format="gbrp" if frame.format.components[0].bits > 8 else "rgb24",
        src_colorspace=_MATRICES.get(int(frame.colorspace), unsaid),
        src_color_range=ColorRange.JPEG if _is_full_range(frame) else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        # Bicubic, because most films store the colours at half the size. The flag ACCURATE_RND is not set: with it,
        # libswscale 9 would ignore the colour range (full or limited).
        interpolation=Interpolation.BICUBIC,
    ).to_ndarray()
    picture = Image.fromarray(pixels)
    if (transfer := _TRANSFERS.get(int(frame.color_trc))) is not None:
        picture = picture.filter(_sdr_filter(transfer))
    quarters = round(frame.rotation / 90) % 4
    return picture.transpose(_TURNS[quarters]) if quarters else picture


def _is_full_range(frame: av.VideoFrame) -> bool:
    return frame.color_range == ColorRange.JPEG or frame.format.name.startswith(("yuvj", "rgb", "bgr", "gbr"))


#: `VideoFrame.rotation` counts quarter turns counter-clockwise, like Pillow's transpositions.
_TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}


@functools.cache
def _sdr_filter(transfer: str) -> ImageFilter.Color3DLUT:
    """Return the filter that maps colours of HDR to sRGB."""
    axis = np.linspace(0, 1, _CUBE, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")  # red changes fastest, as Pillow requires
    table = to_sdr(np.stack([red, green, blue], -1), transfer)
    return ImageFilter.Color3DLUT(_CUBE, table.ravel().tolist())


def to_frame(picture: Image.Image) -> av.VideoFrame:
    """Return a picture as a frame for H.264 or VP9: 8-bit 4:2:0, BT.709 in TV range, with tags.

    H.264 with 4:2:0 needs even sides, so an odd side is extended by one pixel.
    """
    pixels = np.asarray(picture)
    odd = pixels.shape[0] % 2, pixels.shape[1] % 2
    if any(odd):
        pixels = np.pad(pixels, ((0, odd[0]), (0, odd[1]), (0, 0)), "edge")
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24").reformat(
        format="yuv420p",
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        dst_colorspace=Colorspace.ITU709,
        interpolation=Interpolation.BICUBIC,
    )
    tag_as_bt709(frame)
    return frame


def tag_as_bt709(target: "av.VideoFrame | av.VideoCodecContext") -> None:
    """Tag a frame or an encoder as BT.709 in TV range."""
    target.colorspace = Colorspace.ITU709
    target.color_range = ColorRange.MPEG
    target.color_primaries = ColorPrimaries.BT709
    target.color_trc = ColorTrc.BT709
