"""TensorFlow checkpoints are read as plain arrays, and damaged or malicious ones are refused with one line."""

import sys
from pathlib import Path

import numpy as np
import pytest

from copyart.errors import StyleError
from copyart.formats import read_checkpoint, sandbox

from .checkpoint_files import DATA, DATA_END, INDEX_END, entry, header, hostile_indices, index, masked_crc32c
from .mutations import mutants, watched

pytestmark = pytest.mark.usefixtures("server", "quick")

HOSTILE = hostile_indices()
#: What TensorFlow passes over without harm: fields of a type that it does not know, and the same entry again.
HARMLESS = {
    "number for a shape", "number for a side", "number for a checksum", "text for a size", "long name",
    "the same block again and again", "big-endian",
}  # fmt: skip
#: What ends TensorFlow's process.
FATAL = {"negative side", "unknown side", "huge sides", "many sides", "reference"}
ORACLE = Path(__file__).parent.parent / "oracles" / "keras_example_checkpoint"


def write(folder, table, data):
    (folder / f"c{INDEX_END}").write_bytes(table)
    (folder / f"c{DATA_END}").write_bytes(data)
    return folder / f"c{INDEX_END}"


def parts():
    return tuple(ORACLE.with_suffix(end).read_bytes() for end in (INDEX_END, DATA_END))


def numbers(networks):
    return [(name, role, array.tobytes()) for name, weights in networks.items() for role, array in weights]


def refusal(path):
    """Read a checkpoint while it is watched; returns the line with which it is refused."""
    with pytest.raises(StyleError) as raised, watched() as seen:
        read_checkpoint(path)
    assert seen == []
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_checksums_are_turned_and_shifted():
    assert masked_crc32c(b"123456789") == 0xC78AB0E5  # of 0xE3069283, which is in the catalogue of checksums


def test_it_reads_what_tensorflow_reads():
    import tensorflow as tf

    theirs = tf.train.load_checkpoint(str(ORACLE))
    wanted = sorted(name for name in theirs.get_variable_to_shape_map() if "layer_with_weights" in name)
    networks = read_checkpoint(ORACLE.with_suffix(INDEX_END)).networks
    ours = sorted(weight.array.tobytes() for weights in networks.values() for weight in weights)
    assert len(wanted) == 72
    assert ours == sorted(theirs.get_tensor(name).tobytes() for name in wanted)


def test_weights_come_in_the_order_of_keras():
    networks = read_checkpoint(ORACLE.with_suffix(INDEX_END)).networks
    assert [*networks] == ["gen_G", "disc_X", "disc_Y", "gen_F"]
    assert [weight.name for weight in networks["gen_G"]][:4] == ["kernel", "gamma", "beta", "kernel"]


def test_without_tensorflow_it_says_what_to_install(monkeypatch):
    def run(command, **options):
        return sandbox.subprocess.CompletedProcess(
            command, 0, b"".join(sandbox.read_and_encode(command[-2], command[-1]))
        )

    monkeypatch.setattr(sandbox.subprocess, "run", run)
    monkeypatch.delitem(sys.modules, "copyart.formats.checkpoint", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(StyleError, match=r"cannot be loaded .*Install it: pip install tensorflow$"):
        read_checkpoint(ORACLE.with_suffix(INDEX_END))


def test_an_honest_checkpoint_of_this_kind_is_read(tmp_path):
    networks = read_checkpoint(write(tmp_path, index([header(), entry()]), DATA)).networks
    assert networks["gen_G"][0].array.shape == (7, 7, 3, 3)


@pytest.mark.parametrize("kind", sorted(HOSTILE.keys() - HARMLESS))
def test_no_hostile_index_is_read(tmp_path, kind):
    line = refusal(write(tmp_path, HOSTILE[kind], DATA))
    assert ("its reader ended with" in line) == (kind in FATAL)
    assert len([*tmp_path.iterdir()]) == 2


@pytest.mark.parametrize("kind", sorted(HARMLESS))
def test_an_index_with_more_than_needed_gives_the_honest_numbers(tmp_path, kind):
    ((weight,),) = read_checkpoint(write(tmp_path, HOSTILE[kind], DATA)).networks.values()
    assert weight.name == "kernel"
    assert np.array_equal(weight.array, np.zeros((7, 7, 3, 3), np.float32))


def test_an_index_that_is_too_large_is_not_read(tmp_path):
    assert "larger than 4 MiB" in refusal(write(tmp_path, bytes((4 << 20) + 1), DATA))


def test_a_damaged_index_is_refused_or_says_the_same(tmp_path):
    table, data = parts()
    wanted, refused = read_checkpoint(ORACLE.with_suffix(INDEX_END)).networks, 0
    for mutant in mutants(table, 40, seed=3):
        path = write(tmp_path, mutant, data)
        try:
            found = read_checkpoint(path).networks
        except StyleError:
            refused += 1
            refusal(path)
        else:  # the damage was where nothing is said
            assert numbers(found) == numbers(wanted)
    assert refused > 30


def test_damaged_data_are_refused(tmp_path):
    table, data = parts()
    for place in range(0, 67_112, 9587):  # behind lies what TensorFlow keeps for itself
        damaged = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert "is damaged" in refusal(write(tmp_path, table, damaged))
    assert "is damaged" in refusal(write(tmp_path, table, data[:60_000]))


def test_a_checkpoint_of_no_networks_says_so(tmp_path):
    assert "holds no networks of Keras layers" in refusal(write(tmp_path, index([header(), entry(name=b"step")]), DATA))
