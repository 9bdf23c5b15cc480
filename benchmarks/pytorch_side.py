"""PyTorch's side of each comparison, run by `benchmarks.worker`."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks import pytorch_cyclegan
from benchmarks.worker import peak_memory, time_repeats


class Training:
    def __init__(self, folder, threads, image_size, blocks, identity_weight, filters=64):
        self.folder = Path(folder)
        torch.set_num_threads(threads)
        self.imports = peak_memory()
        self.model = pytorch_cyclegan.CycleGAN(blocks, filters, filters, identity_weight=identity_weight)
        self.batch = None

    def read_start(self):
        """Start from the same weights and batch as Copyart."""
        for name, network in self.model.networks().items():
            with np.load(self.folder / f"{name}.npz") as weights:
                pytorch_cyclegan.load_weights(network, weights)
        with np.load(self.folder / "batch.npz") as batch:
            pair = [batch["photos"], batch["art"]]
        self.batch = [torch.from_numpy(images.transpose(0, 3, 1, 2).copy()) for images in pair]

    def step(self):
        return self.model.train_step(*self.batch)

    def fill_pools(self):
        """Fill the image pools, as they are after the first 50 steps of a run."""
        for pool, images in zip((self.model.photo_pool, self.model.art_pool), self.batch, strict=True):
            pool.images = [images.clone() for _ in range(pool.size)]

    def time_round(self, count):
        return time_repeats(self.step, count)

    def memory(self):
        return {"imports": self.imports, "peak": peak_memory()}


class Painting:
    def __init__(self, folder, threads):
        self.folder = Path(folder)
        torch.set_num_threads(threads)
        self.imports = peak_memory()
        self.network = None

    def write_weights(self, blocks, filters=64):
        """Save Copyart's weights as a PyTorch state dict."""
        network = pytorch_cyclegan.Generator(filters, blocks)
        with np.load(self.folder / "photo_to_art.npz") as weights:
            pytorch_cyclegan.load_weights(network, weights)
        torch.save({"blocks": blocks, "filters": filters, "weights": network.state_dict()}, self.folder / "style.pt")

    def load(self):
        style = torch.load(self.folder / "style.pt")
        self.network = pytorch_cyclegan.Generator(style["filters"], style["blocks"]).eval()
        self.network.load_state_dict(style["weights"])

    def export(self):
        """Export the network to ONNX, for pictures of any size."""
        photo = torch.zeros(1, 3, 64, 64)
        sides = {2: "height", 3: "width"}
        names = {
            "input_names": ["photo"],
            "output_names": ["painting"],
            "dynamic_axes": {"photo": sides, "painting": sides},
        }
        torch.onnx.export(self.network, (photo,), self.folder / "style.onnx", dynamo=False, **names)

    def paint(self, photo="photo.png"):
        """Paint a photo of the folder and return a picture."""
        with Image.open(self.folder / photo) as image:
            pixels = np.asarray(image.convert("RGB"), np.float32)
        with torch.inference_mode():
            painted = self.network(torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1)
        values = (painted[0].permute(1, 2, 0).numpy() + 1) * 127.5
        return Image.fromarray(np.clip(np.round(values), 0, 255).astype(np.uint8))

    def load_and_paint(self):
        """Load the weights, paint and write, for measuring a cold start."""
        self.load()
        self.save_painting()

    def save_painting(self):
        self.paint().save(self.folder / "pytorch.png")

    def time_round(self, count, photo="photo.png"):
        return time_repeats(lambda: self.paint(photo), count)

    def memory(self):
        return {"imports": self.imports, "peak": peak_memory()}
