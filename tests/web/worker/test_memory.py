"""The worker's memory: bounded for the largest photo that is taken, and given back after it."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from copyart.web.settings import Settings
from copyart.web.worker.worker import PaintRequest
from copyart.web.worker.worker_process import WorkerProcess
from tests.pictures import png

SIDES = (6144, 4096)  # the most pixels that are taken
#: MB that docs/web.md promises: while a photo is painted, and that remain after it.
MOST, LEFT = 500, 100


def memory(pid):
    """Return the most memory that a process has held, and what it holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) * 1.024e-3 for name in ("VmHWM", "VmRSS")]


def deep_png():
    row = b"\0" + bytes(range(256)) * (SIDES[0] // 32)
    return png(*SIDES, 16, 6, row * SIDES[1])


def translucent_webp():
    """Return a WebP with transparency, whose decoder takes the most memory of all."""
    file = io.BytesIO()
    Image.new("RGBA", SIDES, (90, 120, 60, 128)).save(file, "WEBP", lossless=True, quality=0, method=0)
    return file.getvalue()


SHOWN = {"strength": 0.5, "preserve_color": True, "format": "jpeg"}


@pytest.mark.parametrize(
    ("make", "options"),
    [(deep_png, {}), (deep_png, SHOWN), (translucent_webp, SHOWN)],
    ids=["PNG", "PNG that shows", "WebP that shows"],
)
def test_a_small_file_of_many_pixels_takes_no_more_than_the_docs_say(make, options):
    assert SIDES[0] * SIDES[1] == Settings().max_pixels
    photo = make()
    assert len(photo) < 1_000_000
    # Painted at a sixteenth of a megapixel: what a painting takes is the same for a small file as for any other.
    process = WorkerProcess({"monet": "monet"}, Settings(painted_pixels=1 << 16))
    try:
        while process.receive(60) != ("ready", None):
            pass
        _, before = memory(process.pid)
        process.send(PaintRequest("monet", photo, **options))
        while (said := process.receive(300))[0] == "progress":
            pass
        assert (said[0], said[1].size) == ("painted", SIDES)
        process.send(PaintRequest("monet", b"no photo"))  # answered once memory has been given back
        assert process.receive(60) == ("progress", 0.0)
        most, after = memory(process.pid)
    finally:
        process.end()
    assert most - before < MOST
    assert after - before < LEFT
