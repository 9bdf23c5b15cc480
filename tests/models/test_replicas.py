"""The result does not depend on the number of replicas."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from copyart.models.cyclegan import CycleGAN
from copyart.models.projected import projected_discriminator
from copyart.training.strategy import choose_strategy
from tests.models.test_projected import features

STEPS = 5


def pictures(dtype, seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (STEPS, 2, 32, 32, 3)).astype(dtype)


def trained(devices, dtype, judges=dict, **changes):
    """Weights after 5 steps on 2 pairs each, and the logs of the epoch."""
    keras.utils.set_random_seed(1)
    with choose_strategy(devices, batch_size=2).scope():
        changes = {**changes, **judges()}
        arguments = {"filters": 4, "discriminator_filters": 4, "blocks": 1, "pool_size": 2, "ema_decay": 0.9, "seed": 3}
        model = CycleGAN(32, **{**arguments, **changes}, dtype=dtype)
        model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
    data = tf.data.Dataset.from_tensor_slices((pictures(dtype, 1), pictures(dtype, 2)))
    history = model.fit(data, epochs=1, verbose=0, shuffle=False).history
    return model, history


def largest_difference(first, second):
    return max(
        float(np.abs(one.numpy() - other.numpy()).max())
        for one, other in zip(first.variables, second.variables, strict=True)
    )


@pytest.fixture
def exact():
    """Double precision: what differs then differs by mathematics, not by rounding that adversaries amplify."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield "float64"
    keras.config.set_dtype_policy("float32")
    keras.config.set_floatx("float32")


def test_two_replicas_end_where_one_does_to_the_last_digits(exact):
    one, logs_of_one = trained("cpu", exact, identity_weight=5.0)
    two, logs_of_two = trained("all", exact, identity_weight=5.0)
    assert two.distribute_strategy.num_replicas_in_sync == 2
    assert largest_difference(one, two) < 1e-9
    for name, values in logs_of_one.items():
        assert logs_of_two[name] == pytest.approx(values, rel=1e-6)


def test_two_replicas_end_where_one_does_in_single_precision():
    one, _ = trained("cpu", "float32")
    two, _ = trained("all", "float32")
    assert largest_difference(one, two) < 1e-4


def projected():
    """Discriminators that look through windows drawn anew in each step."""
    names = "photo_discriminator", "art_discriminator"
    return {name: projected_discriminator(4, features(), seed, name) for seed, name in enumerate(names)}


def test_all_replicas_look_through_the_same_windows(exact):
    one, _ = trained("cpu", exact, projected)
    two, _ = trained("all", exact, projected)
    assert two.distribute_strategy.num_replicas_in_sync == 2
    assert largest_difference(one, two) < 1e-9
