"""ONNX Runtime paints the same as Keras, whole or strip by strip, and is chosen only for supported generators."""

import sys
import types
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from copyart.engine import feature_maps, onnx_engine, strip_geometry
from copyart.engine.fast_graph import ends_in_two_upsamplings, fast_whole_graph, has_half_resolution_head
from copyart.engine.keras_engine import KerasEngine
from copyart.engine.onnx_engine import OnnxEngine
from copyart.engine.plan import layer_plan
from copyart.engine.whole_graph import whole_graph
from copyart.errors import ImageError, StyleError
from copyart.models.generators import build_generator, describe_generator
from copyart.styles.networks import engine_for_network
from tests.engine.plans import KINDS, bytes_painted_by, network_of, noise, plan_for, weights_of

SIZES = [(16, 16), (64, 96), (132, 60), (100, 16), (20, 400)]


@pytest.fixture(scope="module", params=KINDS)
def network(request):
    return network_of(request.param)


@pytest.fixture
def small_strips(monkeypatch):
    """Nothing is painted whole, and every strip has as few rows as a strip may."""
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", 0)
    monkeypatch.setattr(strip_geometry, "STRIP_NUMBERS", 1)


def painted(network, photo, engine=None):
    """Paint an array with ONNX Runtime."""
    return np.asarray((engine or OnnxEngine(plan_for(network))).paint(Image.fromarray(photo)), np.float32)


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_painted_whole_is_the_networks(network, size):
    photo = noise(*size)
    assert abs(painted(network, photo) - bytes_painted_by(network, photo)).max() < 0.51


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_painted_in_strips_is_the_networks(network, size, small_strips):
    photo = noise(*size)
    assert abs(painted(network, photo) - bytes_painted_by(network, photo)).max() < 0.51


@pytest.mark.parametrize("size", [(16, 16), (16, 24), (20, 16), (132, 60)])
def test_a_graph_that_is_quick_paints_as_the_plain_one(network, size):
    plan, photo, paintings = plan_for(network), noise(*size), []
    for graph in (whole_graph, fast_whole_graph):
        session = onnx_engine.Session(graph(plan), onnx_engine.session_options())
        paintings.append(session.run(None, {"photo": photo})[0].astype(int))
    assert abs(paintings[0] - paintings[1]).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_light_generator_ends_in_two_stages_that_are_one(kind):
    assert ends_in_two_upsamplings(plan_for(network_of(kind))) == kind.startswith("light")


@pytest.mark.parametrize("kind", KINDS)
def test_heads_behind_transposed_convolutions_are_computed_at_half_of_their_size(kind):
    plan = plan_for(network_of(kind))
    halved = kind in ("resnet", "resnet, dropout", "cut, down", "keras example")
    assert has_half_resolution_head(plan) == halved
    shapes = [array.shape[1:] for array in fast_whole_graph(plan).weights.values()]
    assert ((4 * plan[-1].kernel.shape[2], 5, 5) in shapes) == halved


def test_strips_between_others_are_painted_as_one(small_strips):
    engine, counts = OnnxEngine(plan_for(network_of("light"))), []
    painted(None, noise(128, 32), engine)
    *_, (*_, at_border, between) = engine._strips._passes
    for session in (at_border, between):
        counts.append(Mock(wraps=session.run_into))
        session.run_into = counts[-1]
    painted(None, noise(128, 32), engine)
    assert [count.call_count for count in counts] == [2, 2]  # of four strips, of FEWEST_ROWS rows each


def test_two_stages_as_one_round_what_lies_between_two_levels_as_elsewhere():
    network = network_of("light")
    network.get_layer("head").kernel.assign(np.zeros_like(network.get_layer("head").kernel))
    network.get_layer("head").bias.assign([0, 0, 0])
    assert set(painted(network, noise(64, 64)).ravel()) == {128}


def test_with_small_maps_twice_as_large_a_picture_is_painted_whole(monkeypatch):
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", 32 * 32)
    for filters, whole in ((32, True), (33, False)):
        engine = OnnxEngine(plan_for(build_generator("light", filters=filters, blocks=0)))
        painted(None, noise(64, 32), engine)
        assert (engine._whole is not None) == whole


def test_strips_are_really_painted_one_by_one(small_strips):
    shares = []
    engine = OnnxEngine(plan_for(network_of("light")))
    engine.paint(Image.fromarray(noise(400, 32)), shares.append)
    assert len(shares) == 6 * (
        400 // (4 * strip_geometry.FEWEST_ROWS)
    )  # 6 passes; what is left over joins the last strip
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_the_order_of_sizes_changes_nothing(small_strips):
    engine = OnnxEngine(plan_for(network_of("light")))
    first = painted(None, noise(64, 48), engine)
    painted(None, noise(200, 36), engine)
    assert np.array_equal(painted(None, noise(64, 48), engine), first)


@pytest.mark.parametrize("size", [(1, 1), (1, 70), (70, 1), (17, 33), (131, 59), (15, 402)])
def test_odd_sides_are_painted_the_same_whole_and_in_strips(size, monkeypatch):
    network, photo = network_of("light"), noise(*size)
    whole = painted(network, photo)
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", 0)
    monkeypatch.setattr(strip_geometry, "STRIP_NUMBERS", 1)
    assert whole.shape == (*size, 3)
    assert abs(painted(network, photo) - whole).max() <= 1


