"""Small generators of every kind that has a layer plan, and their plans."""

import keras
import numpy as np

from copyart.engine.plan import layer_plan
from copyart.models.generators import describe_generator, read_spec
from copyart.styles.networks import named_weights

KINDS = {
    "light": {"kind": "light", "filters": 6, "blocks": 2},
    "light without blocks": {"kind": "light", "filters": 3, "blocks": 0},
    "resnet": {"kind": "resnet", "filters": 4, "blocks": 2},
    "resnet, resize": {"kind": "resnet", "filters": 4, "blocks": 1, "upsampling": "resize"},
    "resnet, dropout": {"kind": "resnet", "filters": 3, "blocks": 1, "dropout": 0.5},
    "cut": {"kind": "cut", "filters": 4, "blocks": 2},
    "cut, down": {"kind": "cut", "filters": 3, "blocks": 1, "antialias": "down", "dropout": 0.5},
    "cut, up": {"kind": "cut", "filters": 3, "blocks": 1, "antialias": "up"},
    "keras example": {"kind": "keras_example", "filters": 4, "blocks": 2},
}


def network_of(name):
    """Build a generator whose weights, biases and gains are all at random."""
    network = read_spec(KINDS[name]).build()
    random = np.random.default_rng(7)
    for variable in network.weights:
        variable.assign(random.normal(0, 0.15, variable.shape).astype(np.float32))
    return network


def weights_of(network):
    return {name: keras.ops.convert_to_numpy(variable) for name, variable in named_weights(network).items()}


def plan_for(network):
    return layer_plan(describe_generator(network), weights_of(network))


def bytes_painted_by(network, photo):
    """Paint an array of bytes with the network itself, unrounded."""
    painted = network(photo[None].astype(np.float32) / np.float32(127.5) - 1)
    return (keras.ops.convert_to_numpy(painted)[0] + 1) * 127.5


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
