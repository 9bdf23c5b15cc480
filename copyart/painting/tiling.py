"""Large pictures within bounded memory, strip by strip, and exactly as if painted whole.

Instance normalisation needs the mean and the variance of a whole map before any of it can be normalised. So the
generator is run in passes, each up to the next normalisation, over strips as wide as the picture. The maps at the
lowest resolution, where nearly all the work is done, are kept between the passes in files; those above, of which there
are few and which are large, are computed anew.
"""

import numpy as np

from copyart.painting.graph import strip_graph
from copyart.painting.maps import MapFile, Moments, open_map_file
from copyart.painting.strips import FEWEST_ROWS, Geometry


class StripPainter:
    """Paints pictures of any size by a plan.

    Args:
        stages: The plan.
        session: Makes a session of ONNX Runtime from a model's bytes.
    """

    def __init__(self, stages, session):
        self._geometry = Geometry(stages)
        self._passes = [(*part, session(strip_graph(stages, *part))) for part in self._geometry.passes]

    def paint(self, photo, painting, progress=None):
        """Paint one photo.

        Args:
            photo: What gives rows of bytes, `PaddedRows` or an array.
            painting: What takes them, `PictureSink` or an array.
            progress: Called with the share that is done, in [0, 1]. Defaults to None.

        Raises:
            ImageError: if the temporary folder has no room.
        """
        costs = [self._geometry.cost(first, last) for first, last, _ in self._passes]
        with open_map_file() as main, open_map_file() as skip:
            run = _Run(self._geometry, photo, painting, main, skip)
            for number, (first, last, session) in enumerate(self._passes):
                run.take(first, last, session, _part(progress, costs, number))


def _part(progress, costs, number):
    """Return the progress of one pass: a function of the share that is done of it."""
    before, own, total = sum(costs[:number]), costs[number], sum(costs)
    return lambda share: progress and progress((before + share * own) / total)


class _Run:
    """One picture on its way through the passes."""

    def __init__(self, geometry, photo, painting, main, skip):
        self.geometry, self.stages = geometry, geometry.stages
        self.photo, self.painting = photo, painting
        self.height, self.width = photo.shape[:2]
        channels = self.stages[geometry.shrinks.index(geometry.lowest)].channels
        self.main, self.skip = (MapFile(file, channels, self.width // geometry.lowest) for file in (main, skip))
        self.affine = {}

    def take(self, first, last, session, progress):
        """Run one pass over all strips."""
        strips = self.geometry.strips(first, last, self.height, self.width)
        ends, keeps = last == len(self.stages) - 1, self.geometry.keeps(last)
        moments = None if ends else self._centred_moments(first, last, session)
        wanted = [name for name in session.outputs if keeps or name != "result"]
        for number, (low, high) in enumerate(strips):
            feed, above = self._feed(first, last, low, high, moments)
            found = dict(zip(wanted, session.run(wanted, feed), strict=True))
            if ends:
                self.painting[low:high] = found["painting"]
            else:
                moments.add(found["mean"], found["square"], high - low)
            if "opened" in found:
                self.skip.write_later(low, found["opened"][above : above + high - low])
            if keeps:
                self.main.write_later(low, found["result"])
            progress((number + 1) / len(strips))
        self.main.settle()
        self.skip.settle()
        if not ends:
            self.affine[last] = moments.affine(self.stages[last], centred=keeps)

    def _centred_moments(self, first, last, session):
        """Return empty moments around the mean of a few rows: near 0 is near enough for float32 to hold the squares."""
        moments = Moments(self.stages[last].channels)
        rows = min(FEWEST_ROWS, self.height // self.geometry.shrinks[last])
        (mean,) = session.run(["mean"], self._feed(first, last, 0, rows, moments)[0])
        moments.centre = mean[:, None, None]
        return moments

    def _feed(self, first, last, low, high, moments):
        """Return what a session takes for some rows, and how many rows of its source lie above them."""
        feed, start = {"centre": moments.centre} if moments else {}, low
        for index in range(last, first - 1, -1):
            stage = self.stages[index]
            (low, high), (above, below), keep = self.geometry.rows(index, low, high, self.height)
            feed[f"pads_{index}"] = np.array([0, 0, above, stage.pads[1], 0, 0, below, stage.pads[3]])
            if stage.enlarges:
                feed[f"rows_{index}"] = np.array(keep)
            if index < last and stage.normed:
                feed[f"scale_{index}"], feed[f"shift_{index}"] = self.affine[index]
        return {**feed, **self._source(first, low, high)}, start - low

    def _source(self, first, low, high):
        if not first:
            return {"source": self.photo[low:high]}
        before = first - 1
        scale, shift = self.affine[before]
        feed = {"source": self.main.read(low, high), f"scale_{before}": scale, f"shift_{before}": shift}
        if self.stages[before].closes:
            feed["skip"] = self.skip.read(low, high)
        return feed
