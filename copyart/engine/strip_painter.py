"""Paint a large image strip by strip, in bounded memory, with the same result as painting it whole.

Instance normalisation needs the mean and variance of a whole feature map before it can normalise any part of it. So the
generator runs in several passes over strips as wide as the image, and each pass ends at the next normalisation. Feature
maps at the lowest resolution, where nearly all of the work is done, are stored between passes. The few large ones at
higher resolutions are computed again in each pass.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from copyart.engine.fast_graph import ends_in_two_upsamplings, fused_strip_graph
from copyart.engine.feature_maps import FileStore, MemoryStore, open_memory_or_file_stores
from copyart.engine.graph_builder import OnnxModel, onnx_pads
from copyart.engine.plan import Stage
from copyart.engine.strip_geometry import FEWEST_ROWS, StripGeometry
from copyart.engine.strip_graph import strip_graph

#: (stage index, *values of `StripGeometry.rows_of_stage`) of each stage of a pass, from the last stage to the first.
_Chain = list[tuple[int, tuple[int, int], tuple[int, int], tuple[int, int]]]


class StripPainter:
    """Paints images of any size by a layer plan.

    Args:
        session: Function that takes an `OnnxModel`, and returns an object with the attributes `inputs`, `outputs` and
            `run_into` of `copyart.engine.onnx_engine.Session`.
    """

    def __init__(self, plan: Sequence[Stage], session: Callable[[OnnxModel], Any]):
        self._geometry = StripGeometry(plan)
        self._passes = [_make_pass(self._geometry, first, last, session) for first, last in self._geometry.passes]

    def paint(self, photo: Any, painting: Any, progress: Callable[[float], object] | None = None) -> None:
        """Paint one photo.

        Args:
            photo: uint8 rows to read by slices: `PaddedRows` or an array (height, width, 3).
            painting: uint8 rows to write by slices: `PixelSink` or an array.
            progress: Called with the painted fraction, in [0, 1]. Defaults to None.

        Raises:
            ImageError: if the temporary folder is full.
        """
        costs = [self._geometry.cost(each.first, each.last) for each in self._passes]
        strips = self._geometry.strips(*photo.shape[:2])
        width = photo.shape[1] // self._geometry.lowest
        with open_memory_or_file_stores(2, self._geometry.kept_channels, width, strips) as stores:
            run = _PassesOverImage(self._geometry, photo, painting, strips, stores)
            for number, each in enumerate(self._passes):
                run.run_pass(each, _progress_of_pass(progress, costs, number))


class _Pass(NamedTuple):
    """A chain of stages and its sessions: one for the strips at the top and bottom of the image, one for the strips
    between them."""

    first: int
    last: int
    at_border: Any
    between: Any


def _make_pass(geometry: StripGeometry, first: int, last: int, session: Callable[[OnnxModel], Any]) -> _Pass:
    plan = geometry.plan
    at_border = session(strip_graph(plan, first, last, geometry.is_stored(last)))
    fused = ends_in_two_upsamplings(plan) and first == len(plan) - 2
    return _Pass(first, last, at_border, session(fused_strip_graph(plan)) if fused else at_border)


def _progress_of_pass(
    progress: Callable[[float], object] | None, costs: Sequence[float], number: int
) -> Callable[[float], object]:
    """Return the progress function of one pass, to be called with the finished fraction of the pass."""
    before, own, total = sum(costs[:number]), costs[number], sum(costs)
    return lambda share: progress and progress((before + share * own) / total)


class _Moments:
    """The mean and the mean square of each channel of a feature map, collected strip by strip."""

    def __init__(self, channels: int):
        #: Subtracted from the feature map before its moments are computed, to keep the squares precise in float32.
        self.centre = np.zeros((channels, 1, 1), np.float32)
        self._rows, self._mean, self._square = 0, np.zeros(channels), np.zeros(channels)

    def add(self, mean: np.ndarray, square: np.ndarray, rows: int) -> None:
        """Add the moments of a strip of `rows` rows."""
        self._rows += rows
        self._mean += (mean - self._mean) * rows / self._rows
        self._square += (square - self._square) * rows / self._rows

    def scale_and_shift(self, stage: Stage) -> tuple[np.ndarray, ...]:
        """Return the scale and shift of each channel, float32 (channels, 1, 1), that normalise a stage's result."""
        variance = np.maximum(self._square - self._mean**2, 0)
        scale = (1 if stage.gain is None else stage.gain) / np.sqrt(variance + stage.epsilon)
        mean = self._mean + self.centre[:, 0, 0]
        shift = (0 if stage.offset is None else stage.offset) - mean * scale
        return tuple(part.astype(np.float32)[:, None, None] for part in (scale, shift))


