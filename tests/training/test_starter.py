"""The starter: its content, and runs that start from it."""

import keras
import numpy as np
import pytest

from copyart.config import TrainingConfig
from copyart.errors import ConfigError
from copyart.models import efficientnet
from copyart.models.cyclegan import NETWORKS, CycleGAN
from copyart.training.new_model import new_model
from copyart.training.starter import FILE, copy_if_fitting, load_starter, save_starter, weights_of_own_layers

TINY = {"image_size": 32, "generator": "light", "filters": 2, "discriminator_filters": 2, "blocks": 1, "pool_size": 0}
QUICK = {"discriminator": "projected", "generator": "light", "image_size": 64, "pool_size": 0}


def values(network):
    return {key: keras.ops.convert_to_numpy(variable) for key, variable in weights_of_own_layers(network).items()}


def test_it_is_small_enough_to_ship():
    assert FILE.stat().st_size < 5e6


def test_it_fits_the_networks_of_the_recipe_quick():
    pytest.importorskip(efficientnet.VARIANTS["lite1"].package)
    model = new_model(TrainingConfig(**QUICK, start_from="starter"), say=lambda line: pytest.fail(line))
    starter = load_starter()
    for name in NETWORKS:
        found = values(getattr(model, name))
        assert found.keys() == starter[name].keys()
        for key, array in starter[name].items():
            np.testing.assert_array_equal(found[key], array)
    for key, array in values(model.photo_to_art_average).items():
        np.testing.assert_array_equal(array, starter["photo_to_art"][key])


def test_what_is_saved_comes_back_in_half_precision(tmp_path):
    model = CycleGAN(**TINY)
    save_starter(model, tmp_path / "starter")
    again = load_starter(tmp_path / "starter")
    for name in NETWORKS:
        for key, array in values(getattr(model, name)).items():
            np.testing.assert_array_equal(again[name][key], array.astype(np.float16).astype(np.float32))


def test_of_generators_the_averages_are_saved(tmp_path):
    model = CycleGAN(**TINY, ema_decay=0.9)
    for variable in model.photo_to_art_average.weights:
        variable.assign(keras.ops.ones_like(variable))
    save_starter(model, tmp_path / "starter")
    arrays = load_starter(tmp_path / "starter")["photo_to_art"]
    assert arrays
    assert all((array == 1).all() for array in arrays.values())


def test_a_network_of_another_shape_is_left_as_it_is(tmp_path):
    save_starter(CycleGAN(**TINY), tmp_path / "starter")
    other = CycleGAN(**{**TINY, "filters": 3}).photo_to_art
    before = values(other)
    assert not copy_if_fitting(other, load_starter(tmp_path / "starter")["photo_to_art"])
    for key, array in values(other).items():
        np.testing.assert_array_equal(array, before[key])


def test_generators_of_another_kind_cannot_start_from_it():
    with pytest.raises(ConfigError, match="the starter fits only light generators"):
        new_model(TrainingConfig(image_size=32, filters=2, blocks=1, start_from="starter"))


def test_small_discriminators_begin_anew_and_say_so():
    lines = []
    new_model(TrainingConfig(image_size=32, generator="light", pool_size=0, start_from="starter"), say=lines.append)
    assert [line.split(":")[0] for line in lines] == [
        "The photo discriminator starts untrained",
        "The art discriminator starts untrained",
    ]
