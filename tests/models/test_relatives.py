"""The generators of other projects: rebuilt from their description, and of the photo's size."""

import numpy as np
import pytest
from keras import layers, ops

from copyart.errors import ConfigError
from copyart.models.generators import build_generator, describe_generator, describe_in_words, rebuild_generator
from copyart.models.layers import ReflectionPadding2D
from copyart.models.phases import late_transposed_phase_kernel
from copyart.models.relatives import cut_generator, keras_example_generator

DESCRIPTIONS = [
    {"kind": "cut", "filters": 2, "blocks": 1, "antialias": "both", "dropout": 0.0},
    {"kind": "cut", "filters": 3, "blocks": 2, "antialias": "up", "dropout": 0.5},
    {"kind": "cut", "filters": 2, "blocks": 1, "antialias": "down", "dropout": 0.0},
    {"kind": "keras_example", "filters": 2, "blocks": 1, "epsilon": 1e-3},
    {"kind": "keras_example", "filters": 3, "blocks": 0, "epsilon": 1e-5},
]


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_a_description_builds_the_same_network_again(description):
    network = rebuild_generator(**description)
    assert describe_generator(network) == description
    again = rebuild_generator(**describe_generator(network))
    assert [v.path for v in again.weights] == [v.path for v in network.weights]
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(1, 12, 16, 3)), network(noise(1, 12, 16, 3)))


@pytest.mark.parametrize("description", DESCRIPTIONS[::3])
@pytest.mark.parametrize("size", [(8, 8), (20, 36)])
def test_a_painting_has_the_size_of_its_photo(description, size):
    assert rebuild_generator(**description)(noise(2, *size, 3)).shape == (2, *size, 3)


def test_the_light_and_the_papers_are_rebuilt_too():
    assert describe_generator(rebuild_generator("light", filters=2, blocks=1))["kind"] == "light"
    with pytest.raises(ConfigError, match="one of resnet, light"):
        build_generator("cut")  # not to be trained here


@pytest.mark.parametrize(
    ("build", "arguments"),
    [
        (cut_generator, {"antialias": "sideways"}),
        (cut_generator, {"filters": 0}),
        (cut_generator, {"dropout": 1.0}),
        (keras_example_generator, {"blocks": -1}),
    ],
)
def test_arguments_out_of_range_are_refused(build, arguments):
    name = next(iter(arguments))
    with pytest.raises(ConfigError, match=f"{name}.*Received: .*{name}="):
        build(**{"filters": 2, "blocks": 1, **arguments})


def test_the_blur_is_that_of_one_two_one():
    network = cut_generator(filters=1, blocks=0)
    x = noise(1, 8, 12, 2)
    for name in ("down_1_blur_pad", "down_1_blur", "down_1_skip"):
        x = network.get_layer(name)(x)
    kernel = np.outer([1, 2, 1], [1, 2, 1])[:, :, None, None] / 16 * np.ones((1, 1, 2, 1))
    padded = ReflectionPadding2D(1)(noise(1, 8, 12, 2))
    assert np.allclose(x, ops.depthwise_conv(padded, kernel.astype("float32"), strides=2), atol=1e-6)


def test_enlarging_is_that_of_one_three_three_one_with_the_border_repeated():
    x = noise(1, 4, 5, 1)
    enlarged = ops.convert_to_numpy(cut_generator(filters=1, blocks=0).get_layer("up_1_blur")(x))
    padded = np.pad(x[0, :, :, 0], 1, "edge")
    rows = np.stack([0.25 * padded[:-2] + 0.75 * padded[1:-1], 0.75 * padded[1:-1] + 0.25 * padded[2:]], 1)
    rows = rows.reshape(8, 7)
    columns = np.stack([0.25 * rows[:, :-2] + 0.75 * rows[:, 1:-1], 0.75 * rows[:, 1:-1] + 0.25 * rows[:, 2:]], 2)
    assert np.allclose(enlarged[0, :, :, 0], columns.reshape(8, 10), atol=1e-6)


def test_the_late_transposed_convolution_is_that_of_padding_same():
    theirs = layers.Conv2DTranspose(3, 3, 2, "same", use_bias=False)
    x = noise(1, 4, 6, 2)
    wanted = ops.convert_to_numpy(theirs(x))
    kernel = late_transposed_phase_kernel(ops.convert_to_numpy(theirs.kernel))
    padded = np.pad(x, ((0, 0), (1, 0), (1, 0), (0, 0)))
    phases = ops.convert_to_numpy(ops.conv(padded, kernel, padding="valid")).reshape(1, 4, 6, 2, 2, 3)
    assert np.allclose(phases.transpose(0, 1, 3, 2, 4, 5).reshape(1, 8, 12, 3), wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (None, "a network of Keras layers"),
        (DESCRIPTIONS[1], "cut, 3 filters, 2 blocks, anti-aliased up, trained with dropout"),
        (DESCRIPTIONS[3], "keras example, 2 filters, 1 block"),
        ({"kind": "resnet", "filters": 1, "blocks": 6, "upsampling": "resize"}, "resnet, 1 filter, 6 blocks, resized"),
    ],
)
def test_a_description_is_said_in_words(description, words):
    assert describe_in_words(description) == words
