"""A reader that crashes, loops or takes too much memory ends only the sandbox process."""

import numpy as np
import pytest

from copyart.errors import StyleError
from copyart.formats import read_checkpoint, read_keras_h5, read_torch, sandbox
from copyart.formats.sandbox import read_in_sandbox
from copyart.formats.weights_file import RefusedError
from tests.documents import ROOT

from .pth_files import read_state_dict

ORACLES = ROOT / "tests" / "oracles"
READER = "tests.formats.unruly_reader"


def refuse(source, match, **options):
    with pytest.raises(RefusedError, match=match) as raised:
        read_in_sandbox(READER, source, **options)
    assert "\n" not in str(raised.value)
    return raised.value


@pytest.mark.parametrize("kind", ["path", "bytes"])
def test_names_arrays_and_description_come_back(tmp_path, kind):
    (tmp_path / "file").write_bytes(b"good")
    found = read_in_sandbox(READER, tmp_path / "file" if kind == "path" else b"good")
    assert [*found.networks] == ["a", "b"]
    assert found.config == {"k": 1}
    (name, array), (again, truth) = found.networks["a"]
    assert (name, again, array.tolist(), truth.dtype) == ("x", "x", [[0, 3], [1, 4], [2, 5]], np.bool_)
    assert array.flags.writeable


def test_a_reader_that_crashes_is_refused():
    refuse(b"abort", "its reader ended with -6")


def test_a_reader_that_does_not_end_is_ended():
    refuse(b"loop", "its reader did not end within 3 seconds", seconds=3)


def test_a_reader_that_asks_for_too_much_memory_is_refused():
    refuse(b"memory", "MemoryError")


def test_a_reader_cannot_write_files(tmp_path):
    refuse(f"write {tmp_path / 'file'}".encode(), "File too large")
    assert not (tmp_path / "file").exists() or not (tmp_path / "file").stat().st_size


def test_a_reader_gives_its_reason_and_what_to_do():
    assert refuse(b"refuse", "^which is refused$").remedy == "Give another."


def test_a_missing_library_is_named_with_what_to_install():
    assert refuse(b"import", "cannot be loaded").remedy.endswith("pip install copyart_has_no_such_module")


def test_a_process_that_cannot_start_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "executable", "/nowhere/python")
    refuse(b"good", "no reading process could be started")


def test_nothing_is_imported_from_the_folder_of_the_user(monkeypatch, tmp_path):
    (tmp_path / "h5py.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert read_keras_h5(ORACLES / "keras_example_model.h5").networks
    assert not (tmp_path / "executed").exists()


def test_every_format_is_read_in_the_sandbox(monkeypatch):
    asked = []
    monkeypatch.setattr(
        sandbox, "_run_child", lambda module, *_: asked.append(module) or b'{"refused": "x", "remedy": ""}\n'
    )
    for read in (read_torch, read_keras_h5, read_checkpoint):
        with pytest.raises(StyleError):
            read("file")
    assert asked == [f"copyart.formats.{name}" for name in ("torch_reader", "keras_h5", "checkpoint")]


def test_a_file_of_pytorch_is_read_there():
    path = ORACLES / "generator_6blocks_filters8.pth"
    found, again = read_state_dict(path), read_state_dict(path.read_bytes())
    assert len(found) == 36
    assert all(np.array_equal(found[name], again[name]) for name in found)


def test_a_checkpoint_is_read_there():
    assert [*read_checkpoint(ORACLES / "keras_example_checkpoint.index").networks] == [
        "gen_G",
        "disc_X",
        "disc_Y",
        "gen_F",
    ]


def test_a_folder_and_what_is_not_there_are_one_line(tmp_path):
    for path in (tmp_path, tmp_path / "two\nlines"):
        with pytest.raises(StyleError, match=r"^a PyTorch weights file must be complete.*cannot be read") as raised:
            read_torch(path)
        assert "\n" not in str(raised.value)
