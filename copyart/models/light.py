"""The light generator: a thirtieth of the paper's arithmetic, for laptops, phones and browsers."""

from collections.abc import Iterator
from dataclasses import dataclass

from copyart.models.spec import Conv, GeneratorSpec, Norm, ResidualBlock, residual_blocks

#: Initial gain of the blocks. It is small, so that the blocks change little at first. It is not 0, so that they train
#: from the first step.
BLOCK_GAIN = 0.1


@dataclass(frozen=True)
class LightSpec(GeneratorSpec):
    """The light generator: no feature maps at full resolution, and all residual blocks at a quarter of it.

    On a CPU, the paper's generator spends most of its time moving the feature maps of its first and last layers through
    memory. Here the first layer halves the resolution and the last one restores it. Upsampling repeats pixels and
    then convolves, which avoids checkerboard artifacts.

    Only the convolutions inside the residual blocks are normalised. A network with a normalised first layer cannot see
    the brightness and contrast of a photo, so it cannot preserve them (docs/decisions/0013).

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
