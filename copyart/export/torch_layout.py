"""Where the paper's PyTorch implementation keeps the weights that Copyart keeps under names of its own.

PyTorch numbers the modules of a network, the paddings, norms and activations between the convolutions
included. Kernels of a convolution are (out, in, height, width) there, of a transposed one (in, out, height,
width); `transpose(2, 3, 1, 0)` makes either into Keras' order.

Reference:
    Zhu et al. 2017, arXiv:1703.10593, appendix 7.2, and the names in the authors' published weights.
"""

from typing import NamedTuple


class Slot(NamedTuple):
    """One convolution: its number in PyTorch, its name in Copyart, and the shape of its kernel in PyTorch."""

    key: str
    layer: str
    shape: tuple[int, int, int, int]


def generator_slots(filters, blocks, dropout=False):
    """List the convolutions of a generator in PyTorch's order.

    Args:
        filters: Channels at full resolution.
        blocks: Residual blocks.
        dropout: Whether it was built with dropout, which moves the second convolution of a block one further.
    """
    f, wide = filters, 4 * filters
    slots = [
        Slot("model.1", "stem", (f, 3, 7, 7)),
        Slot("model.4", "down_1", (2 * f, f, 3, 3)),
        Slot("model.7", "down_2", (wide, 2 * f, 3, 3)),
    ]
    for block in range(1, blocks + 1):
        prefix = f"model.{9 + block}.conv_block"
        slots.append(Slot(f"{prefix}.1", f"block_{block}_conv_1", (wide, wide, 3, 3)))
        slots.append(Slot(f"{prefix}.{6 if dropout else 5}", f"block_{block}_conv_2", (wide, wide, 3, 3)))
    return [
        *slots,
        Slot(f"model.{10 + blocks}", "up_1", (wide, 2 * f, 3, 3)),
        Slot(f"model.{13 + blocks}", "up_2", (2 * f, f, 3, 3)),
        Slot(f"model.{17 + blocks}", "head", (3, f, 7, 7)),
    ]


def discriminator_slots(filters):
    """List the convolutions of a 70×70 PatchGAN in PyTorch's order.

    Args:
        filters: Channels of the first layer.
    """
    f = filters
    return [
        Slot("model.0", "conv_1", (f, 3, 4, 4)),
        Slot("model.2", "conv_2", (2 * f, f, 4, 4)),
        Slot("model.5", "conv_3", (4 * f, 2 * f, 4, 4)),
        Slot("model.8", "conv_4", (8 * f, 4 * f, 4, 4)),
        Slot("model.11", "verdict", (1, 8 * f, 4, 4)),
    ]


def bias_length(slot):
    """Return how many biases a convolution has: as many as channels come out."""
    return slot.shape[1] if slot.layer in ("up_1", "up_2") else slot.shape[0]
