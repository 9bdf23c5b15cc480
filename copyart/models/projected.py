"""Projected discriminators: small trained heads on the feature maps of a pretrained network."""

import keras
from keras import layers

from copyart.models.efficientnet import feature_maps
from copyart.models.layers import RandomWindow
from copyart.models.precision import channels_last, precise_dtype

#: Factor on the feature maps. Their root mean square, 6 to 11 for photos and paintings, becomes about 1.
_SCALE = 1 / 8
#: Largest shift of the random window, in pixels: the largest stride of the feature maps.
_MARGIN = 16
#: Strides of the two convolutions of each head, chosen so that logits are 8 pixels apart (16 for the last map).
_STRIDES = ((2, 2), (2, 1), (1, 1), (1, 1))


@channels_last()
def projected_discriminator(
    filters: int = 64, features: keras.Model | None = None, seed: int | None = None, name: str = "discriminator"
) -> keras.Model:
    """Build a discriminator on the feature maps of EfficientNet-lite1, at four scales.

    The pretrained network is frozen. Only the four small heads on its feature maps are trained. They need far fewer
    steps than a discriminator that must also learn its features.

    Args:
        filters: Channels of the heads. Defaults to 64.
        features: A `keras.Model` from images to maps at 1/2, 1/4, 1/8 and 1/16 of the resolution. Defaults to None:
            `copyart.models.efficientnet.feature_maps()`. It is frozen.
        seed: Seed of the random window's positions in training. Defaults to None: a random seed.
        name: Name of the network.

    Returns:
        A `keras.Model` from (batch, height, width, 3) in [-1, 1] to raw logits of shape
        (batch, height / 8 - 2, width / 8 - 2, 4), a channel for each scale. Sides must be multiples of 16.

    Raises:
        StyleError: if the weights of EfficientNet-lite1 are not installed.

    Reference:
        Sauer et al. 2021, "Projected GANs Converge Faster", arXiv:2111.01007. Copyart's discriminator does not
        mix the maps at random, has no spectral normalisation, and gives one logit for each patch at every scale.
    """
    image = layers.Input((None, None, 3), name="image")
    features = features or feature_maps()
    features.trainable = False
    maps = features(RandomWindow(_MARGIN, seed, name="window")(image))
    verdicts = [
        _discriminator_head(x, filters, strides, f"scale_{2 ** (i + 1)}")
        for i, (x, strides) in enumerate(zip(maps, _STRIDES, strict=True))
    ]
    verdicts[-1] = layers.UpSampling2D(2, name="verdicts_of_scale_16")(verdicts[-1])
    x = layers.Concatenate(name="verdicts")(verdicts)
    return keras.Model(image, layers.Activation("linear", dtype=precise_dtype(), name="logits")(x), name=name)


def _discriminator_head(x: keras.KerasTensor, filters: int, strides: tuple[int, ...], name: str) -> keras.KerasTensor:
    x = layers.Rescaling(_SCALE, name=f"{name}_scale")(x)
    for i, stride in enumerate(strides, 1):
        size = 4 if stride == 2 else 3
        x = layers.Conv2D(filters, size, stride, "same", kernel_initializer="he_normal", name=f"{name}_conv_{i}")(x)
        x = layers.LayerNormalization(name=f"{name}_norm_{i}")(x)
        x = layers.LeakyReLU(negative_slope=0.2, name=f"{name}_relu_{i}")(x)
    return layers.Conv2D(1, 1, name=f"{name}_verdict")(x)
