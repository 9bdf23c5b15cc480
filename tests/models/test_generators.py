"""Generators of every kind are built from their spec, and the network stores the spec."""

import json
import math

import keras
import numpy as np
import pytest

from copyart.engine.plan import layer_plan
from copyart.errors import ConfigError
from copyart.models.cut import CutSpec
from copyart.models.cyclegan import CycleGAN
from copyart.models.generators import (
    SPECS,
    build_generator,
    describe_generator,
    describe_in_words,
    read_spec,
    spec_of_network,
)
from copyart.models.keras_example import KerasExampleSpec
from copyart.styles.networks import named_weights

DESCRIPTIONS = [
    {"kind": "cut", "filters": 2, "blocks": 1, "antialias": "both", "dropout": 0.0},
    {"kind": "cut", "filters": 3, "blocks": 2, "antialias": "up", "dropout": 0.5},
    {"kind": "cut", "filters": 2, "blocks": 1, "antialias": "down", "dropout": 0.0},
    {"kind": "keras_example", "filters": 2, "blocks": 1, "epsilon": 1e-3},
    {"kind": "keras_example", "filters": 3, "blocks": 0, "epsilon": 1e-5},
    {"kind": "resnet", "filters": 3, "blocks": 2, "upsampling": "transpose", "dropout": 0.0},
    {"kind": "resnet", "filters": 2, "blocks": 0, "upsampling": "resize", "dropout": 0.0},
    {"kind": "resnet", "filters": 2, "blocks": 1, "upsampling": "transpose", "dropout": 0.25},
    {"kind": "light", "filters": 2, "blocks": 1},
]


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


@pytest.fixture(params=DESCRIPTIONS, ids=str)
def description(request):
    return request.param


def test_every_kind_is_described_here():
    assert {description["kind"] for description in DESCRIPTIONS} == SPECS.keys()


def test_a_description_builds_the_same_network_again(description):
    network = read_spec(description).build()
    assert describe_generator(network) == description
    assert list(describe_generator(network)) == list(description)
    again = read_spec(json.loads(json.dumps(describe_generator(network)))).build()
    assert [v.path for v in again.weights] == [v.path for v in network.weights]
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(1, 12, 16, 3)), network(noise(1, 12, 16, 3)))


@pytest.mark.parametrize("size", [(8, 8), (20, 36)])
def test_a_painting_has_the_size_of_its_photo(description, size):
    assert read_spec(description).build()(noise(2, *size, 3)).shape == (2, *size, 3)


def test_the_spec_lists_the_weights_of_the_network(description):
    spec = read_spec(description)
    found = {name: tuple(variable.shape) for name, variable in named_weights(spec.build()).items()}
    assert dict(spec.weight_shapes()) == found
    numbers = sum(math.prod(shape) for shape in found.values())
    assert spec.has_more_weights_than(numbers - 1)
    assert not spec.has_more_weights_than(numbers)


def test_every_spec_has_a_layer_plan(description):
    network = read_spec(description).build()
    weights = {name: np.asarray(variable) for name, variable in named_weights(network).items()}
    assert len(layer_plan(description, weights)) >= 4


def test_the_spec_survives_a_file_a_copy_and_an_average(description, tmp_path):
    network = read_spec(description).build()
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    copies = (again, keras.models.clone_model(network), keras.Model(network.input, network.output))
    for other in (*copies, CycleGAN(32, photo_to_art=network, ema_decay=0.9).painter_network):
        assert spec_of_network(other) == read_spec(description)


def test_a_file_that_was_saved_without_a_spec_still_loads(tmp_path):
    network = build_generator("resnet", filters=2, blocks=1)
    painting = keras.layers.Activation("tanh", name="painting")(network.layers[-2].output)
    keras.Model(network.input, painting).save(tmp_path / "network.keras")  # as it was before there were specs
    again = keras.saving.load_model(tmp_path / "network.keras")
    assert describe_generator(again) is None
    assert np.array_equal(again(noise(1, 12, 16, 3)), network(noise(1, 12, 16, 3)))


def test_a_network_of_another_kind_has_no_description():
    image = keras.layers.Input((None, None, 3))
    assert describe_generator(keras.Model(image, keras.layers.Conv2D(3, 3, padding="same")(image))) is None
    assert read_spec({"kind": "keras", "config": {}}) is None
    assert read_spec({"kind": ["resnet"]}) is read_spec(None) is None


@pytest.mark.parametrize("kind", ["unet", "cut"])  # the second is not trained here
def test_a_kind_that_is_not_trained_here_is_refused_with_those_that_are(kind):
    with pytest.raises(ConfigError, match=rf"one of resnet, light\. Received: generator='{kind}'"):
        build_generator(kind)


@pytest.mark.parametrize(
    ("spec", "arguments"),
    [
        (CutSpec, {"antialias": "sideways"}),
        (CutSpec, {"filters": 0}),
        (CutSpec, {"dropout": 1.0}),
        (KerasExampleSpec, {"blocks": -1}),
        (KerasExampleSpec, {"epsilon": math.nan}),
        (KerasExampleSpec, {"filters": "4"}),
        (KerasExampleSpec, {"filters": True}),
    ],
)
def test_arguments_out_of_range_are_refused(spec, arguments):
    name = next(iter(arguments))
    with pytest.raises(ConfigError, match=f"{name}.*Received: .*{name}="):
        spec(**{"filters": 2, "blocks": 1, **arguments})


def test_an_unknown_argument_is_refused():
    with pytest.raises(ConfigError, match=r"known arguments.*'colour': 1"):
        read_spec({"kind": "light", "colour": 1})


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (None, "a network of Keras layers"),
        (DESCRIPTIONS[1], "cut, 3 filters, 2 blocks, anti-aliased up, trained with dropout"),
        (DESCRIPTIONS[3], "keras example, 2 filters, 1 block"),
        (DESCRIPTIONS[0], "cut, 2 filters, 1 block, anti-aliased"),
        ({"kind": "resnet", "filters": 1, "blocks": 6, "upsampling": "resize"}, "resnet, 1 filter, 6 blocks, resized"),
    ],
)
def test_a_description_is_said_in_words(description, words):
    assert describe_in_words(description) == words
