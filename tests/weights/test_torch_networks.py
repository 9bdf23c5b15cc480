"""Wrapped and nested networks are found in a PyTorch file, and one of several is chosen by its name."""

import numpy as np
import pytest

from copyart.errors import ConfigError, StyleError
from copyart.painting.loading import load
from copyart.weights import convert_weights, import_torch
from tests.pictures import photo

from .torch_tensors import discriminator, generator, prefixed, saved

pytestmark = pytest.mark.usefixtures("quick")

ONE, OTHER = generator(filters=2), generator(filters=3)
#: Ways in which people save several networks, and the names that each gives them.
SEVERAL = {
    "side by side": ({"epoch": 3, "Gab": ONE, "Gba": OTHER}, "Gab", "Gba"),
    "with discriminators": ({"Gab": ONE, "Da": discriminator(), "Gba": OTHER, "Db": discriminator()}, "Gab", "Gba"),
    "nested": ({"epoch": 3, "models": {"G_A": ONE, "G_B": OTHER}}, "models.G_A", "G_B"),
    "each in a dict": ({"G_A": {"state_dict": ONE, "step": 7}, "G_B": {"state_dict": OTHER}}, "G_A", "G_B.state_dict"),
    "in a list": ({"generators": [ONE, OTHER]}, "generators.0", "generators.1"),
    "in one module": (prefixed("netG_A.", ONE) | prefixed("netG_B.", OTHER), "netG_A", "netG_B"),
    "by Lightning": (
        {"state_dict": prefixed("g_ab.", ONE) | prefixed("g_ba.", OTHER) | {"loss.weight": np.ones(3)}},
        "g_ab",
        "state_dict.g_ba",
    ),
    "compiled": ({"G": prefixed("_orig_mod.", ONE), "F": prefixed("_orig_mod.", OTHER)}, "G", "F"),
    "compiled in one module": (prefixed("G._orig_mod.", ONE) | prefixed("F.module.", OTHER), "G", "F"),
    "with its average": (
        {"G": ONE, "ema": prefixed("module.", OTHER) | {"n_averaged": np.array(9)}},
        "G",
        "ema",
    ),
}


def same(network, tensors):
    """Tell whether a network has the weights of a state dict."""
    plain = import_torch(saved(tensors))
    pairs = [*zip(network.get_weights(), plain.get_weights(), strict=True)]
    return all(np.array_equal(one, other) for one, other in pairs)


def refuse(content, match, network=None):
    with pytest.raises(StyleError, match=match) as raised:
        import_torch(saved(content), network)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "module.module."]
)
def test_the_prefixes_of_wrappers_are_stripped(prefix):
    assert same(import_torch(saved(prefixed(prefix, ONE))), ONE)


def test_the_counter_of_an_averaged_model_is_dropped():
    assert same(import_torch(saved({"n_averaged": np.array(100)} | prefixed("module.", ONE))), ONE)


def test_a_name_with_and_without_prefix_is_refused():
    refuse(ONE | {"module.model.1.bias": ONE["model.1.bias"]}, "with and without the prefix")


@pytest.mark.parametrize("way", SEVERAL)
def test_each_of_several_networks_is_taken_by_its_name(way):
    content, one, other = SEVERAL[way]
    assert same(import_torch(saved(content), one), ONE)
    assert same(import_torch(saved(content), other), OTHER)


@pytest.mark.parametrize("way", SEVERAL)
def test_without_a_name_the_networks_are_listed(way):
    content, one, other = SEVERAL[way]
    refuse(content, rf"[24] networks \(.*{one.split('.')[-1]}.*{other.split('.')[-1]}.*Choose with --network NAME")


def test_a_name_that_is_not_there_gets_the_list():
    refuse({"Gab": ONE, "Gba": OTHER}, "Received: 'bytes', 'G', and 'Gab', 'Gba' in the file", "G")
    refuse(ONE, "'G', and one without a name in the file", "G")


def test_a_name_that_means_two_networks_is_refused():
    refuse({"G": {"a": ONE}, "F": {"G": OTHER}}, r"'G', and 'G\.a', 'F\.G' in the file", "G")


def test_what_is_no_network_beside_one_needs_no_name():
    state = {"state": {"step": 3}, "param_groups": [{"lr": 1}]}
    content = {"net": ONE, "optimizer": state, "rng": {"cpu": np.ones(9)}, "scheduler": {"last_epoch": 3}}
    assert same(import_torch(saved(content)), ONE)


def test_tensors_of_an_optimiser_are_no_networks():
    moments = {"state": {"model.1.weight": {"exp_avg": ONE["model.1.weight"]}}, "param_groups": []}
    assert same(import_torch(saved({"net": ONE, "optimizers": [moments, moments]})), ONE)


def test_a_resnet_called_model_is_no_u_net():
    assert same(import_torch(saved(prefixed("model.", ONE))), ONE)


def test_a_style_is_made_of_the_network_that_is_named(tmp_path):
    (tmp_path / "c.pth").write_bytes(saved({"Gab": ONE, "Gba": OTHER}))
    assert (
        convert_weights(tmp_path / "c.pth", tmp_path / "s", network="Gba").architecture == "resnet, 3 filters, 1 block"
    )
    with pytest.raises(StyleError, match="'Gab', 'Gba'"):
        convert_weights(tmp_path / "c.pth", tmp_path / "t")


def test_a_painter_is_loaded_of_the_network_that_is_named(tmp_path):
    (tmp_path / "c.pth").write_bytes(saved({"Gab": ONE, "Gba": OTHER}))
    painter = load(tmp_path / "c.pth", network="Gba")
    assert painter.network.get_layer("stem").filters == 3
    assert painter.paint(photo()).size == photo().size


def test_a_checkpoint_of_lightning_is_read_by_its_suffix(tmp_path):
    half = {name: values.astype(np.float16) for name, values in prefixed("generator.", ONE).items()}
    (tmp_path / "last.ckpt").write_bytes(saved({"epoch": 3, "state_dict": half, "hyper_parameters": {"lr": 0.1}}))
    assert load(tmp_path / "last.ckpt").paint(photo()).size == photo().size


@pytest.mark.parametrize("source", ["monet", "file.keras"])
def test_a_network_of_what_holds_one_is_refused(tmp_path, source, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.keras").write_bytes(b"")
    with pytest.raises(ConfigError, match=rf"Received: 'G' for '{source}'\. Leave it out"):
        load(source, network="G")
