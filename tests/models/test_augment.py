"""Augmentation of the discriminators' inputs."""

import keras
import numpy as np
import pytest
from keras import ops

from copyart.models.augment import DiffAugment, _cutout_span, _recolour, _shift_matrix
from copyart.models.cyclegan import CycleGAN
from tests.models.test_cyclegan import TINY, batches

IMAGES = np.random.default_rng(0).uniform(-1, 1, (6, 32, 48, 3)).astype(np.float32)


def test_every_image_is_augmented_differently():
    same = np.repeat(IMAGES[:1], 6, axis=0)
    found = ops.convert_to_numpy(DiffAugment(seed=1)(same))
    assert found.shape == same.shape
    assert all((found[i] != found[j]).mean() > 0.5 for i in range(6) for j in range(i))


def test_a_quarter_at_most_is_cut_out_and_an_eighth_is_shifted_out():
    found = ops.convert_to_numpy(DiffAugment(seed=1)(IMAGES))
    black = (found == 0).all(axis=3).mean(axis=(1, 2))
    assert (black > 0.05).all()
    assert (black <= 1 / 4 + 2 * 1 / 8).all()


@pytest.mark.parametrize(("draw", "shift"), [(0.0, -4), (0.5, 0), (1.0, 4)])
def test_rows_shift_by_an_eighth_at_most(draw, shift):
    matrix = ops.convert_to_numpy(_shift_matrix(np.float32([draw]), 32))[0]
    np.testing.assert_array_equal(matrix, np.eye(32, k=shift))


@pytest.mark.parametrize(("draw", "rows"), [(0.0, (0, 8)), (0.5, (8, 24)), (0.999, (24, 32))])
def test_the_square_has_half_of_the_side_and_may_reach_over_the_border(draw, rows):
    inside = ops.convert_to_numpy(_cutout_span(np.float32([draw]), 32))[0]
    np.testing.assert_array_equal(np.flatnonzero(inside), np.arange(*rows))


def test_the_middle_of_the_draws_changes_no_colour():
    half = np.full((6, 1, 1, 1), 0.5, np.float32)
    np.testing.assert_allclose(_recolour(IMAGES, half, half, half), IMAGES, atol=1e-6)


def test_a_saturation_of_zero_is_grey():
    zero, half = np.zeros((6, 1, 1, 1), np.float32), np.full((6, 1, 1, 1), 0.5, np.float32)
    grey = ops.convert_to_numpy(_recolour(IMAGES, half, zero, half))
    assert np.ptp(grey, axis=3).max() < 1e-6


def test_gradients_pass_through():
    import tensorflow as tf

    images = tf.Variable(IMAGES)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(DiffAugment(seed=1)(images))
    assert (tape.gradient(loss, images).numpy() != 0).mean() > 0.4


def test_discriminators_see_augmented_images_in_training_only():
    model = CycleGAN(**TINY, augment=True)
    photos, art = batches()[0]
    plain, augmented = (model.discriminator_terms(photos, art, art, photos, training=now) for now in (False, True))
    again = model.discriminator_terms(photos, art, art, photos, training=False)
    assert float(plain["art_discriminator"]) == float(again["art_discriminator"])
    assert float(plain["art_discriminator"]) != float(augmented["art_discriminator"])


def test_a_model_with_augmentation_trains_and_comes_back_from_its_file(tmp_path):
    model = CycleGAN(**TINY, augment=True)
    model.compile(keras.optimizers.Adam(1e-3))
    model.train_on_batch(*batches()[0])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.augment
    state = ops.convert_to_numpy(model.augmentation.seed_generator.state)
    np.testing.assert_array_equal(ops.convert_to_numpy(again.augmentation.seed_generator.state), state)
    for draw in (model, again):
        keras.utils.set_random_seed(0)
        draw.drawn = ops.convert_to_numpy(draw.augmentation(IMAGES))
    np.testing.assert_array_equal(model.drawn, again.drawn)
