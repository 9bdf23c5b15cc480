"""Generators in PyTorch, written from the papers, with the tensor names of pytorch-CycleGAN-and-pix2pix and CUT.

Module n of `model` is the n-th of the paper's layers, counting paddings, norms, activations and blurs.
"""

import torch
import torch.nn.functional as functional
from torch import nn


class Block(nn.Module):
    def __init__(self, channels, dropout, tracked):
        super().__init__()
        drop = [nn.Dropout(0.5)] if dropout else []
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            *norm_and_relu(channels, tracked),
            *drop,
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            norm_and_relu(channels, tracked)[0],
        )

    def forward(self, x):
        return x + self.conv_block(x)


class Blur(nn.Module):
    """CUT's fixed filters: [1, 2, 1] halves the resolution, and [1, 3, 3, 1] doubles it."""

    def __init__(self, channels, taps):
        super().__init__()
        taps = torch.tensor(taps, dtype=torch.float32)
        kernel = torch.outer(taps, taps)
        kernel = kernel / kernel.sum() * (4 if len(taps) == 4 else 1)
        self.register_buffer("filt", kernel.repeat(channels, 1, 1, 1))

    def forward(self, x):
        channels, _, side, _ = self.filt.shape
        if side == 3:
            return functional.conv2d(functional.pad(x, (1,) * 4, "reflect"), self.filt, stride=2, groups=channels)
        padded = functional.pad(x, (1,) * 4, "replicate")
        enlarged = functional.conv_transpose2d(padded, self.filt, stride=2, padding=2, groups=channels)
        return enlarged[:, :, 1:-1, 1:-1]


class Generator(nn.Module):
    def __init__(self, filters=64, blocks=9, dropout=False, antialias=(), tracked=False):
        super().__init__()
        modules = [nn.ReflectionPad2d(3), nn.Conv2d(3, filters, 7), *norm_and_relu(filters, tracked)]
        for channels in (filters, 2 * filters):
            modules += halving_layers(channels, 2 * channels, "down" in antialias, tracked)
        modules += [Block(4 * filters, dropout, tracked) for _ in range(blocks)]
        for channels in (4 * filters, 2 * filters):
            modules += doubling_layers(channels, channels // 2, "up" in antialias, tracked)
        modules += [nn.ReflectionPad2d(3), nn.Conv2d(filters, 3, 7), nn.Tanh()]
        self.model = nn.Sequential(*modules)

    def forward(self, x):
        return self.model(x)


def halving_layers(before, after, blurred, tracked):
    convolution = nn.Conv2d(before, after, 3, 1 if blurred else 2, padding=1)
    return [convolution, *norm_and_relu(after, tracked), *([Blur(after, [1, 2, 1])] if blurred else [])]


def doubling_layers(before, after, blurred, tracked):
    if blurred:
        return [Blur(before, [1, 3, 3, 1]), nn.Conv2d(before, after, 3, padding=1), *norm_and_relu(after, tracked)]
    convolution = nn.ConvTranspose2d(before, after, 3, stride=2, padding=1, output_padding=1)
    return [convolution, *norm_and_relu(after, tracked)]


def norm_and_relu(channels, tracked):
    return nn.InstanceNorm2d(channels, track_running_stats=tracked), nn.ReLU()


def make_generator(seed, **arguments):
    """Return a generator with weights so large that its output is far from grey."""
    torch.manual_seed(seed)
    network = Generator(**arguments).eval()
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0.0, 0.2)
            nn.init.normal_(module.bias, 0.0, 0.2)
    return network
