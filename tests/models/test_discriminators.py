import keras
import numpy as np
import pytest
from keras import ops

from copyart.models.discriminators import patch_discriminator


def noise(height, width, batch=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (batch, height, width, 3)).astype(np.float32)


def test_the_papers_discriminator_has_the_published_number_of_parameters():
    assert patch_discriminator(64).count_params() == 2_764_737


@pytest.mark.parametrize(
    ("size", "verdicts"), [((256, 256), (30, 30)), ((128, 128), (14, 14)), ((24, 24), (1, 1)), ((64, 96), (6, 10))]
)
def test_there_is_a_verdict_for_every_eighth_pixel_but_two(size, verdicts):
    assert patch_discriminator(2).compute_output_shape((2, *size, 3)) == (2, *verdicts, 1)


@pytest.mark.parametrize("size", [(24, 24), (33, 50)])
def test_any_picture_of_at_least_24_pixels_is_judged(size):
    verdicts = ops.convert_to_numpy(patch_discriminator(2)(noise(*size)))
    assert np.isfinite(verdicts).all()


def test_verdicts_are_raw_logits():
    network = patch_discriminator(2)
    network.get_layer("verdict").bias.assign([-50])
    assert np.max(network(noise(32, 32))) < -40


def test_a_verdict_sees_a_patch_of_seventy_pixels():
    network = keras.Sequential([layer for layer in patch_discriminator(2).layers if "norm" not in layer.name])
    picture = noise(128, 128)
    before = ops.convert_to_numpy(network(picture))
    row = 7  # verdict i sees the pixels 8i - 23 to 8i + 46
    for pixel, seen in [(32, False), (33, True), (102, True), (103, False)]:
        changed = picture.copy()
        changed[0, pixel, :] += 100
        assert np.any(ops.convert_to_numpy(network(changed))[0, row] != before[0, row]) == seen


def test_the_first_and_the_last_convolution_learn_their_biases():
    biases = {v.path for v in patch_discriminator(2).trainable_variables if v.name == "bias"}
    assert biases == {"conv_1/bias", "verdict/bias"}


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_judges_in_float32(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        verdicts = patch_discriminator(2)(noise(24, 24))
    finally:
        keras.config.set_dtype_policy(before)
    assert keras.backend.standardize_dtype(verdicts.dtype) == "float32"


def test_a_discriminator_survives_serialisation():
    network = patch_discriminator(2)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(network))
    again.set_weights(network.get_weights())
    assert np.array_equal(again(noise(32, 24)), network(noise(32, 24)))
