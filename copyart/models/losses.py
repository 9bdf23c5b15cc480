"""The losses of a CycleGAN: least squares, absolute error, and checkerboard artifacts, in float32 or better."""

from typing import Any

import keras
import numpy as np
from keras import ops

from copyart.backend import Tensor

#: Rows, each over 4 pixels: a constant, a wave of period 4, this wave shifted by a quarter period, a wave of period 2.
_WAVES = np.array([[1, 1, 1, 1], [2**0.5, 0, -(2**0.5), 0], [0, 2**0.5, 0, -(2**0.5)], [1, -1, 1, -1]]) / 2
#: Mean energy of each vertical wave times each horizontal wave, in 288 crops of 128 pixels from photos of 284 pixels.
_PHOTO_ENERGY = 1e-6 * np.array([[1, 200, 200, 20], [200, 30, 30, 4], [200, 30, 30, 4], [20, 4, 4, 0.65]])
#: Weight of each energy: 1 / its mean in photos; 0 for the constant.
_ENERGY_WEIGHTS = np.where(np.arange(16).reshape(4, 4) == 0, 0, 1 / _PHOTO_ENERGY)


def least_squares(logits: Any, target: float) -> Any:
    """Return the mean squared distance of a discriminator's logits from 1 (real) or 0 (generated).

    Args:
        logits: A tensor of any shape.
        target: 1.0 or 0.0, without label smoothing.

    Returns:
        A scalar.

    Reference:
        Mao et al. 2017, "Least Squares GAN", arXiv:1611.04076.
    """
    return ops.mean(ops.square(_in_full_precision(logits) - target))


def absolute_error(images: Any, others: Any) -> Any:
    """Return the mean absolute difference between two batches of images.

    Args:
        images: Shape (batch, height, width, 3), in [-1, 1].
        others: The same shape and range.

    Returns:
        A scalar.
    """
    return ops.mean(ops.abs(_in_full_precision(images) - _in_full_precision(others)))


def checkerboard_energy(images: Any) -> Any:
    """Return the energy of patterns that repeat every 4 by 4 pixels, relative to photos: the mean of the four quarters.

    Upsampling twice by 2 gives each of 16 pixel positions its own kernels. A generator can use them to draw a
    repeating pattern that the discriminator takes for brushwork. Brushwork differs from square to square; artifacts do
    not. So this loss removes low frequencies, averages each of the 16 positions over all squares of 4 by 4 pixels, and
    measures the energy of the average. In photos, waves of period 4 have three hundred times the energy of the
    checkerboard of period 2. So the energy of each wave is divided by its mean in photos.

    Reference:
        Odena et al. 2016, "Deconvolution and Checkerboard Artifacts", doi:10.23915/distill.00003.

    Args:
        images: Shape (batch, height, width, 3) in [-1, 1], sides of at least 12 pixels.

    Returns:
        A scalar: about 1 for photo crops of 128 pixels, and less for larger crops, because an average over more squares
        is closer to 0.
    """
    images = _in_full_precision(images)
    detail = images[:, 2:-2, 2:-2] - _blur(images)
    rows, columns = (side // 8 for side in ops.shape(detail)[1:3])
    squares = ops.reshape(detail[:, : 8 * rows, : 8 * columns], (-1, 2, rows, 4, 2, columns, 4, 3))
    pattern = ops.mean(squares, axis=(2, 5))
    waves = ops.cast(_WAVES, pattern.dtype)
    energy = ops.mean(ops.square(ops.einsum("ip,napbqc,jq->nabijc", waves, pattern, waves)), axis=(0, 1, 2, 5))
    return ops.sum(energy * ops.cast(_ENERGY_WEIGHTS, pattern.dtype)) / 15


def _blur(images: Tensor) -> Tensor:
    """Average over 5 pixels in both directions, with half weight on the ends, which removes periods of 2 and 4."""
    wide = images[:, 1:-3] + images[:, 2:-2] + images[:, 3:-1] + 0.5 * (images[:, :-4] + images[:, 4:])
    both = wide[:, :, 1:-3] + wide[:, :, 2:-2] + wide[:, :, 3:-1] + 0.5 * (wide[:, :, :-4] + wide[:, :, 4:])
    return both / 16


def _in_full_precision(values: Tensor) -> Tensor:
    return ops.cast(values, keras.backend.result_type(values.dtype, "float32"))
