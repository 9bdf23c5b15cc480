"""What a server allows: each limit with its reason."""

import math
from dataclasses import dataclass, fields

from copyart.errors import ConfigError

#: Bytes that form fields and multipart's own lines may take beside the photo.
FORM_BYTES = 64 * 1024
#: Formats that paintings are answered in, and their media types.
MEDIA_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}

#: Formats that a photo may have.
PHOTO_FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "PPM", "AVIF")


@dataclass(frozen=True)
class Settings:
    """The limits of a server.

    Args:
        max_bytes: Largest photo, in bytes. Defaults to 20 MiB: a telephone's 12 to 50 megapixels as JPEG take 3 to 20.
        max_pixels: Most pixels of a photo. Defaults to 24 × 2²⁰: the common cameras' 24 megapixels pass, and decoding
            takes some 300 MB at most.
        painted_pixels: Most pixels to paint; a larger photo is painted smaller, then enlarged. Defaults to 4 × 2²⁰:
            its maps take 128 MiB of memory with the light generator, and no temporary file is used.
        queue: Most paintings that wait while one is painted. Defaults to 8.
        wait_seconds: Longest that one waits for its turn. Defaults to 60.
        paint_seconds: Longest that one is painted, from decoding to encoding. Defaults to 120.
        paintings_a_minute: Most that one client may ask for in a minute; 0 for any number. Defaults to 30.
        limits_storage: Where several servers count these together, as for `copyart.web.server.rate.RateLimit`. Defaults
            to None: each server counts for itself.

    Raises:
        ConfigError: if a limit is not positive and finite.
    """

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 24 * 1024 * 1024
    painted_pixels: int = 4 * 1024 * 1024
    queue: int = 8
    wait_seconds: float = 60.0
    paint_seconds: float = 120.0
    paintings_a_minute: int = 30
    limits_storage: str | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name == "limits_storage":
                continue
            value, least = getattr(self, field.name), 0 if field.name == "paintings_a_minute" else 1
            if not least <= value < math.inf:  # refuses NaN too
                raise ConfigError(
                    f"{field.name} must be at least {least}, and a number. Received: {value}. "
                    f"{field.default} is the usual one."
                )
