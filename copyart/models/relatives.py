"""Near relatives of the paper's generator: those of other projects whose trained weights come in as styles."""

import keras
from keras import layers

from copyart.errors import ConfigError
from copyart.models.blocks import convolve, initializer, norm_relu, precise_dtype, residual_block
from copyart.models.layers import NormedConv2DTranspose, ReflectionPadding2D

#: Which ways of the CUT project's generator are anti-aliased.
ANTIALIASED = ("both", "down", "up")
#: Of `InstanceNormalization` in tensorflow_addons, unless another is given there.
ADDONS_EPSILON = 1e-3


def cut_generator(filters=64, blocks=9, antialias="both", dropout=0.0, name="generator"):
    """Build the CUT project's generator: the paper's, made smaller and larger again without aliasing.

    Downwards it convolves at full size and then keeps every second pixel of a blurred map; upwards it enlarges
    bilinearly and then convolves. The blurs are fixed.

    Args:
        filters: Channels at full resolution; twice and four times as many below. Defaults to 64.
        blocks: Residual blocks at a quarter of the resolution. Defaults to 9.
        antialias: `"down"`, `"up"` or `"both"`; the other way is the paper's. Defaults to `"both"`.
        dropout: Share of features dropped inside each block while training, in [0, 1). Defaults to 0.
        name: Name of the network.

    Returns:
        A `keras.Model`, as `resnet_generator` gives it.

    Raises:
        ConfigError: if an argument is out of its range.

    Reference:
        Park et al. 2020, "Contrastive Learning for Unpaired Image-to-Image Translation", arXiv:2007.15651; the blur:
        Zhang 2019, "Making Convolutional Networks Shift-Invariant Again", arXiv:1904.11486.
    """
    if antialias not in ANTIALIASED:
        raise ConfigError(f"antialias must be one of {', '.join(ANTIALIASED)}. Received: {antialias=}")
    _check(filters, blocks)
    if not 0 <= dropout < 1:
        raise ConfigError(f"dropout must lie in [0, 1). Received: {dropout=}")
    image, x = _begin(filters)
    for depth in (1, 2):
        x = _halve(x, filters * 2**depth, antialias != "up", name=f"down_{depth}")
    for block in range(1, blocks + 1):
        x = residual_block(x, dropout, name=f"block_{block}")
    for step in (1, 2):
        x = _double(x, filters * 2 ** (2 - step), antialias != "down", name=f"up_{step}")
    return _end(image, x, name)


def keras_example_generator(filters=64, blocks=9, epsilon=ADDONS_EPSILON, name="generator"):
    """Build the generator of the CycleGAN example on keras.io, as it was with tensorflow_addons.

    Its normalisations learn a factor and an addend for each channel, and where TensorFlow pads as it likes it pads to
    the right and below only.

    Args:
        filters: Channels at full resolution; twice and four times as many below. Defaults to 64.
        blocks: Residual blocks at a quarter of the resolution. Defaults to 9.
        epsilon: Of the normalisations. Defaults to 1e-3.
        name: Name of the network.

    Returns:
        A `keras.Model`, as `resnet_generator` gives it.

    Raises:
        ConfigError: if an argument is out of its range.

    Reference:
        A. K. Nain, "CycleGAN", https://keras.io/examples/generative/cyclegan
    """
    _check(filters, blocks)
    norm = {"epsilon": epsilon, "gain": 1.0, "center": True}
    image, x = _begin(filters, norm)
    for depth in (1, 2):
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"down_{depth}_pad")(x)
        x = convolve(x, filters * 2**depth, 3, strides=2, name=f"down_{depth}")
        x = norm_relu(x, name=f"down_{depth}", norm=norm)
    for block in range(1, blocks + 1):
        x = residual_block(x, name=f"block_{block}", norm=norm)
    for step in (1, 2):
        x = _transposed(x, filters * 2 ** (2 - step), ((0, 1), (0, 1)), name=f"up_{step}")
        x = norm_relu(x, name=f"up_{step}", norm=norm)
    return _end(image, x, name)


def _check(filters, blocks):
    if filters < 1 or blocks < 0:
        raise ConfigError(f"filters must be positive and blocks not negative. Received: {filters=}, {blocks=}")


def _begin(filters, norm=None):
    image = layers.Input((None, None, 3), name="image")
    x = ReflectionPadding2D(3, name="stem_pad")(image)
    x = convolve(x, filters, 7, name="stem")
    return image, norm_relu(x, name="stem", norm=norm)


def _halve(x, filters, antialiased, name):
    x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
    x = convolve(x, filters, 3, strides=1 if antialiased else 2, name=name)
    x = norm_relu(x, name=name)
    if not antialiased:
        return x
    # Two means of two neighbours, one after the other, weigh three by 1/4, 1/2, 1/4: the project's blur.
    x = ReflectionPadding2D(1, name=f"{name}_blur_pad")(x)
    x = layers.AveragePooling2D(2, 1, name=f"{name}_blur")(x)
    return layers.AveragePooling2D(2, 2, name=f"{name}_skip")(x)


def _double(x, filters, antialiased, name):
    if antialiased:
        # The project's transposed blur of 1, 3, 3, 1 with the border repeated is the same arithmetic.
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_blur")(x)
        x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
        x = convolve(x, filters, 3, name=name)
    else:
        x = _transposed(x, filters, ((1, 0), (1, 0)), name)
    return norm_relu(x, name=name)


def _transposed(x, filters, crop, name):
    x = NormedConv2DTranspose(filters, 3, 2, "valid", kernel_initializer=initializer(), name=name)(x)
    return layers.Cropping2D(crop, name=f"{name}_crop")(x)


def _end(image, x, name):
    x = ReflectionPadding2D(3, name="head_pad")(x)
    x = layers.Conv2D(3, 7, kernel_initializer=initializer(), name="head")(x)
    x = layers.Activation("tanh", dtype=precise_dtype(), name="painting")(x)
    return keras.Model(image, x, name=name)
