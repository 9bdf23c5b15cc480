"""The generator of the CycleGAN example on keras.io. It is only imported, not trained here."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from copyart.models.spec import Conv, GeneratorSpec, Norm, ResidualBlock, residual_blocks

#: Default epsilon of `InstanceNormalization` in tensorflow_addons.
ADDONS_EPSILON = 1e-3


@dataclass(frozen=True)
class KerasExampleSpec(GeneratorSpec):
    """The generator of the CycleGAN example on keras.io, in its version with tensorflow_addons.

    Its normalisations have a trained factor and offset for each channel. Before a convolution with stride 2, it pads
    the image at the bottom and right, as TensorFlow does.

    Args:
        filters: Channels at full resolution; twice as many at half, four times as many at a quarter. Defaults to 64.
        blocks: Residual blocks at a quarter of the resolution. Defaults to 9.
        epsilon: Added to the variance by the normalisations. Defaults to 1e-3.

    Reference:
        A. K. Nain, "CycleGAN", https://keras.io/examples/generative/cyclegan
    """

    filters: int = 64
    blocks: int = 9
    epsilon: float = ADDONS_EPSILON

    kind = "keras_example"
    trained_here = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.epsilon < math.inf:
            self._refuse("epsilon", "must be finite and not negative")

    def layers(self) -> Iterator[Conv | ResidualBlock]:
        """Yield the layers."""
        filters, norm = self.filters, Norm(float(self.epsilon), gain=1.0, center=True)
        yield Conv("stem", filters, 7, norm=norm)
        yield Conv("down_1", 2 * filters, 3, stride=2, padding="zeros_after", norm=norm)
        yield Conv("down_2", 4 * filters, 3, stride=2, padding="zeros_after", norm=norm)
        yield from residual_blocks(self.blocks, 4 * filters, norms=(norm, norm))
        yield Conv("up_1", 2 * filters, 3, upsampling="transpose_same", norm=norm)
        yield Conv("up_2", filters, 3, upsampling="transpose_same", norm=norm)
        yield Conv("head", 3, 7, norm=None, relu=False)
