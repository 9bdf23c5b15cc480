"""SqueezeNet 1.1, a small bundled ImageNet network (MIT): a judge, and the basis of the attribution classifier."""

from pathlib import Path

import keras
import numpy as np
from keras import layers
from safetensors.numpy import load_file

from copyart.models.precision import channels_last, dtype_policy

TITLE = "SqueezeNet"
#: Side of the network's input, in pixels.
SIDE = 227
#: Written by `scripts/make_squeezenet.py`.
WEIGHTS = Path(__file__).parent / "data" / "squeezenet.safetensors"
#: Means of red, green and blue in ImageNet. They are subtracted, as when the weights were trained.
_MEANS = (122.679, 116.669, 104.006)
#: Channels to which fire2 to fire9 squeeze. Each then expands to eight times as many, half with each kernel size.
_SQUEEZED = (16, 16, 32, 32, 48, 48, 64, 64)
#: The fire modules that follow a pooling layer.
_POOLED = (2, 4, 6)
#: The fire modules whose features the attribution classifier uses. They range from strokes to objects.
_ATTRIBUTING = (3, 5, 7, 9)


@channels_last()
def feature_maps() -> keras.Model:
    """Build the network up to its last fire module, fire9, in float32.

    Returns:
        A `keras.Model` from (batch, 227, 227, 3), RGB in [-1, 1], to (batch, 13, 13, 512).

    Reference:
        Iandola et al. 2016, arXiv:1602.07360; version 1.1 has smaller kernels and pools earlier.
    """
    arrays = load_file(WEIGHTS)
    with dtype_policy("float32"):
        image = layers.Input((SIDE, SIDE, 3), name="image")
        x = layers.Rescaling(127.5, [127.5 - mean for mean in _MEANS], name="scale")(image)
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name="pad")(x)
        x = layers.Conv2D(64, 3, 2, activation="relu", name="conv1")(x)
        for number, channels in enumerate(_SQUEEZED, 2):
            if number in _POOLED:
                x = layers.MaxPooling2D(3, 2, name=f"pool{number}")(x)
            x = _fire_module(x, f"fire{number}", channels)
        network = keras.Model(image, x, name="squeezenet")
    for layer in network.layers:
        if layer.weights:
            name = layer.name.replace("_", "/")
            layer.set_weights([arrays[f"{name}.{part}"].astype(np.float32) for part in ("kernel", "bias")])
    return network


@channels_last()
def pooled_features() -> keras.Model:
    """Build the network up to the means of fire9's 512 channels.

    Returns:
        A `keras.Model` from (batch, 227, 227, 3), RGB in [-1, 1], to (batch, 512).
    """
    maps = feature_maps()
    with dtype_policy("float32"):
        pooled = layers.GlobalAveragePooling2D(name="features")(maps.output)
    return keras.Model(maps.input, pooled, name="squeezenet")


@channels_last()
def layer_features() -> keras.Model:
    """Build the network up to the means of the channels of fire3, fire5, fire7 and fire9.

    Returns:
        A `keras.Model` from (batch, 227, 227, 3), RGB in [-1, 1], to (batch, 1280); the last 512 are
        `pooled_features`.
    """
    maps = feature_maps()
    with dtype_policy("float32"):
        chosen = [maps.get_layer(f"fire{number}_concat").output for number in _ATTRIBUTING]
        means = layers.Concatenate(name="features")([layers.GlobalAveragePooling2D()(x) for x in chosen])
    return keras.Model(maps.input, means, name="squeezenet")


def _fire_module(x: keras.KerasTensor, name: str, channels: int) -> keras.KerasTensor:
    """Squeeze the channels, then expand them by 1×1 and 3×3 kernels in parallel."""
    x = layers.Conv2D(channels, 1, activation="relu", name=f"{name}_squeeze1x1")(x)
    wide = [
        layers.Conv2D(4 * channels, kernel, padding="same", activation="relu", name=f"{name}_expand{kernel}x{kernel}")
        for kernel in (1, 3)
    ]
    return layers.Concatenate(name=f"{name}_concat")([layer(x) for layer in wide])
