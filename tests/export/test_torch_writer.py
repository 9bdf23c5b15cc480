"""Files written without PyTorch equal PyTorch's byte for byte."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from copyart.export.torch_writer import state_dict_file
from tests.formats.pth_files import read_state_dict

ORACLES = Path(__file__).parent.parent / "oracles"
#: Files that PyTorch 2 wrote; the last has a hundred and more objects in its memo.
WRITTEN_BY_PYTORCH = ["discriminator_filters8", "cut_both_filters3", "generator_6blocks_filters8"]


def entries(data):
    """The entries of a file by their names below its root, and where the content of each begins."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    found = {}
    for entry in archive.infolist():
        lengths = np.frombuffer(data, "<u2", 2, entry.header_offset + 26)
        found[entry.filename.partition("/")[2]] = archive.read(entry), entry.header_offset + 30 + int(lengths.sum())
    return found


@pytest.mark.parametrize("name", WRITTEN_BY_PYTORCH)
def test_the_bytes_are_those_that_pytorch_wrote(name):
    theirs = (ORACLES / f"{name}.pth").read_bytes()
    ours = entries(state_dict_file(read_state_dict(theirs)))
    assert "data.pkl" in entries(theirs)
    for entry, (content, _) in entries(theirs).items():
        if entry == "data.pkl":  # theirs goes on with the versions of its modules, which nothing needs
            assert content.startswith(ours[entry][0][:-1])
            assert content[len(ours[entry][0]) - 1 :].startswith(b"}")
        elif entry != ".data/serialization_id":
            assert ours[entry][0] == content


def test_numbers_lie_where_they_can_be_mapped_into_memory():
    written = entries(state_dict_file({"a": np.ones(3, np.float32), "b.weight": np.ones((2, 5), np.float32)}))
    assert {start % 64 for _, start in written.values()} == {0}


def test_the_same_tensors_give_the_same_bytes():
    tensors = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3)}
    assert state_dict_file(tensors) == state_dict_file({"weight": tensors["weight"].copy()})


@pytest.mark.parametrize("shape", [(), (0,), (255,), (256,), (70_000,), (2, 3), (2, 3, 4), (3, 2, 1, 4), (1,) * 6])
def test_every_shape_comes_back(shape):
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    (read,) = read_state_dict(state_dict_file({"weight": values})).values()
    assert read.shape == shape
    assert read.tobytes() == values.tobytes()


def test_many_tensors_come_back_in_their_order():
    tensors = {f"model.{number}.weight": np.full(2, number, np.float32) for number in range(300)}
    read = read_state_dict(state_dict_file(tensors))
    assert list(read) == list(tensors)
    assert all(np.array_equal(read[name], tensors[name]) for name in tensors)


def test_arrays_that_are_not_laid_out_in_rows_are_written_in_rows():
    values = np.arange(6, dtype=np.float32).reshape(2, 3).T
    assert np.array_equal(read_state_dict(state_dict_file({"weight": values}))["weight"], values)
