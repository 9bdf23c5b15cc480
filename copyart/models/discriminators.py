"""The 70×70 PatchGAN discriminator: from a picture to a map of logits, one for each patch."""

import keras
from keras import layers

from copyart.models.layers import InstanceNormalization, NormedConv2D, initializer
from copyart.models.precision import channels_last, precise_dtype


@channels_last()
def patch_discriminator(filters: int = 64, name: str = "discriminator") -> keras.Model:
    """Build the 70×70 PatchGAN. Each logit judges a patch of 70×70 pixels.

    Args:
        filters: Channels of the first layer; 2, 4 and 8 times as many in the next three. Defaults to 64.
        name: Name of the network.

    Returns:
        A `keras.Model` from (batch, height, width, 3) in [-1, 1] to raw logits of shape
        (batch, height / 8 - 2, width / 8 - 2, 1): 30×30 at 256 px, 14×14 at 128 px. Sides must be at least 24.

    Reference:
        Isola et al. 2017, arXiv:1611.07004, appendix 6.1.2; Zhu et al. 2017, arXiv:1703.10593.
    """
    image = layers.Input((None, None, 3), name="image")
    x = _leaky_relu(_convolve(layers.Conv2D, image, filters, 2, "conv_1"), "conv_1")
    for depth in (2, 3, 4):
        x = _convolve(NormedConv2D, x, filters * 2 ** (depth - 1), 2 if depth < 4 else 1, f"conv_{depth}")
        x = InstanceNormalization(name=f"conv_{depth}_norm")(x)
        x = _leaky_relu(x, f"conv_{depth}")
    x = _convolve(layers.Conv2D, x, 1, 1, "verdict")
    x = layers.Activation("linear", dtype=precise_dtype(), name="logits")(x)
    return keras.Model(image, x, name=name)


def _convolve(
    convolution: type[layers.Layer], x: keras.KerasTensor, filters: int, strides: int, name: str
) -> keras.KerasTensor:
    # Zero padding by 1, then "valid", equals PyTorch's padding=1. "same" can pad one side more than the other.
    x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
    return convolution(filters, 4, strides, "valid", kernel_initializer=initializer(), name=name)(x)


def _leaky_relu(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.LeakyReLU(negative_slope=0.2, name=f"{name}_relu")(x)
