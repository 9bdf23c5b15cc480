"""Damaged photos: whatever is sent, the answer is a painting or a line, and nothing stays behind.

`python -m benchmarks.malformed` sends 1,000 to a server in processes of its own, and prints its memory.
"""

import collections
import os
from pathlib import Path

import hypothesis
import hypothesis.strategies as strategies
import psutil
import pytest

from benchmarks.malformed import damaged_pictures, undamaged_pictures
from copyart.web.problems import STATUSES

WHOLE = undamaged_pictures()
#: Bytes by which the painter may grow over the damaged photos: one of them decoded, and what Python keeps of it.
GROWTH = 30_000_000

_thorough = hypothesis.settings(
    max_examples=100, deadline=None, database=None, derandomize=True, suppress_health_check=[*hypothesis.HealthCheck]
)


def ask(client, data):
    """Send a photo; return "painted", or the code of the problem."""
    response = client.post(
        "/api/v1/paintings", query_string={"artist": "monet"}, data=data, content_type="application/octet-stream"
    )
    if response.status_code == 200:
        return "painted"
    assert response.status_code < 500, response.text
    assert STATUSES[response.json["code"]] == response.status_code
    return response.json["code"]


@pytest.fixture
def painter(app):
    """The process that paints."""
    return psutil.Process(app.extensions["copyart"].worker_pid)


def test_most_of_the_pictures_that_are_damaged_were_whole(client):
    answers = collections.Counter(ask(client, data) for data in WHOLE)
    assert answers == {"painted": len(WHOLE) - 4, "damaged": 4}  # four are animated, or have several pages


def test_damaged_photos_cost_nothing(client, painter, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    home = Path(os.environ["HOME"])
    for data in damaged_pictures(60, seed=1):
        ask(client, data)
    before, pid = painter.memory_info().rss, painter.pid
    answers = collections.Counter(ask(client, data) for data in damaged_pictures(300))
    assert {"painted", "damaged", "not-a-picture"} <= answers.keys()
    assert painter.pid == pid
    assert painter.is_running()
    assert painter.memory_info().rss - before < GROWTH
    assert [*tmp_path.rglob("*")] == [*home.rglob("*")] == []


@_thorough
@hypothesis.given(
    whole=strategies.sampled_from(WHOLE),
    edits=strategies.lists(strategies.tuples(strategies.floats(0, 1), strategies.binary(max_size=8)), min_size=1),
    kept=strategies.floats(0.01, 1),
)
def test_any_edit_of_a_photo_is_answered(client, whole, edits, kept):
    data = bytearray(whole)
    for place, piece in edits:
        start = int(place * len(data))
        data[start : start + len(piece)] = piece
    assert ask(client, bytes(data[: max(1, int(kept * len(data)))]))


@_thorough
@hypothesis.given(strategies.sampled_from([whole[:16] for whole in WHOLE]), strategies.binary(max_size=400))
def test_any_bytes_are_answered(client, start, rest):
    assert ask(client, start + rest)
