"""Every kind of generator has a layer plan, and weights that do not fit are refused."""

import pickle

import numpy as np
import pytest

from copyart.engine.plan import layer_plan
from copyart.models.generators import SPECS, describe_generator
from tests.engine.plans import KINDS, network_of, plan_for, weights_of


def test_every_kind_of_generator_has_a_plan():
    planned = {describe_generator(network_of(name))["kind"] for name in KINDS if plan_for(network_of(name))}
    assert planned == SPECS.keys()


def test_a_network_of_another_kind_has_none():
    assert layer_plan({"kind": "keras", "config": {}}, {}) is None
    assert layer_plan(None, {}) is None


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda weights: weights.pop("head/bias"), r"must have 'head/bias'"),
        (lambda weights: weights.update({"head/bias": np.zeros(4)}), r"'head/bias' must have the shape \(3,\)"),
        (lambda weights: weights.update({"more/kernel": np.zeros(4)}), r"light, 6 filters.*also 'more/kernel'"),
        (lambda weights: weights.pop("block_2_2_norm/scale"), r"must have 'block_2_2_norm/scale'"),
    ],
)
def test_weights_that_do_not_fit_are_named(spoil, message):
    network = network_of("light")
    weights = weights_of(network)
    spoil(weights)
    with pytest.raises(ValueError, match=message):
        layer_plan(describe_generator(network), weights)


def test_a_plan_of_a_billion_blocks_is_refused_at_once():
    description = {**describe_generator(network_of("light")), "blocks": 10**12}
    with pytest.raises(ValueError, match="block_3_conv_1/kernel"):
        layer_plan(description, weights_of(network_of("light")))


@pytest.mark.parametrize("name", ["resnet", "cut"])
def test_kernels_lie_in_memory_as_onnx_wants_them_also_after_pickling(name):
    plan = plan_for(network_of(name))
    for stage, again in zip(plan, pickle.loads(pickle.dumps(plan)), strict=True):
        assert np.array_equal(stage.kernel, again.kernel)
        assert stage.kernel.transpose(3, 2, 0, 1).flags.c_contiguous
        assert again.kernel.transpose(3, 2, 0, 1).flags.c_contiguous
