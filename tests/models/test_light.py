"""The light generator is small and fast, keeps sizes, and sees the brightness of a photo."""

import keras
import numpy as np
import pytest

from copyart.engine.plan import layer_plan
from copyart.engine.strip_geometry import StripGeometry
from copyart.errors import ConfigError
from copyart.models.generators import build_generator, describe_generator
from copyart.models.light import LightSpec
from copyart.models.resnet import ResnetSpec
from copyart.styles.networks import named_weights


def noise(height, width, batch=1):
    return np.random.default_rng(0).uniform(-1, 1, (batch, height, width, 3)).astype(np.float32)


def multiplications(network):
    """Return the multiplications for each pixel of a picture."""
    weights = {name: np.asarray(variable) for name, variable in named_weights(network).items()}
    geometry = StripGeometry(layer_plan(describe_generator(network), weights))
    return geometry.cost(0, len(geometry.plan) - 1)


def test_it_has_at_most_350_thousand_parameters_and_700_kilobytes_in_float16():
    assert LightSpec().build().count_params() <= 350_000
    assert 2 * LightSpec().build().count_params() <= 700_000


def test_its_arithmetic_is_about_a_thirtieth_of_the_papers():
    assert 1 / 34 < multiplications(LightSpec().build()) / multiplications(ResnetSpec().build()) < 1 / 30


@pytest.mark.parametrize("size", [(8, 8), (16, 24), (36, 20)])
def test_a_painting_has_the_size_of_its_photo(size):
    assert LightSpec(filters=2, blocks=1).build()(noise(*size, batch=2)).shape == (2, *size, 3)


@pytest.mark.parametrize(("size", "grown"), [((9, 16), (12, 16)), ((17, 23), (20, 24)), ((30, 10), (32, 12))])
def test_odd_sides_come_out_at_the_next_multiple_of_four(size, grown):
    assert LightSpec(filters=2, blocks=1).build()(noise(*size)).shape == (1, *grown, 3)


def test_a_darker_photo_gives_another_painting_unlike_with_the_papers_generator():
    photo = noise(32, 32)
    light, resnet = LightSpec(filters=4, blocks=1).build(), ResnetSpec(filters=4, blocks=1).build()
    assert abs(light(photo) - light(photo * 0.5 - 0.3)).numpy().max() > 1e-3
    assert abs(resnet(photo) - resnet(photo * 0.5 - 0.3)).numpy().max() < 1e-3


def test_the_blocks_begin_as_a_small_addition():
    network = LightSpec(filters=4, blocks=2).build()
    for block in (1, 2):
        assert np.allclose(network.get_layer(f"block_{block}_2_norm").scale, 0.1)


@pytest.mark.parametrize("arguments", [{"filters": 3, "blocks": 2}, {"filters": 2, "blocks": 0}])
def test_a_description_builds_the_same_network_again(arguments):
    network = build_generator("light", **arguments)
    assert describe_generator(network) == {"kind": "light", **arguments}
    again = build_generator(**describe_generator(network))
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(12, 16)), network(noise(12, 16)))


def test_it_survives_serialisation():
    network = LightSpec(filters=2, blocks=1).build()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(12, 16)), network(noise(12, 16)))


@pytest.mark.parametrize("arguments", [{"filters": 0}, {"blocks": -1}])
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(ConfigError, match=f"{next(iter(arguments))}.*Received: .*{next(iter(arguments))}="):
        LightSpec(**arguments).build()