@pytest.mark.parametrize("whole_pixels", [0, onnx_engine.WHOLE_PIXELS])
def test_maps_far_from_zero_keep_their_variance(whole_pixels, small_strips, monkeypatch):
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", whole_pixels)
    network = network_of("resnet")
    # A map whose mean is many times its deviation: squares of the mean would drown it.
    kernel = network.get_layer("stem").kernel
    kernel.assign(kernel + 0.5)
    photo = np.clip(noise(64, 64) // 16 + 230, 0, 255).astype(np.uint8)
    assert abs(painted(network, photo) - bytes_painted_by(network, photo)).max() < 1


def test_weights_that_do_not_fit_have_no_plan():
    network = network_of("light")
    generator, weights = describe_generator(network), weights_of(network)
    for spoil in (
        {"stem/kernel": weights["stem/kernel"][:5]},
        {"head/kernel": weights["head/kernel"][..., :2]},
        {"block_1_conv_1/kernel": weights["block_1_conv_1/kernel"][:, :, :4]},
        {"another/kernel": np.zeros(3)},
        {"stem/bias": weights["stem/bias"][:5]},
        {"block_1_conv_1/bias": np.zeros(7)},
        {"block_1_2_norm/scale": np.ones(3)},
    ):
        with pytest.raises(ValueError, match="Received"):
            layer_plan(generator, {**weights, **spoil})
    with pytest.raises(ValueError, match="'up/kernel'"):
        layer_plan(generator, {name: array for name, array in weights.items() if name != "up/kernel"})
    for other in ({"filters": 7}, {"blocks": 1}):
        with pytest.raises(ValueError, match="Received"):
            layer_plan({**generator, **other}, weights)


def test_weights_that_are_not_finite_are_left_for_keras_to_name():
    network = network_of("light")
    network.get_layer("stem").bias.assign(np.nan * np.zeros(network.get_layer("stem").bias.shape))
    with pytest.raises(StyleError, match=r"NaN or infinity in '.*stem/bias'"):
        engine_for_network(network)


@pytest.mark.parametrize("missing", ["onnx", "onnxruntime"])
def test_where_onnx_runtime_cannot_be_loaded_keras_paints(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    graphs = ("whole_graph", "fast_graph", "strip_graph", "graph_builder")
    for module in ("onnx_engine", "strip_painter", "feature_maps", *graphs):
        monkeypatch.delitem(sys.modules, f"copyart.engine.{module}")
    assert isinstance(engine_for_network(network_of("light")), KerasEngine)


@pytest.mark.parametrize("kind", ["light", "resnet"])
def test_maps_in_files_give_the_same_as_maps_in_memory(kind, small_strips, monkeypatch):
    network, photo = network_of(kind), noise(133, 61)
    in_memory = painted(network, photo)
    monkeypatch.setattr(feature_maps, "MEMORY_LIMIT", 0)
    monkeypatch.setattr(feature_maps.MemoryStore, "new_strip", None)
    assert np.array_equal(painted(network, photo), in_memory)


@pytest.mark.parametrize("numbers", [10_000, 20_000, 1 << 21])
def test_strips_of_any_height_paint_the_same(numbers, small_strips, monkeypatch):
    network, photo = network_of("light"), noise(331, 61)
    thin = painted(network, photo)
    monkeypatch.setattr(strip_geometry, "STRIP_NUMBERS", numbers)
    assert abs(painted(network, photo) - thin).max() <= 1


def test_two_threads_paint_with_one_engine_as_one_does(small_strips):
    engine, photos = OnnxEngine(plan_for(network_of("light"))), [noise(100, 60), noise(60, 140)]
    alone = [painted(None, photo, engine) for photo in photos]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda photo: painted(None, photo, engine), photos * 3))
    assert all(np.array_equal(one, other) for one, other in zip(alone * 3, together, strict=True))


@pytest.mark.parametrize("rows", [8, 9, 15, 16, 100, 751])
@pytest.mark.parametrize("wanted", [1, 1 << 16, 1 << 21])
def test_strips_are_even_and_none_is_too_thin(rows, wanted, monkeypatch):
    monkeypatch.setattr(strip_geometry, "STRIP_NUMBERS", wanted)
    geometry = strip_geometry.StripGeometry(plan_for(network_of("light")))
    cuts = geometry.strips(4 * rows, 400)
    heights = [high - low for low, high in cuts]
    assert sum(heights) == rows
    assert min(heights) >= strip_geometry.FEWEST_ROWS
    assert max(heights) - min(heights) <= 1


def test_maps_in_memory_take_no_more_than_they_may(monkeypatch):
    cuts = strip_geometry.StripGeometry(plan_for(network_of("light"))).strips(444, 400)
    for budget, kind in ((10**9, feature_maps.MemoryStore), (2 * 4 * 64 * 100 * 111, feature_maps.FileStore)):
        monkeypatch.setattr(feature_maps, "MEMORY_LIMIT", budget)
        with feature_maps.open_memory_or_file_stores(2, 64, 100, cuts) as (first, second):
            assert type(first) is type(second) is kind, "the second budget is that of the maps, without a new strip"


def test_a_full_temporary_folder_is_named(small_strips, monkeypatch):
    def full(rows):
        raise OSError(28, "No space left on device")

    real = feature_maps.FileStore.__init__

    def start(self, *arguments):
        real(self, *arguments[:-1], types.SimpleNamespace(seek=lambda place: None, write=full))

    monkeypatch.setattr(feature_maps, "MEMORY_LIMIT", 0)
    monkeypatch.setattr(feature_maps.FileStore, "__init__", start)
    with pytest.raises(ImageError, match=r"Received: No space left on device.*TMPDIR.*--max-pixels"):
        painted(network_of("light"), noise(64, 64))


def test_a_thin_picture_counts_with_its_padding(monkeypatch):
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", 8 * 200)
    engine = OnnxEngine(plan_for(network_of("light")))
    painted(None, noise(1, 201), engine)
    assert engine._whole is None