class _PassesOverImage:
    """The passes over one image."""

    def __init__(
        self,
        geometry: StripGeometry,
        photo: Any,
        painting: Any,
        strips: Sequence[tuple[int, int]],
        stores: Sequence[MemoryStore | FileStore],
    ):
        self.geometry, self.plan = geometry, geometry.plan
        self.photo, self.painting = photo, painting
        self.height, self.width = photo.shape[:2]
        self.strips = strips
        #: `result` stores the latest kept result of a pass, and `opened` the input of the current residual block.
        self.stores = dict(zip(("result", "opened"), stores, strict=True))
        self.scale_and_shift: dict[int, tuple[np.ndarray, ...]] = {}

    def run_pass(self, pass_: _Pass, progress: Callable[[float], object]) -> None:
        """Run one pass over all strips."""
        first, last, at_border, between = pass_
        moments = _Moments(self.plan[last].channels) if self.plan[last].normed else None
        kept = {name: self.stores[name] for name in at_border.outputs if name in self.stores}
        bounds = [self._rows_of_strip(last, strip) for strip in self.strips]
        chains = [self._rows_through_pass(first, last, low, high, self.height) for low, high in bounds]
        for number, source in enumerate(self._strip_inputs(first, chains)):
            if moments and not number:
                moments.centre = self._approximate_means(first, last, at_border, source)
            low, high = bounds[number]
            feed = {**self._session_inputs(chains[number]), **source}
            results = {name: store.new_strip(number) for name, store in kept.items()}
            if moments:
                feed["centre"] = moments.centre
                results.update({name: np.empty(len(moments.centre), np.float32) for name in ("mean", "square")})
            if "painting" in at_border.outputs:
                results["painting"] = np.empty((high - low, self.width, 3), np.uint8)
            session = between if 0 < number < len(self.strips) - 1 else at_border
            session.run_into(results, {name: feed[name] for name in session.inputs})
            for store in kept.values():
                store.write(number)
            if moments:
                moments.add(results["mean"], results["square"], high - low)
            if "painting" in results:
                self.painting[low:high] = results["painting"]
            progress((number + 1) / len(self.strips))
        if moments:
            self.scale_and_shift[last] = moments.scale_and_shift(self.plan[last])

    def _rows_of_strip(self, index: int, strip: tuple[int, int]) -> list[int]:
        """Return the first row of a strip and the row after its last, in rows of a stage's result."""
        return [row * self.geometry.lowest // self.geometry.downscales[index] for row in strip]

    def _strip_inputs(self, first: int, chains: Sequence[_Chain]) -> Iterator[dict[str, np.ndarray]]:
        """Yield the input rows for each strip, from the photo or the stored feature maps."""
        reads = [chain[-1][1] for chain in chains]
        if not first:
            yield from ({"source": self.photo[low:high]} for low, high in reads)
            return
        margins = [(strip[0] - low, high - strip[1]) for strip, (low, high) in zip(self.strips, reads, strict=True)]
        readers = {"source": self.stores["result"].read(margins)}
        if self.plan[first - 1].ends_block:
            readers["skip"] = self.stores["opened"].read(margins)
        for parts in zip(*readers.values(), strict=True):
            yield {
                f"{name}{place}": rows
                for name, three in zip(readers, parts, strict=True)
                for place, rows in zip(("_above", "", "_below"), three, strict=True)
            }

    def _approximate_means(self, first: int, last: int, session: Any, source: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the channel means of a stage's result for the image's first few rows alone. They are near enough to
        the true means to keep the squares precise in float32."""
        rows = min(FEWEST_ROWS, self.strips[0][1])
        height = rows * self.geometry.lowest
        if first:
            few = {name: array[:, :, : rows if name in ("source", "skip") else 0] for name, array in source.items()}
            few = {name: np.ascontiguousarray(array) for name, array in few.items()}
        else:
            few = {"source": source["source"][:height]}
        chain = self._rows_through_pass(first, last, 0, height // self.geometry.downscales[last], height)
        feed = {**self._session_inputs(chain), **few}
        mean = np.empty(self.plan[last].channels, np.float32)
        session.run_into({"mean": mean}, {**feed, "centre": np.zeros((len(mean), 1, 1), np.float32)})
        return mean[:, None, None]

    def _rows_through_pass(self, first: int, last: int, low: int, high: int, height: int) -> _Chain:
        """Return the rows that each stage of a pass reads and keeps to compute rows `low` to `high` of its result.

        Returns:
            A list of (stage index, *values of `StripGeometry.rows_of_stage`), from the last stage to the first.
        """
        chain = []
        for index in range(last, first - 1, -1):
            (low, high), padding, keep = self.geometry.rows_of_stage(index, low, high, height)
            chain.append((index, (low, high), padding, keep))
        return chain

    def _session_inputs(self, chain: _Chain) -> dict[str, np.ndarray]:
        """Return the inputs of the session that runs a chain, except `source…`, `skip…` and `centre`."""
        feed = {}
        for index, _, (above, below), keep in chain:
            stage = self.plan[index]
            feed[f"pads_{index}"] = onnx_pads(above, stage.pads[1], below, stage.pads[3])
            if stage.upsamples:
                columns = self.width // self.geometry.downscales[index]
                feed[f"from_{index}"] = np.array([keep[0], stage.half_pixel], np.int64)
                feed[f"to_{index}"] = np.array([keep[1], stage.half_pixel + columns], np.int64)
        first, last = chain[-1][0], chain[0][0]
        for index in range(max(first - 1, 0), last):
            if self.plan[index].normed:
                feed[f"scale_{index}"], feed[f"shift_{index}"] = self.scale_and_shift[index]
        return feed
