"""Discriminators that look through a network which has learnt to see."""

import keras
from keras import layers, ops

from copyart.models.efficientnet import feature_maps

#: Of the maps, whose root mean square lies between 6 and 11 for photos and paintings: the heads see about 1.
_SCALE = 1 / 8
#: How far the part that is looked at moves, in pixels: the largest stride.
_MARGIN = 16
#: Strides of the convolutions of each map's head: all verdicts but those of the last map stand 8 pixels apart.
_STRIDES = ((2, 2), (2, 1), (1, 1), (1, 1))


@keras.saving.register_keras_serializable(package="copyart")
class RandomWindow(layers.Layer):
    """Show a part of the images, elsewhere each time: what strides over it never meets the same pixels.

    A network of strides looks at some pixels more than at others. A generator that is taught by it learns to draw for
    those: a checkerboard.

    Args:
        margin: How many pixels fewer the part has each way. Defaults to 16.
        seed: Of the draws. Defaults to None, a random one.
    """

    def __init__(self, margin=16, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.margin, self.seed = margin, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        """Cut a part out of (batch, height, width, channels), the same one of each; the middle unless training."""
        batch, height, width, channels = ops.shape(images)
        size = (batch, height - self.margin, width - self.margin, channels)
        if not training:
            half = self.margin // 2
            return images[:, half : half + size[1], half : half + size[2]]
        down, across = ops.unstack(keras.random.randint((2,), 0, self.margin + 1, seed=self.seed_generator), 2)
        return ops.slice(images, (0, down, across, 0), size)

    def compute_output_shape(self, shape):
        """Return the shape of the parts."""
        height, width = (side and side - self.margin for side in shape[1:3])
        return (shape[0], height, width, shape[3])

    def get_config(self):
        """Return the arguments of the layer."""
        return {**super().get_config(), "margin": self.margin, "seed": self.seed}


def projected_discriminator(filters=64, features=None, name="discriminator"):
    """Build a discriminator that judges what EfficientNet-lite1 sees in a picture, at four scales.

    The network that sees does not learn; four small heads on its maps do. They need a fraction of the steps that a
    discriminator takes which has to learn to see as well.

    Args:
        filters: Channels of the heads. Defaults to 64.
        features: A `keras.Model` from images to maps at 1/2, 1/4, 1/8 and 1/16 of the resolution. Defaults to None:
            `copyart.models.efficientnet.feature_maps()`.
        name: Name of the network.

    Returns:
        A `keras.Model` from (batch, height, width, 3) in [-1, 1] to raw logits of shape
        (batch, height / 8 - 2, width / 8 - 2, 4), a channel for each scale. Sides must be multiples of 16.

    Raises:
        StyleError: if the weights of EfficientNet-lite1 are not installed.

    Reference:
        Sauer et al. 2021, "Projected GANs Converge Faster", arXiv:2111.01007. Ours has no random mixing of the maps, no
        spectral normalisation, and a PatchGAN's verdicts everywhere.
    """
    image = layers.Input((None, None, 3), name="image")
    maps = (features or feature_maps())(RandomWindow(_MARGIN, name="window")(image))
    verdicts = [
        _head(x, filters, strides, f"scale_{2 ** (i + 1)}")
        for i, (x, strides) in enumerate(zip(maps, _STRIDES, strict=True))
    ]
    verdicts[-1] = layers.UpSampling2D(2, name="verdicts_of_scale_16")(verdicts[-1])
    x = layers.Concatenate(name="verdicts")(verdicts)
    return keras.Model(image, layers.Activation("linear", dtype="float32", name="logits")(x), name=name)


def _head(x, filters, strides, name):
    x = layers.Rescaling(_SCALE, name=f"{name}_scale")(x)
    for i, stride in enumerate(strides, 1):
        size = 4 if stride == 2 else 3
        x = layers.Conv2D(filters, size, stride, "same", kernel_initializer="he_normal", name=f"{name}_conv_{i}")(x)
        x = layers.LayerNormalization(name=f"{name}_norm_{i}")(x)
        x = layers.LeakyReLU(negative_slope=0.2, name=f"{name}_relu_{i}")(x)
    return layers.Conv2D(1, 1, name=f"{name}_verdict")(x)
