"""The ONNX Runtime engine: paint small images whole and large ones strip by strip."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image

from copyart.engine.fast_graph import fast_whole_graph
from copyart.engine.graph_builder import OnnxModel
from copyart.engine.padding import PaddedRows, PixelSink
from copyart.engine.plan import Stage
from copyart.engine.strip_geometry import StripGeometry
from copyart.engine.strip_painter import StripPainter

# ONNX Runtime on Windows sends telemetry that `ORT_DISABLE_TELEMETRY` in `copyart/__init__.py` does not stop.
onnxruntime.disable_telemetry_events()

#: Maximum pixels of an image that is painted whole; twice as many if its feature maps are small. On two threads, strips
#: take 25 to 33 % longer but less memory: 554 instead of 799 MiB for 1 megapixel with the paper's nine-block generator.
WHOLE_PIXELS = 1 << 20
#: Feature maps are small if the largest has at most this many numbers for each pixel of the image. The light
#: generator has small feature maps.
_SMALL_MAP = 8


class OnnxEngine:
    """Paints by a layer plan. Pickling stores the plan; sessions are created when they are first needed.

    Args:
        plan: A layer plan, as `copyart.engine.plan.layer_plan` returns it.
        threads: Number of threads. Defaults to None: one for each core.
        optimized: Whether ONNX Runtime optimises the graph first, which takes longer than painting one small photo.
            Defaults to True.
    """

    #: A photo may have any height and width.
    sides: tuple[int | None, int | None] = (None, None)

    def __init__(self, plan: Sequence[Stage], threads: int | None = None, optimized: bool = True):
        self._threads, self._optimized = threads, optimized
        self.plan = plan
        self._whole: Session | None = None
        self._strips: StripPainter | None = None

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.plan, self._threads, self._optimized)

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo, as `Engine.paint` does.

        Raises:
            ImageError: if the temporary folder is full. It holds the feature maps of very large photos: 32 bytes
                for each pixel with the light generator.
        """
        rows = PaddedRows(photo)
        pixels = math.prod(rows.shape[:2])
        if pixels <= WHOLE_PIXELS or (pixels <= 2 * WHOLE_PIXELS and self._has_small_maps):
            if self._whole is None:
                self._whole = self._create_session(fast_whole_graph(self.plan))
            (painting,) = self._whole.run(None, {"photo": rows[:]})
            return Image.fromarray(painting[: photo.height, : photo.width])
        painting = PixelSink(photo.size)
        if self._strips is None:
            self._strips = StripPainter(self.plan, self._create_session)
        self._strips.paint(rows, painting, progress)
        return painting.image

    @functools.cached_property
    def _has_small_maps(self) -> bool:
        return StripGeometry(self.plan).largest_map <= _SMALL_MAP

    def _create_session(self, model: OnnxModel) -> "Session":
        return Session(model, session_options(self._threads, self._optimized))


class Session:
    """An ONNX Runtime session that uses the model's arrays in place, without copying them.

    Args:
        options: A new `session_options()`; it must not be shared with another session.
    """

    def __init__(self, model: OnnxModel, options: onnxruntime.SessionOptions):
        self._arrays = model.weights
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in model.weights.values()]
        options.add_external_initializers(list(model.weights), values)
        self._session = onnxruntime.InferenceSession(model.file, options, providers=["CPUExecutionProvider"])
        self.run = self._session.run
        self.inputs = [value.name for value in self._session.get_inputs()]
        self.outputs = [value.name for value in self._session.get_outputs()]

    def run_into(self, results: Mapping[str, np.ndarray], feed: Mapping[str, np.ndarray]) -> None:
        """Run the model, and write its outputs into existing arrays.

        Args:
            results: Contiguous arrays of the right shapes, by output name. Other outputs are dropped.
            feed: Arrays by input name.
        """
        binding = self._session.io_binding()
        for name, array in feed.items():
            binding.bind_cpu_input(name, array)
        for name, array in results.items():
            binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        self._session.run_with_iobinding(binding)


def session_options(threads: int | None = None, optimized: bool = True) -> onnxruntime.SessionOptions:
    """Return options for an ONNX Runtime session. All sessions share one memory arena.

    Args:
        threads: Number of threads. Defaults to None: one for each core.
        optimized: Whether the graph is optimised first. Defaults to True.
    """
    _share_memory_arena()
    options = onnxruntime.SessionOptions()
    # Threads spin while they wait for work. They must stop after a run, or they take cores from the code that follows.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.add_session_config_entry("session.use_env_allocators", "1")
    # With memory patterns, the second run would allocate another block, which takes a third more memory in all.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    if threads:
        options.intra_op_num_threads = threads
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


@functools.cache
def _share_memory_arena() -> None:
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, None)
