"""The light generator: a thirtieth of the paper's arithmetic, for laptops, phones and browsers."""

import keras
from keras import layers

from copyart.errors import ConfigError
from copyart.models.blocks import initializer, precise_dtype, residual_block
from copyart.models.layers import EnlargingConv2D, ReflectionPadding2D

#: Small, so that the network starts as a plain encoder and decoder; not 0, so that blocks learn from the first step.
BLOCK_GAIN = 0.1


def light_generator(filters=32, blocks=4, name="generator"):
    """Build the light generator: no features at full resolution, and all depth at a quarter of it.

    The paper's generator spends most of its time, on a CPU, on moving the many features of its first and last layers
    through memory. Here the first layer halves the picture at once and the last one doubles it at once, by repeating
    pixels before it convolves: enlarging itself then draws no checkerboard.

    Only the insides of the residual blocks are normalised. A network whose first layer is normalised cannot tell a
    dark photo from a bright one, nor a pale one from one full of contrast, and learns to reproduce neither
    (docs/decisions/0013).

    Args:
        filters: Channels at half resolution; twice as many at a quarter. Defaults to 32.
        blocks: Residual blocks at a quarter of the resolution. Defaults to 4.
        name: Name of the network.

    Returns:
        A `keras.Model` from (batch, height, width, 3) to the same shape, RGB in [-1, 1]. Height and width are
        free, at least 8 and multiples of 4; others come out larger.

    Raises:
        ConfigError: if an argument is out of its range.

    Reference:
        The gain on the blocks: Bachlechner et al. 2020, "ReZero is All You Need", arXiv:2003.04887.
    """
    if filters < 1 or blocks < 0:
        raise ConfigError(f"filters must be positive and blocks not negative. Received: {filters=}, {blocks=}")
    image = layers.Input((None, None, 3), name="image")
    x = ReflectionPadding2D(3, name="stem_pad")(image)
    x = _halve(x, filters, 7, name="stem")
    x = ReflectionPadding2D(1, name="down_pad")(x)
    x = _halve(x, 2 * filters, 3, name="down")
    for block in range(1, blocks + 1):
        x = residual_block(x, gain=BLOCK_GAIN, name=f"block_{block}")
    x = EnlargingConv2D(filters, 3, kernel_initializer="he_normal", name="up")(x)
    x = layers.ReLU(name="up_relu")(x)
    x = EnlargingConv2D(3, 7, kernel_initializer=initializer(), name="head")(x)
    x = layers.Activation("tanh", dtype=precise_dtype(), name="painting")(x)
    return keras.Model(image, x, name=name)


def _halve(x, filters, size, name):
    x = layers.Conv2D(filters, size, 2, kernel_initializer="he_normal", name=name)(x)
    return layers.ReLU(name=f"{name}_relu")(x)
