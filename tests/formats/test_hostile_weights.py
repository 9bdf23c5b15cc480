"""Damaged and malicious weight files are refused with one line; nothing is run or written. All 500:
scripts/fuzz_weights.py."""

import tracemalloc
from pathlib import Path

import pytest

from copyart.errors import StyleError
from copyart.formats import keras_h5, read_keras_h5
from copyart.formats.weights_file import RefusedError

from .mutations import hostile_h5, hostile_pth, mutants, watched
from .pth_files import read_state_dict

ORACLES = Path(__file__).parent.parent / "oracles"
#: Bytes that a small file may take.
MEMORY = 32 << 20


def refusal(read, source):
    """Read a file while it is watched; returns the line with which it is refused, or None where it was read."""
    line = None
    with watched() as seen:
        try:
            read(source)
        except StyleError as error:
            line = str(error)
    assert seen == []
    assert line is None or "\n" not in line
    return line


def test_the_watch_sees_what_is_written_and_run(tmp_path):
    import os

    with watched() as seen:
        (tmp_path / "file").write_text("")
        os.system("true")
    assert [event.split()[0] for event in seen] == ["open", "os.system"]


@pytest.mark.usefixtures("quick")
def test_no_hostile_pth_is_read_or_run(tmp_path):
    target = tmp_path / "executed"
    files = hostile_pth(target)
    assert len(files) > 60
    for name, data in files.items():
        assert refusal(read_state_dict, data), name
    assert [*tmp_path.iterdir()] == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["huge", "stretched", "bomb", "doubling"])
def test_a_file_that_claims_much_takes_little_memory(tmp_path, kind):
    files = [data for name, data in hostile_pth(tmp_path / "executed").items() if kind in name]
    assert files
    tracemalloc.start()
    try:
        for data in files:
            assert refusal(read_state_dict, data)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "seed", ["generator_6blocks_filters8", "generator_9blocks_filters8_legacy", "cut_both_filters3"]
)
def test_mutated_pth_files_are_refused_or_hold_other_numbers(seed):
    whole = (ORACLES / f"{seed}.pth").read_bytes()
    shapes = {key: array.shape for key, array in read_state_dict(whole).items()}
    refused = 0
    for mutant in mutants(whole, 40, seed=1):
        if refusal(read_state_dict, mutant):
            refused += 1
        else:
            assert len(read_state_dict(mutant)) <= len(shapes)
    assert refused > (12 if "legacy" in seed else 30)  # the old format has no checksums


def test_no_hostile_h5_is_read(tmp_path):
    files = hostile_h5(tmp_path)
    before = sorted(tmp_path.iterdir())
    for name, data in files.items():
        with pytest.raises((RefusedError, OSError)), watched() as seen:
            keras_h5.read(data)
        assert seen == [], name
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("kind", ["linked", "claimed"])
def test_the_process_refuses_in_one_line(tmp_path, kind):
    (tmp_path / "m.h5").write_bytes(hostile_h5(tmp_path)[kind])
    with pytest.raises(StyleError, match=r"a link to another file|claim more bytes") as raised:
        read_keras_h5(tmp_path / "m.h5")
    assert "\n" not in str(raised.value)


def test_mutated_h5_files_do_not_harm_the_reader(tmp_path):
    whole = (ORACLES / "keras_example_weights.h5").read_bytes()
    lines = []
    for mutant in mutants(whole, 6, seed=2):
        (tmp_path / "m.h5").write_bytes(mutant)
        lines.append(refusal(read_keras_h5, tmp_path / "m.h5"))
    assert len([line for line in lines if line]) >= 4


def test_a_heap_that_leads_in_circles_is_refused_before_hdf5_walks_it():
    whole = (ORACLES / "keras_example_weights.h5").read_bytes()
    start = whole.index(b"GCOL")
    place = whole.index(b"instance_normalization_1", start)
    broken = whole[: place - 16] + bytes(16) + whole[place:]  # a text of no length that is nobody's
    with pytest.raises(RefusedError, match="lists of names are damaged"):
        keras_h5.read(broken)
