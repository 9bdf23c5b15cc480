"""The process that paints: what it answers, that it stops, and that it writes nothing to the disk."""

import io
import multiprocessing
import os
import signal
import tempfile
import threading
import time

import pytest
from PIL import Image

from copyart.engine import feature_maps, onnx_engine, strip_geometry
from copyart.painting.loading import load
from copyart.web.settings import Settings
from copyart.web.worker.worker import STOP, PaintRequest, _PaintersBySlug, run_worker
from copyart.web.worker.worker_process import WorkerProcess
from tests.pictures import encode, photo, png


@pytest.fixture
def pipe():
    """The server's end of a pipe to `run_worker`, which runs in a thread."""
    ours, theirs = multiprocessing.Pipe()
    thread = threading.Thread(target=run, args=(theirs,))
    thread.start()
    assert ours.recv() == ("loaded", None)
    assert ours.recv() == ("ready", None)
    yield ours
    ours.close()
    thread.join(20)
    assert not thread.is_alive()


def run(pipe):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signal.signal", lambda *_: None)  # signals are for main threads
        run_worker(pipe, {"monet": "monet"}, painted_pixels=5_000)
    pipe.close()


def answers(pipe):
    """What it says, up to what is not progress."""
    said = []
    while not said or said[-1][0] == "progress":
        assert pipe.poll(30)
        said.append(pipe.recv())
    return said


def test_it_paints_what_the_painter_paints(pipe):
    pipe.send(PaintRequest("monet", encode(photo()), format="png"))
    *_, (kind, painted) = answers(pipe)
    assert (kind, painted.format, painted.size) == ("painted", "png", (48, 32))
    expected = load("monet").paint(encode(photo()))
    assert Image.open(io.BytesIO(painted.data)).tobytes() == expected.tobytes()


def test_a_bundled_style_is_loaded_when_it_is_first_used(monkeypatch):
    loaded = []
    monkeypatch.setattr("copyart.web.worker.worker.load", lambda source: loaded.append(source) or source)
    painters = _PaintersBySlug({"monet": "monet", "cezanne": "cezanne", "own": "runs/own"})
    assert loaded == ["monet", "runs/own"]
    assert painters["cezanne"] == painters["cezanne"] == "cezanne"
    assert loaded == ["monet", "runs/own", "cezanne"]


def test_it_refuses_what_it_cannot_read_and_goes_on(pipe):
    for photograph in (encode(photo(), "JPEG")[:300], png(200, 200, 8, 2), b"GIF89a"):
        pipe.send(PaintRequest("monet", photograph))
        kind, line = answers(pipe)[-1]
        assert (kind, "Received: " in line) == ("refused", True)
    pipe.send(PaintRequest("monet", encode(photo())))
    assert answers(pipe)[-1][0] == "painted"


def test_it_tells_what_is_broken(pipe):
    pipe.send(PaintRequest("monet", encode(photo()), strength=7.0))
    kind, text = answers(pipe)[-1]
    assert (kind, "ConfigError" in text) == ("broken", True)


def test_a_large_photo_has_progress_stops_when_told_and_is_kept_in_memory(pipe, monkeypatch):
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", 100)
    monkeypatch.setattr(strip_geometry, "STRIP_NUMBERS", 1)
    monkeypatch.setattr(feature_maps, "MEMORY_LIMIT", 0)
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, pytest.fail)
    pipe.send(PaintRequest("monet", encode(photo(96, 80))))
    *progress, (kind, painted) = answers(pipe)
    shares = [share for _, share in progress]
    assert (kind, painted.size) == ("painted", (96, 80))
    assert shares == sorted(shares)
    assert len(set(shares)) > 4
    pipe.send(PaintRequest("monet", encode(photo(96, 80))))
    pipe.send(STOP)
    assert answers(pipe)[-1] == ("stopped", None)
    pipe.send(STOP)  # too late: nothing is painted
    pipe.send(PaintRequest("monet", encode(photo())))
    assert answers(pipe)[-1][0] == "painted"


def test_a_photo_beyond_the_painted_pixels_is_painted_smaller_and_comes_out_as_large(pipe):
    pipe.send(PaintRequest("monet", encode(photo(120, 80))))
    assert answers(pipe)[-1][1].size == (120, 80)


def test_a_style_that_cannot_be_loaded_is_told():
    ours, theirs = multiprocessing.Pipe()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signal.signal", lambda *_: None)
        run_worker(theirs, {"x": "no such style"}, 1)
    kind, line = ours.recv()
    assert (kind, "no such style" in line) == ("refused", True)
    ours.close()
    theirs.close()


def test_it_ends_with_the_server_or_when_it_is_ended():
    process = WorkerProcess({"monet": "monet"}, Settings())
    while process.receive(30) != ("ready", None):
        pass
    process.end()
    with pytest.raises(OSError, match="closed"):
        process.receive(0)


def test_a_killed_process_costs_nothing_but_time(app, client):
    picture, supervisor, answer = encode(photo(700, 600), "JPEG"), app.extensions["copyart"], []

    def ask():
        answer.append(client.post("/api/v1/paintings?artist=monet", data=picture, content_type="image/jpeg"))

    thread = threading.Thread(target=ask)
    thread.start()
    deadline = time.monotonic() + 20
    while supervisor.queue.current is None and time.monotonic() < deadline:
        time.sleep(0.001)
    os.kill(supervisor.worker_pid, signal.SIGKILL)
    thread.join(60)
    assert answer[0].status_code == 200
    assert "copyart_worker_restarts_total 1.0" in client.get("/metrics").text
    assert answer[0].headers["X-Painting-Size"] == "700x600"
