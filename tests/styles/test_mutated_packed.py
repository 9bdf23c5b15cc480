"""Damaged and malicious packed styles are refused with one line, and opening them has no side effects."""

import numpy as np
import pytest

from copyart.errors import CopyartError
from copyart.models.generators import build_generator
from copyart.painting.loading import load
from copyart.styles.networks import save_style
from copyart.styles.packing import pack_style
from tests.pictures import photo
from tests.styles.mutations import guarded, mutants

#: scripts/mutate_styles.py does 500 and more.
COUNT = 114


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutated")
    save_style(folder / "style", build_generator("light", filters=2, blocks=1), {"name": "Good"}, photo())
    pack_style(folder / "style", folder / "good.copyart")
    assert load(folder / "good.copyart").paint(photo()).size == photo().size
    return (folder / "good.copyart").read_bytes()


def test_mutants_are_refused_in_one_line_and_nothing_happens(pack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mutant.copyart"
    for name, mutant in mutants(pack, COUNT):
        assert mutant != pack, name
        path.write_bytes(mutant)
        with guarded() as seen, pytest.raises(CopyartError) as raised:
            load(path)
        assert seen == [], name
        assert len(str(raised.value).splitlines()) == 1, name
        assert len(str(raised.value)) < 600, name
    assert list(tmp_path.iterdir()) == [path]


def test_every_single_bit_of_the_headers_counts(pack, tmp_path):
    path = tmp_path / "mutant.copyart"
    head = np.frombuffer(pack, np.uint8)[:60]
    for place in range(len(head)):
        mutant = bytearray(pack)
        mutant[place] ^= 1
        path.write_bytes(mutant)
        with pytest.raises(CopyartError):
            load(path)


def test_the_guard_sees_what_is_written_and_run(tmp_path):
    with guarded() as seen:
        (tmp_path / "evil").write_text("here")
        compile("1", "evil", "eval")
    assert [event for event, _ in seen] == ["open", "compile"]
    with guarded() as seen:
        (tmp_path / "evil").read_text()
    assert seen == []
