"""Map the numbered modules of PyTorch implementations to Copyart's layer names.

PyTorch numbers all modules of a network, including paddings, norms, activations and blurs. A PyTorch kernel has the
shape (out, in, height, width), or (in, out, height, width) if the convolution is transposed; `transpose(2, 3, 1, 0)`
converts either to Keras' order.

Reference:
    Zhu et al. 2017, arXiv:1703.10593, appendix 7.2, and the names in the authors' published weights. Park et al. 2020,
    arXiv:2007.15651, and the names in the weights that the CUT project saves.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class TorchConvolution(NamedTuple):
    """One convolution: its module number in PyTorch, its name in Copyart, and its kernel's shape in PyTorch."""

    key: str
    layer: str
    shape: tuple[int, int, int, int]
    transposed: bool = False

    @property
    def channels(self) -> int:
        """Number of output channels, which is also the number of biases."""
        return self.shape[1 if self.transposed else 0]


class TorchBlur(NamedTuple):
    """One fixed blur of the CUT project: its module number in PyTorch, its channels, and its one-dimensional taps."""

    key: str
    channels: int
    taps: tuple[int, ...]

    @property
    def kernel(self) -> np.ndarray:
        """The kernel as PyTorch stores it: float32 (channels, 1, height, width). Its sum is 1, or 4 for an upsampling
        blur."""
        taps = np.array(self.taps, np.float32)
        kernel = np.outer(taps, taps) / np.float32(taps.sum() ** 2) * (4 if len(taps) == 4 else 1)
        return np.broadcast_to(kernel.astype(np.float32), (self.channels, 1, *kernel.shape))


def generator_convolutions(
    filters: int, blocks: int, dropout: bool = False, antialias: Sequence[str] = ()
) -> tuple[list[TorchConvolution], list[TorchBlur]]:
    """List the convolutions of a generator in PyTorch's order, and the blurs of an anti-aliased one.

    Args:
        filters: Channels at full resolution.
        blocks: Number of residual blocks.
        dropout: Whether the blocks have dropout, which shifts the number of each block's second convolution by one.
            Defaults to False.
        antialias: Where the generator blurs: `"down"`, `"up"` or both. Defaults to neither, as in the paper.
    """
    numbering = _ModuleNumbering()
    numbering.convolution("stem", (filters, 3, 7, 7), before=1)
    for depth in (1, 2):
        channels = filters * 2**depth
        numbering.convolution(f"down_{depth}", (channels, channels // 2, 3, 3))
        if "down" in antialias:
            numbering.blur(channels, (1, 2, 1))
    for block in range(1, blocks + 1):
        numbering.block(f"block_{block}", 4 * filters, 6 if dropout else 5)
    for step in (1, 2):
        channels = filters * 2 ** (3 - step)
        if "up" in antialias:
            numbering.blur(channels, (1, 3, 3, 1))
            numbering.convolution(f"up_{step}", (channels // 2, channels, 3, 3))
        else:
            numbering.convolution(f"up_{step}", (channels, channels // 2, 3, 3), transposed=True)
    numbering.convolution("head", (3, filters, 7, 7), before=1)
    return numbering.convolutions, numbering.blurs


class _ModuleNumbering:
    """Numbers the modules of a generator as PyTorch's `Sequential` does."""

    def __init__(self) -> None:
        self.number = 0
        self.convolutions: list[TorchConvolution] = []
        self.blurs: list[TorchBlur] = []

    def convolution(
        self, layer: str, shape: tuple[int, int, int, int], before: int = 0, transposed: bool = False
    ) -> None:
        """Add `before` paddings, then a convolution, its norm and its ReLU."""
        self.convolutions.append(TorchConvolution(f"model.{self.number + before}", layer, shape, transposed))
        self.number += before + 3

    def blur(self, channels: int, taps: tuple[int, ...]) -> None:
        """Add a blur."""
        self.blurs.append(TorchBlur(f"model.{self.number}", channels, taps))
        self.number += 1

    def block(self, name: str, channels: int, second: int) -> None:
        """Add a residual block as one module. `second` is the number of its second convolution."""
        for part, place in enumerate((1, second), start=1):
            key = f"model.{self.number}.conv_block.{place}"
            self.convolutions.append(TorchConvolution(key, f"{name}_conv_{part}", (channels, channels, 3, 3)))
        self.number += 1


def discriminator_convolutions(filters: int) -> list[TorchConvolution]:
    """List the convolutions of a 70×70 PatchGAN in PyTorch's order. The first has `filters` channels."""
    f = filters
    return [
        TorchConvolution("model.0", "conv_1", (f, 3, 4, 4)),
        TorchConvolution("model.2", "conv_2", (2 * f, f, 4, 4)),
        TorchConvolution("model.5", "conv_3", (4 * f, 2 * f, 4, 4)),
        TorchConvolution("model.8", "conv_4", (8 * f, 4 * f, 4, 4)),
        TorchConvolution("model.11", "verdict", (1, 8 * f, 4, 4)),
    ]
