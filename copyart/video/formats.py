"""Choose the container and the codec of a painted film by the suffix of its file."""

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from copyart.errors import ConfigError
from copyart.video.colour import tag_as_bt709


@dataclasses.dataclass(frozen=True)
class FilmFormat:
    """Container, codec and settings for one suffix.

    Args:
        container: FFmpeg's name of the container.
        codec: Codec of the pictures.
        settings: Settings of the codec.
        sound: Codec to encode the sound in if the container does not support the sound's own codec.
        container_settings: Settings of the container.
    """

    container: str
    codec: str
    settings: dict[str, str]
    sound: str
    container_settings: dict[str, str] = dataclasses.field(default_factory=dict)


# x264's default CRF of 23 blurs strokes, which are fine detail. Without B-frames, frames are stored in the order of
# their times, so segments can be joined without a gap. `faststart` lets a browser start playing during the download.
_H264 = {"crf": "18", "preset": "fast", "bf": "0"}
_VP9 = {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1", "lag-in-frames": "0"}
_FASTSTART = {"movflags": "+faststart"}
FORMATS = {
    ".mp4": FilmFormat("mp4", "libx264", _H264, "aac", _FASTSTART),
    ".m4v": FilmFormat("mp4", "libx264", _H264, "aac", _FASTSTART),
    ".mov": FilmFormat("mov", "libx264", _H264, "aac", _FASTSTART),
    ".mkv": FilmFormat("matroska", "libx264", _H264, "aac"),
    ".webm": FilmFormat("webm", "libvpx-vp9", _VP9, "libopus"),
}


def format_of(target: Path) -> FilmFormat:
    """Return the format for a film's suffix.

    Raises:
        ConfigError: if the suffix is not in `FORMATS`, or PyAV was built without the codec.
    """
    found = FORMATS.get(target.suffix.lower())
    if found is None:
        raise ConfigError(
            f"a film must be written to a name that ends in one of {', '.join(FORMATS)}. Received: {target.name!r}. "
            "Choose another file name."
        )
    if found.codec not in av.codecs_available:
        raise ConfigError(
            f"{target.suffix} needs the codec {found.codec}. Received: a PyAV without it. "
            "Install PyAV from PyPI: pip install --force-reinstall av"
        )
    return found


def add_picture_stream(
    container: Any, format: FilmFormat, size: tuple[int, int], time_base: Fraction, rate: Fraction, aspect: Any
) -> Any:
    """Add a stream of painted pictures to a container that is open for writing, and return the stream.

    Args:
        container: A container of PyAV.
        size: Width and height of the frames, in pixels.
        time_base: Seconds in one unit of the frames' times.
        rate: Average frames per second, by which the encoder distributes its bits.
        aspect: Aspect ratio of a pixel, width by height, or None.
    """
    rate = rate.limit_denominator(65535) if 0 < rate <= 1000 else Fraction(25)
    stream = container.add_stream(format.codec, rate=rate, options=dict(format.settings))
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    stream.time_base = context.time_base = time_base
    if aspect:
        context.sample_aspect_ratio = aspect
    tag_as_bt709(context)
    return stream
