"""The CUT project's generator. It is only imported, not trained here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from copyart.models.spec import Conv, GeneratorSpec, ResidualBlock, residual_blocks

#: Directions that may be anti-aliased.
ANTIALIASED = ("both", "down", "up")


@dataclass(frozen=True)
class CutSpec(GeneratorSpec):
    """The CUT project's generator: the paper's generator with anti-aliased downsampling and upsampling.

    To downsample, it convolves at full size, blurs, and keeps every second pixel. To upsample, it enlarges bilinearly
    and convolves. The blurs are not trained.

    Args:
        filters: Channels at full resolution; twice as many at half, four times as many at a quarter. Defaults to 64.
        blocks: Residual blocks at a quarter of the resolution. Defaults to 9.
        antialias: What is anti-aliased: `"down"` (downsampling), `"up"` (upsampling) or `"both"`. The rest is as in the
            paper. Defaults to `"both"`.
        dropout: Share of features dropped inside each block while training, in [0, 1). Defaults to 0.

    Reference:
        Park et al. 2020, "Contrastive Learning for Unpaired Image-to-Image Translation", arXiv:2007.15651; the blur:
        Zhang 2019, "Making Convolutional Networks Shift-Invariant Again", arXiv:1904.11486.
    """

    filters: int = 64
    blocks: int = 9
    antialias: str = "both"
    dropout: float = 0.0

    kind = "cut"
    trained_here = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.antialias not in ANTIALIASED:
            self._refuse("antialias", f"must be one of {', '.join(ANTIALIASED)}")

    def layers(self) -> Iterator[Conv | ResidualBlock]:
        """Yield the layers."""
        filters, blur = self.filters, self.antialias != "up"
        down: dict[str, Any] = {"padding": "zeros", "stride": 1 if blur else 2, "blur": blur}
        up: dict[str, Any] = {"upsampling": "transpose"}
        if self.antialias != "down":
            up = {"upsampling": "bilinear", "padding": "zeros"}
        yield Conv("stem", filters, 7)
        yield Conv("down_1", 2 * filters, 3, **down)
        yield Conv("down_2", 4 * filters, 3, **down)
        yield from residual_blocks(self.blocks, 4 * filters, dropout=self.dropout)
        yield Conv("up_1", 2 * filters, 3, **up)
        yield Conv("up_2", filters, 3, **up)
        yield Conv("head", 3, 7, norm=None, relu=False)

    def description_parts(self) -> list[str]:
        """Return phrases that `str` adds after the kind and the size."""
        return [
            "anti-aliased" + ("" if self.antialias == "both" else f" {self.antialias}"),
            *super().description_parts(),
        ]
