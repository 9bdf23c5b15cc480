"""Pruning copies the most important blocks of a light generator."""

import numpy as np
import pytest

from copyart.models.generators import build_generator
from copyart.models.pruning import keep_strongest_blocks

GAINS = [0.3, 0.01, -0.2, 0.02]


def deeper():
    """Four blocks, of which the first and the third add most; all biases are other than 0."""
    network = build_generator("light", filters=3, blocks=4)
    for weight in network.weights:
        weight.assign(weight + 0.02)
    for block, gain in enumerate(GAINS, 1):
        network.get_layer(f"block_{block}_2_norm").set_weights([np.full(6, gain)])
    return network


def picture():
    return np.random.default_rng(0).uniform(-1, 1, (1, 16, 24, 3)).astype("float32")


def test_the_blocks_with_the_largest_gains_are_kept_in_their_order():
    network, source = build_generator("light", filters=3, blocks=2), deeper()
    assert keep_strongest_blocks(network, source) == [1, 3]
    for mine, theirs in ((1, 1), (2, 3)):
        for part in ("conv_1", "conv_2", "2_norm"):
            pairs = zip(
                network.get_layer(f"block_{mine}_{part}").get_weights(),
                source.get_layer(f"block_{theirs}_{part}").get_weights(),
                strict=True,
            )
            assert all(np.array_equal(a, b) for a, b in pairs)


def test_blocks_that_add_nothing_are_not_missed():
    network, source = build_generator("light", filters=3, blocks=2), deeper()
    for block in (2, 4):
        source.get_layer(f"block_{block}_2_norm").set_weights([np.zeros(6)])
    keep_strongest_blocks(network, source)
    np.testing.assert_allclose(network(picture()), source(picture()), atol=1e-6)


def test_no_block_may_be_kept():
    network, source = build_generator("light", filters=3, blocks=0), deeper()
    assert keep_strongest_blocks(network, source) == []
    for name in ("stem", "down", "up", "head"):
        assert np.array_equal(network.get_layer(name).get_weights()[0], source.get_layer(name).get_weights()[0])


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "light", "filters": 2, "blocks": 2},
        {"kind": "light", "filters": 3, "blocks": 4},
        {"kind": "light", "filters": 3, "blocks": 5},
        {"kind": "resnet", "filters": 3, "blocks": 2},
    ],
)
def test_others_are_left_as_they_are(wanted):
    network = build_generator(**wanted)
    before = [weight.copy() for weight in network.get_weights()]
    assert keep_strongest_blocks(network, deeper()) is None
    assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), before, strict=True))


def test_resnets_have_no_gains_to_tell_by():
    shallow, deep = (build_generator("resnet", filters=3, blocks=blocks) for blocks in (1, 2))
    assert keep_strongest_blocks(shallow, deep) is None
