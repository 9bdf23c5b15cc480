"""A painter can be pickled, and paints the same in another process."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

from copyart.engine.keras_engine import KerasEngine
from copyart.engine.onnx_engine import OnnxEngine
from copyart.painting.loading import load
from copyart.painting.painter import Painter
from copyart.styles.networks import save_style
from tests.painting.networks import negative, small_generator
from tests.pictures import photo


def painted(painter):
    return painter.paint(photo()).tobytes()


@pytest.fixture(params=["style folder", "keras file", "network", "network of another kind"])
def painter(request, tmp_path):
    if request.param == "style folder":
        save_style(tmp_path, small_generator(), {"name": "Small"})
        return load(tmp_path)
    if request.param == "keras file":
        small_generator().save(tmp_path / "small.keras")
        return load(tmp_path / "small.keras")
    return Painter.from_network(small_generator() if request.param == "network" else negative(), {"name": "Small"})


def test_a_pickled_painter_paints_the_same(painter):
    here = painted(painter)  # its sessions are open by now
    again = pickle.loads(pickle.dumps(painter))
    assert type(again.engine) is type(painter.engine)
    assert painted(again) == here
    assert again.metadata == painter.metadata


def test_the_network_comes_along(painter):
    painter.network.get_layer(index=1)
    pairs = zip(pickle.loads(pickle.dumps(painter)).network.weights, painter.network.weights, strict=True)
    assert all((one.numpy() == other.numpy()).all() for one, other in pairs)


@pytest.mark.parametrize("engine", [OnnxEngine, KerasEngine])
def test_a_process_that_has_imported_nothing_paints_the_same(engine, tmp_path):
    small_generator().save(tmp_path / "small.keras")
    painter = load(tmp_path / "small.keras")
    painter = painter if engine is OnnxEngine else Painter.from_network(painter.network)
    assert isinstance(painter.engine, engine)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(painter.paint, photo()).result().tobytes() == painted(painter)
