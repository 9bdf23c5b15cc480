"""A shallower generator out of a deeper one that has learnt."""

import re

import numpy as np

from copyart.models.generators import describe_generator


def keep_strongest_blocks(network, deeper):
    """Give a generator the weights of a deeper one, without the residual blocks that add least.

    What a block of the light generator adds is multiplied by a learnt gain: where the mean of its absolute values is
    small, the block hardly matters. The blocks kept stay in their order. Paintings change, and come back within some
    hundred steps of training.

    Args:
        network: The light generator to fill.
        deeper: A light generator of as many filters and more blocks.

    Returns:
        The numbers of the blocks kept, from 1 on; or None, and nothing is done, if these are not two such generators.

    Reference:
        Learnt factors tell what can be cut off: Liu et al. 2017, "Learning Efficient Convolutional Networks through
        Network Slimming", arXiv:1708.06519, there of channels.
    """
    wanted, found = describe_generator(network), describe_generator(deeper)
    if not wanted or not found or wanted["kind"] != "light" or {**found, "blocks": wanted["blocks"]} != wanted:
        return None
    if found["blocks"] <= wanted["blocks"]:
        return None
    gains = {block: _gain(deeper, block) for block in range(1, found["blocks"] + 1)}
    kept = sorted(sorted(gains, key=gains.get, reverse=True)[: wanted["blocks"]])
    for layer in network.layers:
        block = re.match(r"block_(\d+)(_.*)", layer.name)
        name = f"block_{kept[int(block[1]) - 1]}{block[2]}" if block else layer.name
        layer.set_weights(deeper.get_layer(name).get_weights())
    return kept


def _gain(network, block):
    return np.abs(network.get_layer(f"block_{block}_2_norm").get_weights()[0]).mean()
