"""How a plan is run strip by strip: in which passes, over which rows. Only numbers, no pixels."""

import itertools

#: Float32 numbers that a strip of a map at the lowest resolution may hold: 8 MiB, which a processor's cache holds too.
STRIP_NUMBERS = 1 << 21
#: Fewest rows of a strip at the lowest resolution, so that there is something to mirror, and one strip holds all that
#: the strip beside it sees of its neighbours.
FEWEST_ROWS = 8


class Geometry:
    """The sizes of a plan's maps.

    Args:
        stages: The plan.
    """

    def __init__(self, stages):
        self.stages = stages
        #: How many times smaller than the picture the result of each stage is.
        self.shrinks = _shrinks(stages)
        self.lowest = max(self.shrinks)
        #: Channels of the maps at the lowest resolution.
        self.kept_channels = stages[self.shrinks.index(self.lowest)].channels
        #: Numbers of the largest map for each pixel of the picture.
        self.largest_map = max(s.kernel.shape[3] / self._size_of_convolution(i) ** 2 for i, s in enumerate(stages))
        #: (first stage, last stage) of each pass.
        self.passes = self._passes()

    def keeps(self, index):
        """Tell whether the result of a stage is kept between passes: those at the lowest resolution are."""
        return self.shrinks[index] == self.lowest

    def _passes(self):
        """One pass up to each normalisation and each map to keep, and one to paint."""
        passes, first = [], 0
        for index, stage in enumerate(self.stages):
            if stage.normed or self.keeps(index) or index == len(self.stages) - 1:
                passes.append((first, index))
            if self.keeps(index):
                first = index + 1
        return passes

    def cost(self, first, last):
        """Return the multiplications of a pass for each pixel of the picture."""
        return sum(self.stages[i].kernel.size / self._size_of_convolution(i) ** 2 for i in range(first, last + 1))

    def _size_of_convolution(self, index):
        return self.shrinks[index] * (2 if self.stages[index].enlarges else 1)

    def strips(self, height, width):
        """Cut a picture into strips, the same in every pass.

        Args:
            height: Of the picture.
            width: Of the picture.

        Returns:
            (first row, row after the last) of each strip, in rows of the lowest resolution.
        """
        rows = max(FEWEST_ROWS, STRIP_NUMBERS * self.lowest // (self.kept_channels * width))
        end = height // self.lowest
        count = max(1, min(-(-end // rows), end // FEWEST_ROWS))
        cuts = [end * number // count for number in range(count + 1)]
        return list(itertools.pairwise(cuts))

    def rows(self, index, low, high, height):
        """Say what a stage does for rows of its result.

        Args:
            index: Of the stage.
            low: First row of the result.
            high: The row after the last.
            height: Of the picture.

        Returns:
            The first row that it reads and the row after the last; the rows of padding above and below them; and which
            of the rows that come out are to be kept, from and to.
        """
        stage = self.stages[index]
        keep = 0, high - low
        if stage.enlarges:
            low, high = low + stage.between, high + stage.between
            small = low // 2, -(-high // 2)
            keep = low - 2 * small[0], high - 2 * small[0]
            low, high = small
        first = low * stage.stride - stage.pads[0]
        last = (high - 1) * stage.stride + stage.kernel.shape[0] - stage.pads[0]
        end = height // (self.shrinks[index - 1] if index else 1)
        return (max(first, 0), min(last, end)), (max(-first, 0), max(last - end, 0)), keep


def _shrinks(stages):
    shrinks, shrink = [], 1
    for stage in stages:
        shrink = shrink * stage.stride // (2 if stage.enlarges else 1)
        shrinks.append(shrink)
    return shrinks
