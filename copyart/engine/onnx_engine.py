"""The ONNX Runtime engine: it paints small images whole and large ones strip by strip."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import onnxruntime
from PIL import Image

from copyart.engine.fast_graph import fast_picture_graph
from copyart.engine.graph_builder import OnnxModel
from copyart.engine.padding import PaddedRows, PixelSink
from copyart.engine.plan import Stage
from copyart.engine.strip_geometry import StripGeometry
from copyart.engine.strip_painter import StripPainter

# On Windows it sends telemetry in a way that `ORT_DISABLE_TELEMETRY` in `copyart/__init__.py` does not stop.
onnxruntime.disable_telemetry_events()

#: Most pixels of an image that is painted whole; twice as many where the feature maps are small. Strips take a quarter
#: to a third longer on two threads, and less memory: for the paper's nine blocks at 1 megapixel 554 MiB, not 799.
WHOLE_PIXELS = 1 << 20
#: Feature maps are small up to as many numbers for each pixel of the image: the light generator's have as many.
_SMALL_MAP = 8


class OnnxEngine:
    """Paints by a layer plan. Pickled, it takes the plan along; its sessions are made where they are first needed.

    Args:
        plan: A layer plan, as `copyart.engine.plan.layer_plan` returns it.
        threads: How many threads compute. Defaults to None: one for each core.
    """

    #: Height and width that a photo must have: any.
    sides: tuple[int | None, int | None] = (None, None)

    def __init__(self, plan: Sequence[Stage], threads: int | None = None):
        self._threads = threads
        self.plan = plan
        self._small = StripGeometry(plan).largest_map <= _SMALL_MAP
        self._whole: Session | None = None
        self._strips: StripPainter | None = None

    def __reduce__(self):
        return type(self), (self.plan, self._threads)

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo, as `Engine.paint` does.

        Raises:
            ImageError: if the temporary folder is full. It holds the feature maps of very large photos: 32 bytes a
                pixel with the light generator.
        """
        rows = PaddedRows(photo)
        if math.prod(rows.shape[:2]) <= WHOLE_PIXELS * (2 if self._small else 1):
            if self._whole is None:
                self._whole = self._session(fast_picture_graph(self.plan))
            (painting,) = self._whole.run(None, {"photo": rows[:]})
            return Image.fromarray(painting[: photo.height, : photo.width])
        painting = PixelSink(photo.size)
        if self._strips is None:
            self._strips = StripPainter(self.plan, self._session)
        self._strips.paint(rows, painting, progress)
        return painting.image

    def _session(self, model) -> "Session":
        return Session(model, session_options(self._threads))


class Session:
    """A session of ONNX Runtime that computes with the model's arrays in place, without copies.

    Args:
        model: The model.
        options: A `session_options()` of its own.
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
        """Compute into arrays that exist already.

        Args:
            results: Contiguous arrays of the right shapes by name of output; other outputs are dropped.
            feed: Arrays by name of input.
        """
        binding = self._session.io_binding()
        for name, array in feed.items():
            binding.bind_cpu_input(name, array)
        for name, array in results.items():
            binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        self._session.run_with_iobinding(binding)


def session_options(threads: int | None = None) -> onnxruntime.SessionOptions:
    """Return options for a session of ONNX Runtime. All sessions share one memory arena.

    Args:
        threads: How many threads compute. Defaults to None: one for each core.
    """
    _share_arena()
    options = onnxruntime.SessionOptions()
    # Threads spin while they wait for work. After a run they must stop, or they take cores from what comes next.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.add_session_config_entry("session.use_env_allocators", "1")
    # With memory patterns the second run allocates a block beside what the first one took: a third more memory.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    if threads:
        options.intra_op_num_threads = threads
    return options


@functools.cache
def _share_arena() -> None:
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, None)
