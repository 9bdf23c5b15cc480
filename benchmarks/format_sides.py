"""Tasks of `benchmarks.formats`: `Exporter`, and one for each export format, which imports only its runtime."""

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.worker import peak_memory, time_repeats


class _Side:
    """Paints picture files into memory, and times it. `load_and_paint` also loads the runtime and writes the painting.

    Args:
        folder: Folder of the photos and the export.
        file: File name of the export.
        threads: Number of threads.
    """

    def __init__(self, folder, file, threads):
        self.folder, self.file, self.threads = Path(folder), file, threads
        self.painted = None

    def paint(self, photo):
        with Image.open(self.folder / photo) as image:
            return Image.fromarray(self.painted(np.asarray(image.convert("RGB"))))

    def load_and_paint(self, photo):
        self.load()
        self.paint(photo).save(self.folder / f"{self.file}.painted.png")

    def time_round(self, count, photo):
        return time_repeats(lambda: self.paint(photo), count)

    def memory(self):
        return {"peak": peak_memory()}


class Style(_Side):
    """Copyart itself, without the second painting for large strokes, which other formats do not do."""

    def load(self):
        import copyart

        painter = copyart.load(self.folder / self.file)
        self.painted = lambda photo: np.asarray(painter.paint(photo, brush=1))


class Keras(_Side):
    """The Keras network with which exports are compared."""

    def load(self):
        import copyart
        from copyart.styles.networks import load_style

        painter = copyart.Painter.from_network(load_style(self.folder / self.file)[0])
        self.painted = lambda photo: np.asarray(painter.paint(photo, brush=1))


class SavedModel(_Side):
    """Plain TensorFlow, with the signature for floats."""

    def load(self):
        import tensorflow as tf

        served = tf.saved_model.load(str(self.folder / self.file))
        self.painted = lambda photo: _painting_as_bytes(
            served.serve(photos=_photo_as_floats(photo))["paintings"].numpy()
        )


class Onnx(_Side):
    """ONNX Runtime."""

    def load(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        path = str(self.folder / self.file)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.painted = lambda photo: session.run(None, {"photo": photo})[0]


class LiteRt(_Side):
    """LiteRT."""

    def load(self):
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(str(self.folder / self.file), num_threads=self.threads)
        self.shape = None
        self.painted = self._run_interpreter

    def _run_interpreter(self, photo):
        (given,), (returned,) = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        batch = _photo_as_floats(photo)
        if batch.shape != self.shape:
            self.shape = batch.shape
            self.interpreter.resize_tensor_input(given["index"], self.shape)
            self.interpreter.allocate_tensors()
        self.interpreter.set_tensor(given["index"], batch)
        self.interpreter.invoke()
        return _painting_as_bytes(self.interpreter.get_tensor(returned["index"]))


def _photo_as_floats(photo):
    return photo[None].astype(np.float32) / np.float32(127.5) - 1


def _painting_as_bytes(paintings):
    return np.rint((np.clip(paintings[0], -1, 1) + 1) * np.float32(127.5)).astype(np.uint8)


class Exporter:
    """Writes a style in every format, and compares each export with the style."""

    def __init__(self, folder, style):
        self.folder, self.style = Path(folder), style

    def export(self, forms):
        """Export the style in some forms, (file, kind, options) each, and return the reports by file."""
        import copyart
        from copyart import export

        painter, reports = copyart.load(self.style), {}
        writers = {
            "saved-model": export.saved_model,
            "onnx": export.onnx,
            "litert": export.litert,
            "web": export.web,
        }
        for file, kind, options in forms:
            report = writers[kind](painter, self.folder / file, **options)
            reports[file] = {
                "bytes": report.size,
                "max": 255 * report.max_painting_difference,
                "mean": 255 * report.mean_painting_difference,
                "runtime": report.runtime,
            }
        return reports

    def save_as_folder(self, file):
        """Save the style as a folder, and return how its paintings differ from the Keras network's, and its size."""
        import copyart
        from copyart.export.comparison import Limits, compare
        from copyart.export.reference import comparison_photos, reference_network
        from copyart.styles.networks import save_style

        painter = copyart.load(self.style)
        save_style(self.folder / file, painter.network, {"name": "benchmark"}, half=True)
        painter = copyart.load(self.folder / file)
        photos = comparison_photos()
        found = compare(
            reference_network(painter),
            photos,
            lambda photo: np.asarray(painter.paint(photo, brush=1)),
            Limits(256, 256),
            "the style",
        )
        size = sum(path.stat().st_size for path in (self.folder / file).iterdir())
        return {
            "bytes": size,
            "max": 255 * found["max_painting_difference"],
            "mean": 255 * found["mean_painting_difference"],
            "runtime": "copyart",
        }
