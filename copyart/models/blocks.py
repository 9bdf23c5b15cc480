"""What the generators are put together from."""

import keras
from keras import layers

from copyart.models.layers import InstanceNormalization, NormedConv2D, ReflectionPadding2D

#: Weights start from N(0, 0.02), as in the paper's implementation.
INITIAL_DEVIATION = 0.02


def initializer():
    """Return the initialiser of every kernel: a normal distribution of deviation 0.02."""
    return keras.initializers.RandomNormal(stddev=INITIAL_DEVIATION)


def precise_dtype():
    """Return the type of the weights, which outputs keep where the layers before them compute in half precision."""
    return keras.config.dtype_policy().variable_dtype


def convolve(x, filters, size, name, strides=1):
    """Convolve without padding; instance normalisation is to follow."""
    return NormedConv2D(filters, size, strides, "valid", kernel_initializer=initializer(), name=name)(x)


def norm_relu(x, name, norm=None):
    """Normalise, then drop what is negative; `norm` holds arguments of the normalisation."""
    return layers.ReLU(name=f"{name}_relu")(InstanceNormalization(**(norm or {}), name=f"{name}_norm")(x))


def residual_block(x, dropout=0.0, gain=None, name="block", norm=None):
    """Add to `x` what two convolutions make of it. No ReLU after the sum, as in the paper's implementation.

    Args:
        x: Features, shape (batch, height, width, channels).
        dropout: Share of features dropped between the convolutions while training. Defaults to 0.
        gain: What a learnt factor on the addend starts from. Defaults to None: there is none.
        name: Beginning of the layers' names.
        norm: Arguments of both normalisations. Defaults to None: what `InstanceNormalization` has.
    """
    filters = x.shape[-1]
    y = ReflectionPadding2D(1, name=f"{name}_pad_1")(x)
    y = convolve(y, filters, 3, name=f"{name}_conv_1")
    y = norm_relu(y, name=f"{name}_1", norm=norm)
    if dropout:
        y = layers.Dropout(dropout, name=f"{name}_dropout")(y)
    y = ReflectionPadding2D(1, name=f"{name}_pad_2")(y)
    y = convolve(y, filters, 3, name=f"{name}_conv_2")
    y = InstanceNormalization(**{"gain": gain, **(norm or {})}, name=f"{name}_2_norm")(y)
    return layers.Add(name=f"{name}_sum")([x, y])
