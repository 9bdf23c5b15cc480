"""The limits of a server, each with its reason."""

import math
from dataclasses import dataclass, fields

from copyart.errors import ConfigError

#: Bytes for form fields and multipart boundaries, in addition to the photo.
FORM_BYTES = 64 * 1024
#: Format of a painting → its media type.
MEDIA_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}

#: Allowed formats of photos.
PHOTO_FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "PPM", "AVIF")


@dataclass(frozen=True)
class Settings:
    """The limits of a server.

    Args:
        max_bytes: Largest photo, in bytes. Defaults to 20 MiB: a phone's JPEGs of 12 to 50 megapixels take 3 to 20 MiB.
        max_pixels: Maximum number of pixels of a photo. Defaults to 24 × 2²⁰: enough for 24-megapixel cameras, and
            decoding takes at most about 300 MB.
        painted_pixels: Maximum number of pixels to paint. A larger photo is painted smaller and then enlarged. Defaults
            to 4 × 2²⁰: feature maps then take 128 MiB with the light generator, without temporary files.
        queue: Maximum number of paintings that wait while another one is painted. Defaults to 8.
        wait_seconds: Longest wait in the queue. Defaults to 60.
        paint_seconds: Longest time for one painting, from decoding to encoding. Defaults to 120.
        paintings_a_minute: Maximum number of paintings per client and minute; 0 for no limit. Defaults to 30.
        limits_storage: Storage in which several servers count paintings together; see
            `copyart.web.server.rate.RateLimit`. Defaults to None: each server counts by itself.

    Raises:
        ConfigError: if a limit is below 1 (`paintings_a_minute`: below 0) or not finite.
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
                    f"{field.name} must be a number of at least {least}. Received: {value}. The default is "
                    f"{field.default}."
                )
