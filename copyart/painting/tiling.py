"""Large pictures within bounded memory, strip by strip, and exactly as if painted whole.

Instance normalisation needs the mean and the variance of a whole map before any of it can be normalised. So the
generator is run in passes, each up to the next normalisation, over strips as wide as the picture. The maps at the
lowest resolution, where nearly all the work is done, are kept between the passes, in memory or in files; those above,
of which there are few and which are large, are computed anew.
"""

from typing import NamedTuple

import numpy as np

from copyart.painting.graph import strip_graph
from copyart.painting.maps import open_maps
from copyart.painting.moments import Moments
from copyart.painting.onnx_writer import onnx_pads
from copyart.painting.quadrupling import inner_strip_graph, quadruples
from copyart.painting.strips import FEWEST_ROWS, Geometry


class StripPainter:
    """Paints pictures of any size by a plan.

    Args:
        stages: The plan.
        session: Makes what runs a `copyart.painting.onnx_writer.Model`: it has `inputs` and `outputs`, their names,
            and `run_into`.
    """

    def __init__(self, stages, session):
        self._geometry = Geometry(stages)
        self._passes = [_pass(self._geometry, first, last, session) for first, last in self._geometry.passes]

    def paint(self, photo, painting, progress=None):
        """Paint one photo.

        Args:
            photo: What gives rows of bytes, `PaddedRows` or an array.
            painting: What takes them, `PictureSink` or an array.
            progress: Called with the share that is done, in [0, 1]. Defaults to None.

        Raises:
            ImageError: if the temporary folder has no room.
        """
        costs = [self._geometry.cost(each.first, each.last) for each in self._passes]
        cuts = self._geometry.strips(*photo.shape[:2])
        width = photo.shape[1] // self._geometry.lowest
        with open_maps(2, self._geometry.kept_channels, width, cuts) as maps:
            run = _Run(self._geometry, photo, painting, cuts, maps)
            for number, each in enumerate(self._passes):
                run.take(each, _part(progress, costs, number))


class _Pass(NamedTuple):
    """A chain of stages, and what runs it: for the first and the last strip, and for those that lie between others."""

    first: int
    last: int
    at_border: object
    between: object


def _pass(geometry, first, last, session):
    stages = geometry.stages
    at_border = session(strip_graph(stages, first, last, geometry.keeps(last)))
    as_one = quadruples(stages) and first == len(stages) - 2
    return _Pass(first, last, at_border, session(inner_strip_graph(stages)) if as_one else at_border)


def _part(progress, costs, number):
    """Return the progress of one pass: a function of the share that is done of it."""
    before, own, total = sum(costs[:number]), costs[number], sum(costs)
    return lambda share: progress and progress((before + share * own) / total)


class _Run:
    """One picture on its way through the passes."""

    def __init__(self, geometry, photo, painting, cuts, maps):
        self.geometry, self.stages = geometry, geometry.stages
        self.photo, self.painting = photo, painting
        self.height, self.width = photo.shape[:2]
        self.cuts = cuts
        #: What is kept: the results of passes, and what a residual block begins with.
        self.maps = dict(zip(("result", "opened"), maps, strict=True))
        self.affine = {}

    def take(self, pass_, progress):
        """Run one pass over all strips."""
        first, last, at_border, between = pass_
        moments = Moments(self.stages[last].channels) if self.stages[last].normed else None
        kept = {name: self.maps[name] for name in at_border.outputs if name in self.maps}
        bounds = [self._rows(last, cut) for cut in self.cuts]
        chains = [self._chain(first, last, low, high, self.height) for low, high in bounds]
        for number, source in enumerate(self._sources(first, chains)):
            if moments and not number:
                moments.centre = self._centre(first, last, at_border, source)
            low, high = bounds[number]
            feed = {**self._feed(chains[number]), **source}
            results = {name: map_.new(number) for name, map_ in kept.items()}
            if moments:
                feed["centre"] = moments.centre
                results.update({name: np.empty(len(moments.centre), np.float32) for name in ("mean", "square")})
            if "painting" in at_border.outputs:
                results["painting"] = np.empty((high - low, self.width, 3), np.uint8)
            session = between if 0 < number < len(self.cuts) - 1 else at_border
            session.run_into(results, {name: feed[name] for name in session.inputs})
            for map_ in kept.values():
                map_.replace(number)
            if moments:
                moments.add(results["mean"], results["square"], high - low)
            if "painting" in results:
                self.painting[low:high] = results["painting"]
            progress((number + 1) / len(self.cuts))
        if moments:
            self.affine[last] = moments.affine(self.stages[last])

    def _rows(self, stage, cut):
        """Return the first row of a strip, and the one after its last, in rows of a stage's result."""
        return [place * self.geometry.lowest // self.geometry.shrinks[stage] for place in cut]

    def _sources(self, first, chains):
        """Yield for each strip what a session takes of the photo, or of the maps that are kept."""
        reads = [chain[-1][1] for chain in chains]
        if not first:
            yield from ({"source": self.photo[low:high]} for low, high in reads)
            return
        margins = [(cut[0] - low, high - cut[1]) for cut, (low, high) in zip(self.cuts, reads, strict=True)]
        walks = {"source": self.maps["result"].walk(margins)}
        if self.stages[first - 1].closes:
            walks["skip"] = self.maps["opened"].walk(margins)
        for parts in zip(*walks.values(), strict=True):
            yield {
                f"{name}{place}": rows
                for name, three in zip(walks, parts, strict=True)
                for place, rows in zip(("_above", "", "_below"), three, strict=True)
            }

    def _centre(self, first, last, session, source):
        """Return the mean of a few rows, as if they were all: near 0 is near enough for float32 to hold the squares."""
        rows = min(FEWEST_ROWS, self.cuts[0][1])
        height = rows * self.geometry.lowest
        if first:
            few = {name: array[:, :, : rows if name in ("source", "skip") else 0] for name, array in source.items()}
            few = {name: np.ascontiguousarray(array) for name, array in few.items()}
        else:
            few = {"source": source["source"][:height]}
        feed = {**self._feed(self._chain(first, last, 0, height // self.geometry.shrinks[last], height)), **few}
        mean = np.empty(self.stages[last].channels, np.float32)
        session.run_into({"mean": mean}, {**feed, "centre": np.zeros((len(mean), 1, 1), np.float32)})
        return mean[:, None, None]

    def _chain(self, first, last, low, high, height):
        """Say for each stage of a pass, from the last to the first, what it does for some rows of the pass's result.

        Returns:
            A list of (stage's index, (first row that it reads, row after the last), padding above and below, which of
            its own rows to keep, from and to).
        """
        chain = []
        for index in range(last, first - 1, -1):
            (low, high), padding, keep = self.geometry.rows(index, low, high, height)
            chain.append((index, (low, high), padding, keep))
        return chain

    def _feed(self, chain):
        """Return what a session takes for such a chain, but for the source."""
        feed = {}
        for index, _, (above, below), keep in chain:
            stage = self.stages[index]
            feed[f"pads_{index}"] = onnx_pads(above, stage.pads[1], below, stage.pads[3])
            if stage.enlarges:
                columns = self.width // self.geometry.shrinks[index]
                feed[f"from_{index}"] = _integers(keep[0], stage.between)
                feed[f"to_{index}"] = _integers(keep[1], stage.between + columns)
        first, last = chain[-1][0], chain[0][0]
        for index in range(max(first - 1, 0), last):
            if self.stages[index].normed:
                feed[f"scale_{index}"], feed[f"shift_{index}"] = self.affine[index]
        return feed


def _integers(*values):
    return np.array(values, np.int64)
