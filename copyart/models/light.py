"""The light generator: a thirtieth of the paper's arithmetic, for laptops, phones and browsers."""

from collections.abc import Iterator
from dataclasses import dataclass

from copyart.models.spec import Conv, GeneratorSpec, Norm, ResidualBlock, residual_blocks

#: Small, so that the network starts as a plain encoder and decoder; not 0, so that blocks learn from the first step.
BLOCK_GAIN = 0.1


@dataclass(frozen=True)
class LightSpec(GeneratorSpec):
    """The light generator: no features at full resolution, and all depth at a quarter of it.

    On a CPU the paper's generator spends most of its time on moving the many features of its first and last layers
    through memory. Here the first layer halves the image and the last one doubles it, by nearest-neighbour upsampling
    before a convolution, which draws no checkerboard.

    Only the residual blocks are normalised, inside. A network whose first layer is normalised cannot tell a dark photo
    from a bright one, nor low contrast from high, and learns to reproduce neither (docs/decisions/0013).

    Args:
        filters: Channels at half resolution; twice as many at a quarter. Defaults to 32.
        blocks: Residual blocks at a quarter of the resolution. Defaults to 4.

    Reference:
        The gain on the blocks: Bachlechner et al. 2020, "ReZero is All You Need", arXiv:2003.04887.
    """

    filters: int = 32
    blocks: int = 4

    kind = "light"

    def layers(self) -> Iterator[Conv | ResidualBlock]:
        """Yield the layers."""
        filters = self.filters
        yield Conv("stem", filters, 7, stride=2, norm=None)
        yield Conv("down", 2 * filters, 3, stride=2, norm=None)
        yield from residual_blocks(self.blocks, 2 * filters, norms=(Norm(), Norm(gain=BLOCK_GAIN)))
        yield Conv("up", filters, 3, upsampling="nearest_fused", norm=None)
        yield Conv("head", 3, 7, upsampling="nearest_fused", norm=None, relu=False)
