"""The ResNet generator of the CycleGAN paper."""

from collections.abc import Iterator
from dataclasses import dataclass

from copyart.models.spec import Conv, GeneratorSpec, ResidualBlock, residual_blocks

UPSAMPLINGS = ("transpose", "resize")


@dataclass(frozen=True)
class ResnetSpec(GeneratorSpec):
    """The paper's generator: two downsampling convolutions, residual blocks, two upsampling convolutions.

    Args:
        filters: Channels at full resolution; twice as many at half, four times as many at a quarter. Defaults to 64.
        blocks: Residual blocks at a quarter of the resolution. The paper uses 6 at 128 px and 9 at 256 px.
        upsampling: `"transpose"`, the paper's transposed convolutions, or `"resize"`, nearest-neighbour upsampling
            before a convolution, which avoids checkerboard artifacts. Defaults to `"transpose"`.
        dropout: Share of features dropped inside each block while training, in [0, 1). Defaults to 0.

    Reference:
        Zhu et al. 2017, arXiv:1703.10593, appendix 7.2; Johnson et al. 2016, arXiv:1603.08155; upsampling: Odena et
        al. 2016, "Deconvolution and Checkerboard Artifacts", doi:10.23915/distill.00003.
    """

    filters: int = 64
    blocks: int = 9
    upsampling: str = "transpose"
    dropout: float = 0.0

    kind = "resnet"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.upsampling not in UPSAMPLINGS:
            self._refuse("upsampling", f"must be one of {', '.join(UPSAMPLINGS)}")

    @classmethod
    def default_blocks(cls, image_size: int) -> int:
        """Return the paper's number of blocks: 6 up to 128 pixels, 9 above."""
        return 6 if image_size <= 128 else 9

    def layers(self) -> Iterator[Conv | ResidualBlock]:
        """Yield the layers."""
        filters, upsampling = self.filters, "transpose" if self.upsampling == "transpose" else "nearest"
        yield Conv("stem", filters, 7)
        yield Conv("down_1", 2 * filters, 3, stride=2, padding="zeros")
        yield Conv("down_2", 4 * filters, 3, stride=2, padding="zeros")
        yield from residual_blocks(self.blocks, 4 * filters, dropout=self.dropout)
        yield Conv("up_1", 2 * filters, 3, upsampling=upsampling)
        yield Conv("up_2", filters, 3, upsampling=upsampling)
        yield Conv("head", 3, 7, norm=None, relu=False)

    def description_parts(self) -> list[str]:
        """Return phrases that `str` adds after the kind and the size."""
        return ["resized"] * (self.upsampling == "resize") + super().description_parts()
