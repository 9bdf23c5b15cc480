"""Tasks for other runtimes of the light generator, run by `benchmarks.worker`. Each imports only what it needs."""

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.worker import timed


class Writing:
    """Writes the style of the folder in the format of each runtime."""

    def __init__(self, folder, threads):
        self.folder = Path(folder)

    def write(self):
        from copyart.engine.fast_graph import fast_whole_graph
        from copyart.styles import open_style

        plan = open_style(self.folder / "light").plan
        (self.folder / "light.onnx").write_bytes(fast_whole_graph(plan).to_bytes())
        self._write_litert()

    def _write_litert(self):
        from copyart.export.litert_conversion import converted
        from copyart.styles.networks import load_style

        network, _ = load_style(self.folder / "light")
        (self.folder / "light.tflite").write_bytes(converted(network, "float32", feeds=None))


class _Runtime:
    def __init__(self, folder, threads):
        self.folder, self.threads = Path(folder), threads

    def paint(self):
        with Image.open(self.folder / "photo.png") as image:
            return Image.fromarray(self.painted(np.asarray(image.convert("RGB"))))

    def first(self):
        self.load()
        self.paint().save(self.folder / "rival.png")

    def round(self, count):
        return timed(self.paint, count)


class OpenVino(_Runtime):
    def load(self):
        import openvino

        core = openvino.Core()
        limits = {"INFERENCE_NUM_THREADS": self.threads}
        self.model = core.compile_model(core.read_model(self.folder / "light.onnx"), "CPU", limits)

    def painted(self, pixels):
        return self.model([pixels])[0]


class LiteRt(_Runtime):
    def load(self):
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(str(self.folder / "light.tflite"), num_threads=self.threads)
        self.shape = None

    def painted(self, pixels):
        (photos,), (paintings,) = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        if pixels.shape != self.shape:
            self.shape = pixels.shape
            self.interpreter.resize_tensor_input(photos["index"], (1, *self.shape))
            self.interpreter.allocate_tensors()
        self.interpreter.set_tensor(photos["index"], pixels[None].astype(np.float32) / 127.5 - 1)
        self.interpreter.invoke()
        return _bytes(self.interpreter.get_tensor(paintings["index"])[0])


class Keras(_Runtime):
    def load(self):
        import copyart
        from copyart.styles.networks import load_style

        self.painter = copyart.Painter.from_network(load_style(self.folder / "light")[0])

    def painted(self, pixels):
        return np.asarray(self.painter.paint(pixels))


def _bytes(painted):
    return np.clip(np.round((painted + 1) * 127.5), 0, 255).astype(np.uint8)
