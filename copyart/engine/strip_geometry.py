"""Strip geometry: the passes of a layer plan over an image's strips, and the rows that each stage reads."""

import itertools
from collections.abc import Sequence

from copyart.engine.plan import Stage

#: Number of float32 values in a strip of the lowest-resolution feature map: 8 MiB, which fits in a processor's cache.
STRIP_NUMBERS = 1 << 21
#: Minimum rows of a strip at the lowest resolution: enough for mirroring and for the rows that the next strip reads.
FEWEST_ROWS = 8


class StripGeometry:
    """Computes a plan's passes, the sizes of its feature maps, an image's strips, and the rows that stages read."""

    def __init__(self, plan: Sequence[Stage]):
        self.plan = plan
        #: For each stage, how many times smaller its result is than the image.
        self.downscales = _downscales(plan)
        self.lowest = max(self.downscales)
        #: Number of channels of each feature map at the lowest resolution.
        self.kept_channels = plan[self.downscales.index(self.lowest)].channels
        #: Size of the largest feature map, in numbers per pixel of the image.
        self.largest_map = max(s.kernel.shape[3] / self._conv_downscale(i) ** 2 for i, s in enumerate(plan))
        #: (first stage, last stage) of each pass.
        self.passes = self._list_passes()

    def is_stored(self, index: int) -> bool:
        """Tell whether a stage's result is stored between passes, as all results at the lowest resolution are."""
        return self.downscales[index] == self.lowest

    def _list_passes(self) -> list[tuple[int, int]]:
        """Return the passes: one up to each normalisation and each stored feature map, and a last one that paints."""
        passes, first = [], 0
        for index, stage in enumerate(self.plan):
            if stage.normed or self.is_stored(index) or index == len(self.plan) - 1:
                passes.append((first, index))
            if self.is_stored(index):
                first = index + 1
        return passes

    def cost(self, first: int, last: int) -> float:
        """Return the number of multiplications in a pass, per pixel of the image."""
        return sum(self.plan[i].kernel.size / self._conv_downscale(i) ** 2 for i in range(first, last + 1))

    def _conv_downscale(self, index: int) -> int:
        return self.downscales[index] * (2 if self.plan[index].upsamples else 1)

    def strips(self, height: int, width: int) -> list[tuple[int, int]]:
        """Cut an image into strips. Every pass uses the same strips.

        Args:
            height: Height of the image.
            width: Width of the image.

        Returns:
            (first row, row after the last) of each strip, in rows of the lowest resolution.
        """
        rows = max(FEWEST_ROWS, STRIP_NUMBERS * self.lowest // (self.kept_channels * width))
        end = height // self.lowest
        count = max(1, min(-(-end // rows), end // FEWEST_ROWS))
        cuts = [end * number // count for number in range(count + 1)]
        return list(itertools.pairwise(cuts))

    def rows_of_stage(
        self, index: int, low: int, high: int, height: int
    ) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """Return the rows that a stage reads, pads and keeps to compute some rows of its result.

        Args:
            index: Index of the stage.
            low: First row of the result to compute.
            high: The row after the last row to compute.
            height: Height of the image.

        Returns:
            Three pairs: the rows to read, as (first, row after the last); the padding rows, as (above, below); and the
            rows to keep of those that the stage computes from them, as (first, row after the last).
        """
        stage = self.plan[index]
        keep = 0, high - low
        if stage.upsamples:
            low, high = low + stage.half_pixel, high + stage.half_pixel
            small = low // 2, -(-high // 2)
            keep = low - 2 * small[0], high - 2 * small[0]
            low, high = small
        first = low * stage.stride - stage.pads[0]
        last = (high - 1) * stage.stride + stage.kernel.shape[0] - stage.pads[0]
        end = height // (self.downscales[index - 1] if index else 1)
        return (max(first, 0), min(last, end)), (max(-first, 0), max(last - end, 0)), keep


def _downscales(plan: Sequence[Stage]) -> list[int]:
    downscales, downscale = [], 1
    for stage in plan:
        downscale = downscale * stage.stride // (2 if stage.upsamples else 1)
        downscales.append(downscale)
    return downscales
