"""Copyart's side of the painting benchmarks. It imports neither Keras nor its backend."""

import importlib
from pathlib import Path

import copyart
from benchmarks.worker import peak_memory, time_repeats


class Painting:
    def __init__(self, folder, threads, style="style"):
        self.folder = Path(folder)
        self.style = self.folder / style
        importlib.import_module("copyart.engine.onnx_engine")  # imports everything that painting needs
        self.imports = peak_memory()
        self.painter = None

    def load(self):
        self.painter = copyart.load(self.style)

    def paint(self, photo="photo.png", brush=None):
        """Paint a photo of the folder and return a picture."""
        return self.painter.paint(self.folder / photo, brush=brush)

    def load_and_paint(self):
        """Load the weights, paint and write, for measuring a cold start."""
        self.load()
        self.save_painting()

    def save_painting(self):
        self.paint().save(self.folder / "copyart.png")

    def time_round(self, count, **arguments):
        return time_repeats(lambda: self.paint(**arguments), count)

    def memory(self):
        return {"imports": self.imports, "peak": peak_memory()}


class Exported(Painting):
    """Paints with ONNX Runtime and the graph that PyTorch exports; NumPy converts the pixels."""

    def load(self):
        import onnxruntime

        self.session = onnxruntime.InferenceSession(self.folder / "style.onnx", providers=["CPUExecutionProvider"])

    def paint(self, photo="photo.png"):
        import numpy as np
        from PIL import Image

        with Image.open(self.folder / photo) as image:
            pixels = np.asarray(image.convert("RGB"), np.float32).transpose(2, 0, 1)[None]
        (painted,) = self.session.run(None, {"photo": pixels / 127.5 - 1})
        values = np.clip(np.round((painted[0].transpose(1, 2, 0) + 1) * 127.5), 0, 255)
        return Image.fromarray(values.astype(np.uint8))
