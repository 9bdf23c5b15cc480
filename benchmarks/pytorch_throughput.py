"""PyTorch's side of `benchmarks.throughput`: the same training in each of PyTorch's usual modes."""

import contextlib

import torch

from benchmarks import pytorch_side
from benchmarks.worker import time_repeats

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Throughput(pytorch_side.Training):
    def __init__(self, folder, batch, image_size, blocks, filters, precision, variant):
        super().__init__(folder, torch.get_num_threads(), image_size, blocks, identity_weight=0.0, filters=filters)
        self.ways = variant.split("+")
        torch.backends.cudnn.benchmark = True

    def read_start(self):
        """Load the weights and the batch that Copyart starts from, and move them to the device.

        `variant` decides their memory layout, and whether the networks are compiled.
        """
        super().read_start()
        layout = torch.channels_last if self._has_option("channels_last", "amp", "compile") else torch.contiguous_format
        self.batch = [images.to(DEVICE, memory_format=layout) for images in self.batch]
        for name, network in self.model.networks().items():
            network.to(DEVICE, memory_format=layout)
            if self._has_option("compile"):
                setattr(self.model, name, torch.compile(network))

    def _has_option(self, *ways):
        return any(way in self.ways for way in ways)

    def step(self):
        """Take a training step. With "amp", use bfloat16 in the operations that PyTorch's autocast selects."""
        half = torch.autocast(DEVICE, torch.bfloat16) if self._has_option("amp") else contextlib.nullcontext()
        with half:
            return super().step()

    def fill_pools(self):
        """Fill the image pools, as they are after the first 50 steps of a run."""
        for pool, images in zip((self.model.photo_pool, self.model.art_pool), self.batch, strict=True):
            pool.images = [images[number % len(images)][None].clone() for number in range(pool.size)]

    def time_round(self, count):
        """Return the seconds per step. Every step copies its losses to the host."""
        return sum(time_repeats(self.step, count)) / count
