"""The paper's generator."""

import keras
from keras import layers

from copyart.errors import ConfigError
from copyart.models.blocks import convolve, initializer, norm_relu, precise_dtype, residual_block
from copyart.models.layers import NormedConv2DTranspose, ReflectionPadding2D

UPSAMPLINGS = ("transpose", "resize")


def resnet_generator(filters=64, blocks=9, upsampling="transpose", dropout=0.0, name="generator"):
    """Build the paper's generator: down twice, residual blocks, up twice.

    Args:
        filters: Channels at full resolution; twice and four times as many below. Defaults to 64.
        blocks: Residual blocks at a quarter of the resolution. The paper takes 6 at 128 px and 9 at 256 px.
        upsampling: `"transpose"`, the paper's transposed convolutions, or `"resize"`, which doubles the pixels and
            then convolves, and so leaves no checkerboard. Defaults to `"transpose"`.
        dropout: Share of features dropped inside each block while training, in [0, 1). Defaults to 0.
        name: Name of the network.

    Returns:
        A `keras.Model` from (batch, height, width, 3) to the same shape, RGB in [-1, 1]. Height and width are
        free, at least 8 and multiples of 4; others come out larger.

    Raises:
        ConfigError: if an argument is out of its range.

    Reference:
        Zhu et al. 2017, arXiv:1703.10593, appendix 7.2; Johnson et al. 2016, arXiv:1603.08155.
    """
    _check(filters, blocks, upsampling, dropout)
    image = layers.Input((None, None, 3), name="image")
    x = ReflectionPadding2D(3, name="stem_pad")(image)
    x = convolve(x, filters, 7, name="stem")
    x = norm_relu(x, name="stem")
    for depth in (1, 2):
        x = layers.ZeroPadding2D(1, name=f"down_{depth}_pad")(x)
        x = convolve(x, filters * 2**depth, 3, strides=2, name=f"down_{depth}")
        x = norm_relu(x, name=f"down_{depth}")
    for block in range(1, blocks + 1):
        x = residual_block(x, dropout, name=f"block_{block}")
    for step in (1, 2):
        x = _double(x, filters * 2 ** (2 - step), upsampling, name=f"up_{step}")
        x = norm_relu(x, name=f"up_{step}")
    x = ReflectionPadding2D(3, name="head_pad")(x)
    x = layers.Conv2D(3, 7, kernel_initializer=initializer(), name="head")(x)
    x = layers.Activation("tanh", dtype=precise_dtype(), name="painting")(x)
    return keras.Model(image, x, name=name)


def _check(filters, blocks, upsampling, dropout):
    if upsampling not in UPSAMPLINGS:
        raise ConfigError(f"upsampling must be one of {', '.join(UPSAMPLINGS)}. Received: upsampling={upsampling!r}")
    if filters < 1 or blocks < 0:
        raise ConfigError(f"filters must be positive and blocks not negative. Received: {filters=}, {blocks=}")
    if not 0 <= dropout < 1:
        raise ConfigError(f"dropout must lie in [0, 1). Received: {dropout=}")


def _double(x, filters, upsampling, name):
    if upsampling == "resize":
        x = layers.UpSampling2D(2, interpolation="nearest", name=f"{name}_resize")(x)
        x = ReflectionPadding2D(1, name=f"{name}_pad")(x)
        return convolve(x, filters, 3, name=name)
    # "same" would be a pixel off PyTorch's padding=1, output_padding=1: that is "valid" less its first row and column.
    x = NormedConv2DTranspose(filters, 3, 2, "valid", kernel_initializer=initializer(), name=name)(x)
    return layers.Cropping2D(((1, 0), (1, 0)), name=f"{name}_crop")(x)
