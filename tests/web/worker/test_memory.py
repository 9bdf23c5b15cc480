"""The worker's memory: bounded for the largest photo that is taken, and given back after it."""

import re
from pathlib import Path

import pytest

from copyart.web.settings import Settings
from copyart.web.worker.worker import PaintRequest
from copyart.web.worker.worker_process import WorkerProcess
from tests.pictures import png

SIDES = (6144, 4096)  # the most pixels that are taken
#: MB that docs/web.md promises: while a photo is painted, and that remain after it.
MOST, LEFT = 450, 100


def memory(pid):
    """Return the most memory that a process has held, and what it holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) * 1.024e-3 for name in ("VmHWM", "VmRSS")]


@pytest.mark.parametrize("options", [{}, {"strength": 0.5, "preserve_color": True, "format": "jpeg"}])
def test_a_small_file_of_many_pixels_takes_no_more_than_the_docs_say(options):
    assert SIDES[0] * SIDES[1] == Settings().max_pixels
    row = b"\0" + bytes(range(256)) * (SIDES[0] // 32)
    photo = png(*SIDES, 16, 6, row * SIDES[1])
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
