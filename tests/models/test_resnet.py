"""The paper's generator has the right number of weights, shapes and arguments."""

import keras
import numpy as np
import pytest
from keras import ops

from copyart.errors import ConfigError
from copyart.models.resnet import ResnetSpec

PUBLISHED = [(9, 11_378_179), (6, 7_837_699)]


def small(**kwargs):
    return ResnetSpec(**{"filters": 2, "blocks": 1, **kwargs}).build()


def noise(height, width, batch=1):
    return np.random.default_rng(0).uniform(-1, 1, (batch, height, width, 3)).astype(np.float32)


@pytest.fixture
def policy():
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(("blocks", "parameters"), PUBLISHED)
def test_the_papers_generators_have_the_published_number_of_parameters(blocks, parameters):
    assert ResnetSpec(filters=64, blocks=blocks).build().count_params() == parameters


@pytest.mark.parametrize("upsampling", ["transpose", "resize"])
@pytest.mark.parametrize("size", [(8, 8), (16, 24), (36, 20)])
def test_a_painting_has_the_size_of_its_photo(upsampling, size):
    painting = small(upsampling=upsampling)(noise(*size, batch=2))
    assert painting.shape == (2, *size, 3)


@pytest.mark.parametrize(("size", "grown"), [((9, 16), (12, 16)), ((17, 23), (20, 24)), ((30, 10), (32, 12))])
def test_odd_sides_come_out_at_the_next_multiple_of_four(size, grown):
    assert small()(noise(*size)).shape == (1, *grown, 3)


def test_a_painting_lies_within_minus_one_and_one():
    network = small()
    network.get_layer("head").kernel.assign(network.get_layer("head").kernel * 1e4)
    painting = ops.convert_to_numpy(network(noise(16, 16)))
    assert painting.min() == -1
    assert painting.max() == 1


def test_weights_start_from_a_normal_distribution_of_deviation_two_hundredths():
    network = ResnetSpec(filters=16, blocks=1).build()
    convolutions = [layer for layer in network.layers if hasattr(layer, "kernel")]
    assert len(convolutions) == 8  # stem, two down, two of the block, two up, head
    for layer in convolutions:
        assert 0.017 < np.std(layer.kernel) < 0.023
        assert not np.any(layer.bias)


def test_a_network_without_blocks_paints_too():
    assert small(blocks=0)(noise(8, 8)).shape == (1, 8, 8, 3)


def test_dropout_works_only_while_training():
    network = small(dropout=0.5)
    photo = noise(16, 16)
    assert np.array_equal(network(photo), network(photo))
    assert not np.array_equal(network(photo, training=True), network(photo, training=True))


def test_resizing_has_no_transposed_convolution():
    kinds = {type(layer).__name__ for layer in small(upsampling="resize").layers}
    assert "NormedConv2DTranspose" not in kinds
    assert "UpSampling2D" in kinds


def test_a_generator_survives_serialisation():
    network = small()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(12, 16)), network(noise(12, 16)))


@pytest.mark.parametrize("name", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_paints_in_float32(policy, name):
    policy(name)
    network = small()
    assert network.get_layer("stem").compute_dtype == name.removeprefix("mixed_")
    assert keras.backend.standardize_dtype(network(noise(8, 8)).dtype) == "float32"


@pytest.mark.parametrize(
    "arguments",
    [{"filters": 0}, {"filters": -1}, {"blocks": -1}, {"upsampling": "bilinear"}, {"dropout": 1}, {"dropout": -0.1}],
)
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(ConfigError, match=f"{next(iter(arguments))}.*Received: .*{next(iter(arguments))}="):
        small(**arguments)
