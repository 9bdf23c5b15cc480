"""DiffAugment: differentiable augmentation of the discriminator's inputs, for artists with few paintings."""

import keras
from keras import ops

from copyart.backend import Tensor
from copyart.models.layers import SeededLayer

#: The largest shift and the side of the cut-out square, as fractions of the image's side (Zhao et al. 2020).
_SHIFT, _CUTOUT = 1 / 8, 1 / 2


@keras.saving.register_keras_serializable(package="copyart")
class DiffAugment(SeededLayer):
    """Randomly recolour and shift each image and cut out a square. Gradients pass through.

    Apply it to real and to generated images, both for the discriminators' losses and for the generators'. Otherwise the
    generators learn to make augmented images.

    Args:
        seed: Seed of the random draws. Defaults to None: a random seed.

    Reference:
        Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", arXiv:2006.10738.
    """

    def call(self, images: Tensor) -> Tensor:
        """Augment images.

        Args:
            images: Shape (batch, height, width, 3), in [-1, 1].

        Returns:
            The same shape. Colours may lie outside [-1, 1]. Cut-out pixels, and pixels shifted in from outside, are 0.
        """
        batch, height, width, _ = ops.shape(images)
        draws = ops.unstack(ops.cast(keras.random.uniform((7, batch), seed=self.seed_generator), images.dtype), 7)
        images = _recolour(images, *(draw[:, None, None, None] for draw in draws[:3]))
        square = _cutout_span(draws[3], height)[:, :, None, None] * _cutout_span(draws[4], width)[:, None, :, None]
        images = images * (1 - square)
        images = ops.einsum("bij,bjwc->biwc", _shift_matrix(draws[5], height), images)
        return ops.einsum("bij,bhjc->bhic", _shift_matrix(draws[6], width), images)


def _recolour(images: Tensor, brightness: Tensor, saturation: Tensor, contrast: Tensor) -> Tensor:
    """Change brightness by up to 0.5, saturation by a factor of 0 to 2, contrast by a factor of 0.5 to 1.5."""
    images = images + (brightness - 0.5)
    grey = ops.mean(images, axis=3, keepdims=True)
    images = grey + 2 * saturation * (images - grey)
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + (contrast + 0.5) * (images - mean)


def _cutout_span(draws: Tensor, side: int) -> Tensor:
    """Return 1 for the rows (or columns) of the cut-out square and 0 for others, shape (batch, side)."""
    first = ops.floor(draws * (side + 1)) - int(side * _CUTOUT) // 2
    rows = ops.cast(ops.arange(side), draws.dtype)[None] - first[:, None]
    return ops.cast(ops.logical_and(rows >= 0, rows < int(side * _CUTOUT)), draws.dtype)


def _shift_matrix(draws: Tensor, side: int) -> Tensor:
    """Return matrices, shape (batch, side, side), that shift rows or columns. New ones at the edge are 0."""
    shift = ops.round((2 * draws - 1) * side * _SHIFT)
    rows = ops.cast(ops.arange(side), draws.dtype)
    return ops.cast(rows[None, None, :] == rows[None, :, None] + shift[:, None, None], draws.dtype)
