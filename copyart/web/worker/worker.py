"""The worker process: it loads each style once, and paints one photo after the other.

At the start it loads and warms up the requested styles and the first style of the page. Other bundled styles are loaded
when they are first used.

It does all decoding of untrusted files and all memory-intensive work. If it crashes, the server continues and starts
another worker.

It sends ("loaded", None), ("ready", None), and then for each request any number of ("progress", share) and one of
("painted", Painted), ("refused", line), ("stopped", None), ("broken", traceback). It receives requests, and STOP, which
may arrive after the painting is finished.
"""

import contextlib
import ctypes
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from PIL import Image

from copyart.data.images import encode_image
from copyart.engine.feature_maps import keep_feature_maps_in_memory
from copyart.errors import CopyartError, ImageError
from copyart.painting.loading import load
from copyart.painting.painter import Painter
from copyart.styles.bundled import bundled_styles

STOP = "stop"
#: Side of the picture for warming up a style, in pixels.
_WARM = 128


@dataclass(frozen=True)
class PaintRequest:
    """A photo to paint, and the options.

    Args:
        slug: Slug of the style.
        photo: The encoded photo. The server has checked its kind and pixels.
        strength: As in `Painter.paint`.
        preserve_color: As in `Painter.paint`.
        format: "jpeg", "png" or "webp". Defaults to None: JPEG, or PNG for a photo with transparency.
    """

    slug: str
    photo: bytes
    strength: float = 1.0
    preserve_color: bool = False
    format: str | None = None


@dataclass(frozen=True)
class PaintResult:
    """A painting.

    Args:
        data: The encoded painting. Its only metadata says that Copyart painted it.
        format: "jpeg", "png" or "webp".
        size: Width and height.
        seconds: Time from decoding to encoding.
    """

    data: bytes
    format: str
    size: tuple[int, int]
    seconds: float


class _StoppedError(Exception):
    """Raised when the server has asked the worker to stop this painting."""


def run_worker(pipe: Connection, sources: dict[str, str], painted_pixels: int) -> None:
    """Paint until the other end of the pipe is closed.

    Args:
        pipe: A two-way connection of `multiprocessing`.
        sources: Slug → source for `copyart.load`.
        painted_pixels: Maximum number of pixels to paint.
    """
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C in a terminal also reaches this process, but its parent stops it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about unusual photos; visitors must not be able to fill the log
        try:
            _serve_requests(pipe, sources, painted_pixels)
        except (EOFError, OSError):  # the server has ended
            return


class _PaintersBySlug(dict):
    """Slug → painter."""

    def __init__(self, sources: dict[str, str]):
        super().__init__()
        self._sources, bundled = sources, bundled_styles()
        for number, (slug, source) in enumerate(sources.items()):
            if number == 0 or source not in bundled:
                self[slug]

    def __missing__(self, slug: str) -> Painter:
        self[slug] = load(self._sources[slug])
        return self[slug]


def _serve_requests(pipe: Connection, sources: dict[str, str], painted_pixels: int) -> None:
    try:
        painters = _PaintersBySlug(sources)
    except CopyartError as error:
        pipe.send(("refused", str(error)))
        return
    pipe.send(("loaded", None))
    for painter in painters.values():
        painter.paint(Image.new("RGB", (_WARM, _WARM)))
    pipe.send(("ready", None))
    while True:
        if (request := pipe.recv()) != STOP:
            pipe.send(_answer_request(pipe, painters, request, painted_pixels))
            del request
            _return_freed_memory()


def _answer_request(
    pipe: Connection, painters: dict[str, Painter], request: PaintRequest, painted_pixels: int
) -> tuple[str, Any]:
    def progress(share: float) -> None:
        pipe.send(("progress", share))
        if pipe.poll():
            pipe.recv()
            raise _StoppedError

    try:
        return "painted", _paint_request(painters[request.slug], request, painted_pixels, progress)
    except ImageError as error:
        return "refused", str(error)
    except _StoppedError:
        return "stopped", None
    except (EOFError, BrokenPipeError):
        raise
    except Exception:
        return "broken", traceback.format_exc()


def _paint_request(
    painter: Painter, request: PaintRequest, painted_pixels: int, progress: Callable[[float], None]
) -> PaintResult:
    start = time.monotonic()
    progress(0.0)
    with keep_feature_maps_in_memory():  # no visitor's data may be written to disk
        painting = painter.paint(
            request.photo, request.strength, request.preserve_color, painted_pixels, progress=progress
        )
    format = request.format or ("png" if painting.mode == "RGBA" else "jpeg")
    data = encode_image(painting, format.upper(), mark=True)
    return PaintResult(data, format, painting.size, time.monotonic() - start)


def _return_freed_memory() -> None:
    """Make glibc return freed memory to the system. Do nothing with another C library."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
