"""Pruning: initialise a light generator from a deeper, trained one."""

import dataclasses
import re

import keras
import numpy as np

from copyart.models.generators import spec_of_network
from copyart.models.light import LightSpec


def keep_strongest_blocks(network: keras.Model, deeper: keras.Model) -> list[int] | None:
    """Copy the weights of a deeper light generator, except those of its least important residual blocks.

    Each block of a light generator has a trained gain. A block is unimportant if the mean absolute value of its gain is
    small. The kept blocks stay in order. The paintings are worse at first; a few hundred training steps repair them.

    Args:
        network: The light generator to fill.
        deeper: A trained light generator with the same number of filters and more blocks.

    Returns:
        The numbers of the kept blocks, counted from 1. If the networks are not two such generators, nothing is copied
        and the result is None.

    Reference:
        Liu et al. 2017, "Learning Efficient Convolutional Networks through Network Slimming", arXiv:1708.06519, which
        prunes channels by trained factors.
    """
    wanted, found = spec_of_network(network), spec_of_network(deeper)
    if not isinstance(wanted, LightSpec) or not isinstance(found, LightSpec):
        return None
    if found.blocks <= wanted.blocks or dataclasses.replace(found, blocks=wanted.blocks) != wanted:
        return None
    gains = {block: _mean_gain(deeper, block) for block in range(1, found.blocks + 1)}
    kept = sorted(sorted(gains, key=gains.__getitem__, reverse=True)[: wanted.blocks])
    for layer in network.layers:
        block = re.match(r"block_(\d+)(_.*)", layer.name)
        name = f"block_{kept[int(block[1]) - 1]}{block[2]}" if block else layer.name
        layer.set_weights(deeper.get_layer(name).get_weights())
    return kept


def _mean_gain(network: keras.Model, block: int) -> float:
    return np.abs(network.get_layer(f"block_{block}_2_norm").get_weights()[0]).mean()
