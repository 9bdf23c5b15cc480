"""Painting with ONNX Runtime: small pictures whole, large ones strip by strip."""

import functools
import math

import onnxruntime
from PIL import Image

from copyart.painting.padding import PaddedRows, PictureSink
from copyart.painting.quick_graph import quick_picture_graph
from copyart.painting.strips import Geometry
from copyart.painting.tiling import StripPainter

# On Windows it reports by the system's own means, which `ORT_DISABLE_TELEMETRY` in `copyart/__init__.py` does not stop.
onnxruntime.disable_telemetry_events()

#: Pixels up to which a picture is painted whole; twice as many where the maps are small. In strips it takes a quarter
#: to a third longer on two threads, and less memory: of the paper's nine blocks 554 MiB instead of 799 at 1 megapixel.
WHOLE_PIXELS = 1 << 20
#: Numbers for each pixel of the picture that the largest of small maps has: the light generator's.
_SMALL_MAP = 8


class OnnxEngine:
    """Paints by a plan.

    Args:
        stages: A plan, as `copyart.painting.plan.plan_of` gives it.
        threads: How many to compute with. Defaults to None: one for each core.
    """

    #: Height and width that the network wants: any.
    sides = (None, None)

    def __init__(self, stages, threads=None):
        self._threads = threads
        self.stages = stages
        self._small = Geometry(stages).largest_map <= _SMALL_MAP
        self._whole = self._strips = None

    def paint(self, photo, progress=None):
        """Paint one photo.

        Args:
            photo: An RGB picture.
            progress: Called with the share that is done, in [0, 1], where that takes a while. Defaults to None.

        Returns:
            An RGB picture of the same size.

        Raises:
            ImageError: if the temporary folder has no room for a picture so large that its maps are kept there: 32
                bytes a pixel with the light generator.
        """
        rows = PaddedRows(photo)
        if math.prod(rows.shape[:2]) <= WHOLE_PIXELS * (2 if self._small else 1):
            if self._whole is None:
                self._whole = Session(quick_picture_graph(self.stages), session_options(self._threads))
            (painting,) = self._whole.run(None, {"photo": rows[:]})
            return Image.fromarray(painting[: photo.height, : photo.width])
        painting = PictureSink(photo.size)
        if self._strips is None:
            self._strips = StripPainter(self.stages, lambda model: Session(model, session_options(self._threads)))
        self._strips.paint(rows, painting, progress)
        return painting.image


class Session:
    """A model of ONNX Runtime that computes with our arrays in place, not with copies of them.

    Args:
        model: A `copyart.painting.onnx_writer.Model`.
        options: `session_options()`, for this session alone.
    """

    def __init__(self, model, options):
        self._arrays = model.weights
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in model.weights.values()]
        options.add_external_initializers(list(model.weights), values)
        self._session = onnxruntime.InferenceSession(model.file, options, providers=["CPUExecutionProvider"])
        self.run = self._session.run
        self.inputs = [value.name for value in self._session.get_inputs()]
        self.outputs = [value.name for value in self._session.get_outputs()]

    def run_into(self, results, feed):
        """Compute into arrays that are there already.

        Args:
            results: A dictionary by name of output, of contiguous arrays of the right shapes; other outputs are lost.
            feed: A dictionary of arrays by name of input.
        """
        binding = self._session.io_binding()
        for name, array in feed.items():
            binding.bind_cpu_input(name, array)
        for name, array in results.items():
            binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        self._session.run_with_iobinding(binding)


def session_options(threads=None):
    """Return how sessions of ONNX Runtime are to run: all of them with one store of memory, not one each.

    Args:
        threads: How many to compute with. Defaults to None: one for each core.
    """
    _share_memory()
    options = onnxruntime.SessionOptions()
    # Threads look for work; when a run has ended they must stop, or they take the cores from what comes next.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.add_session_config_entry("session.use_env_allocators", "1")
    # One block for all that a run needs, laid out after the first run, comes beside what that one took: a third more.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    if threads:
        options.intra_op_num_threads = threads
    return options


@functools.cache
def _share_memory():
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, None)
