"""The light generator: small, cheap, keeps sizes, and is not blind to how bright a photo is."""

import keras
import numpy as np
import pytest
from keras import ops

from copyart.errors import ConfigError
from copyart.models.generators import build_generator, describe_generator
from copyart.models.light import light_generator
from copyart.models.phases import phase_kernel, phase_kernel_between, phase_kernel_of_phases
from copyart.models.resnet import resnet_generator
from copyart.painting.plan import plan_of
from copyart.painting.strips import Geometry
from copyart.painting.styles import named_weights


def noise(height, width, batch=1):
    return np.random.default_rng(0).uniform(-1, 1, (batch, height, width, 3)).astype(np.float32)


def multiplications(network):
    """Return the multiplications for each pixel of a picture."""
    weights = {name: np.asarray(variable) for name, variable in named_weights(network).items()}
    geometry = Geometry(plan_of(describe_generator(network), weights))
    return geometry.cost(0, len(geometry.stages) - 1)


def test_it_has_at_most_350_thousand_parameters_and_700_kilobytes_in_float16():
    assert light_generator().count_params() <= 350_000
    assert 2 * light_generator().count_params() <= 700_000


def test_its_arithmetic_is_about_a_thirtieth_of_the_papers():
    assert 1 / 34 < multiplications(light_generator()) / multiplications(resnet_generator()) < 1 / 30


@pytest.mark.parametrize("size", [(8, 8), (16, 24), (36, 20)])
def test_a_painting_has_the_size_of_its_photo(size):
    assert light_generator(filters=2, blocks=1)(noise(*size, batch=2)).shape == (2, *size, 3)


@pytest.mark.parametrize(("size", "grown"), [((9, 16), (12, 16)), ((17, 23), (20, 24)), ((30, 10), (32, 12))])
def test_odd_sides_come_out_at_the_next_multiple_of_four(size, grown):
    assert light_generator(filters=2, blocks=1)(noise(*size)).shape == (1, *grown, 3)


def test_a_darker_photo_gives_another_painting_unlike_with_the_papers_generator():
    photo = noise(32, 32)
    light, resnet = light_generator(filters=4, blocks=1), resnet_generator(filters=4, blocks=1)
    assert abs(light(photo) - light(photo * 0.5 - 0.3)).numpy().max() > 1e-3
    assert abs(resnet(photo) - resnet(photo * 0.5 - 0.3)).numpy().max() < 1e-3


def test_the_blocks_begin_as_a_small_addition():
    network = light_generator(filters=4, blocks=2)
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
    network = light_generator(filters=2, blocks=1)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(12, 16)), network(noise(12, 16)))


@pytest.mark.parametrize("arguments", [{"filters": 0}, {"blocks": -1}])
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(ConfigError, match=f"{next(iter(arguments))}.*Received: .*{next(iter(arguments))}="):
        light_generator(**arguments)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 9])
def test_a_phase_kernel_is_repeating_pixels_and_then_convolving(size):
    """Against the long way: mirror, repeat every pixel, convolve, cut off what the border brought."""
    random = np.random.default_rng(size)
    image = random.normal(size=(1, 8, 9, 2)).astype(np.float32)
    kernel = random.normal(size=(size, size, 2, 3)).astype(np.float32)
    border = size // 2 + size % 2
    mirrored = np.pad(image, ((0, 0), (border, border), (border, border), (0, 0)), mode="reflect")
    large = ops.convert_to_numpy(ops.conv(mirrored.repeat(2, 1).repeat(2, 2), kernel, padding="valid"))
    cut = 2 * border - size // 2
    expected = large[:, cut : cut + 16, cut : cut + 18]
    phases = phase_kernel(kernel)
    reach = phases.shape[0] // 2
    padded = np.pad(image, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="reflect")
    copies = ops.convert_to_numpy(ops.conv(padded, phases, padding="valid")).reshape(1, 8, 9, 2, 2, 3)
    assert abs(copies.transpose(0, 1, 3, 2, 4, 5).reshape(1, 16, 18, 3) - expected).max() < 1e-4


@pytest.mark.parametrize("size", [3, 7])
def test_between_the_pixels_fewer_taps_give_the_same(size):
    random = np.random.default_rng(size)
    image = random.normal(size=(1, 8, 9, 2)).astype(np.float32)
    kernel = random.normal(size=(size, size, 2, 3)).astype(np.float32)
    phases, between = phase_kernel(kernel), phase_kernel_between(kernel)
    assert between.shape[0] == phases.shape[0] - 1
    border = phases.shape[0] // 2
    padded = np.pad(image, ((0, 0), (border, border), (border, border), (0, 0)))
    assert np.array_equal(side_by_side(padded, between)[:, 1:-1, 1:-1], side_by_side(padded, phases))


def test_between_the_pixels_of_a_kernel_of_five_copies_would_see_others():
    with pytest.raises(ValueError, match=r"half of the kernel's size must be odd.*size=5"):
        phase_kernel_between(np.zeros((5, 5, 1, 1), np.float32))


def side_by_side(image, kernel):
    """Convolve, and lay the four copies of each pixel side by side."""
    copies = ops.convert_to_numpy(ops.conv(image, kernel, padding="valid"))
    _, height, width, channels = copies.shape
    copies = copies.reshape(1, height, width, 2, 2, channels // 4).transpose(0, 1, 3, 2, 4, 5)
    return copies.reshape(1, 2 * height, 2 * width, channels // 4)


def test_a_kernel_of_phases_reads_what_another_gives_before_it_is_laid_side_by_side():
    random = np.random.default_rng(2)
    first = phase_kernel_between(random.normal(size=(3, 3, 2, 5)).astype(np.float32))
    second = phase_kernel_between(random.normal(size=(7, 7, 5, 3)).astype(np.float32))
    small = random.normal(size=(1, 9, 8, 2)).astype(np.float32)
    one_by_one = side_by_side(side_by_side(small, first), second)
    between = ops.convert_to_numpy(ops.conv(small, first, padding="valid"))
    at_once = ops.convert_to_numpy(ops.conv(between, phase_kernel_of_phases(second), padding="valid"))
    at_once = at_once.reshape(1, 6, 5, 4, 4, 3).transpose(0, 1, 3, 2, 4, 5).reshape(1, 24, 20, 3)
    # One after the other gets one place further: half of those that four pixels come of.
    assert one_by_one.shape == (1, 26, 22, 3)
    assert abs(one_by_one[:, :-2, :-2] - at_once).max() < 1e-3
