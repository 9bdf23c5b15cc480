"""What a CycleGAN is trained with, in float32 at least: two distances, and a measure of the weave."""

import keras
import numpy as np
from keras import ops

#: Rows: the even part of 4 pixels in a row, a wave of 4 pixels, the same a quarter later, and a wave of 2.
_WAVES = np.array([[1, 1, 1, 1], [2**0.5, 0, -(2**0.5), 0], [0, 2**0.5, 0, -(2**0.5)], [1, -1, 1, -1]]) / 2
#: Mean energy in photos, 288 crops of 128 pixels of pictures of 284, by wave down and across.
_PHOTO = 1e-6 * np.array([[1, 200, 200, 20], [200, 30, 30, 4], [200, 30, 30, 4], [20, 4, 4, 0.65]])
#: One over it, and 0 for what does not vary.
_PER_PHOTO = np.where(np.arange(16).reshape(4, 4) == 0, 0, 1 / _PHOTO)


def least_squares(logits, target):
    """Mean squared distance of a discriminator's raw verdicts from 1 (real) or 0 (painted by us).

    Args:
        logits: Verdicts, any shape.
        target: 1.0 or 0.0, without label smoothing.

    Returns:
        A scalar.

    Reference:
        Mao et al. 2017, "Least Squares GAN", arXiv:1611.04076.
    """
    return ops.mean(ops.square(_precise(logits) - target))


def absolute_error(images, others):
    """Mean absolute difference of two batches of images, in the units of [-1, 1].

    Args:
        images: Shape (batch, height, width, 3).
        others: The same shape.

    Returns:
        A scalar.
    """
    return ops.mean(ops.abs(_precise(images) - _precise(others)))


def checkerboard(images):
    """Energy of the patterns of 4 by 4 pixels that repeat over each quarter of the images, in units of photos'.

    Enlarging twice by 2 gives each of 16 places its own kernels, and a generator learns to draw with them: a weave that
    the discriminator takes for brushwork. What is the same in every square of 4 by 4 pixels is no brushwork, so it is
    the mean of each of the 16 places over the squares, without what varies slowly, that counts. Photos have some of it,
    three hundred times more in waves of 4 pixels than in the checkerboard of 2: each is measured by what they have.

    Args:
        images: Shape (batch, height, width, 3) in [-1, 1], sides of at least 12 pixels.

    Returns:
        A scalar: about 1 for crops of 128 pixels of photos, and less for larger ones, over which less repeats.
    """
    images = _precise(images)
    detail = images[:, 2:-2, 2:-2] - _blurred(images)
    rows, columns = (side // 8 for side in ops.shape(detail)[1:3])
    squares = ops.reshape(detail[:, : 8 * rows, : 8 * columns], (-1, 2, rows, 4, 2, columns, 4, 3))
    pattern = ops.mean(squares, axis=(2, 5))
    waves = ops.cast(_WAVES, pattern.dtype)
    energy = ops.mean(ops.square(ops.einsum("ip,napbqc,jq->nabijc", waves, pattern, waves)), axis=(0, 1, 2, 5))
    return ops.sum(energy * ops.cast(_PER_PHOTO, pattern.dtype)) / 15


def _blurred(images):
    """Average over 4 pixels each way, half of the first and of the fifth: nothing of a period of 2 or 4 is left."""
    wide = images[:, 1:-3] + images[:, 2:-2] + images[:, 3:-1] + 0.5 * (images[:, :-4] + images[:, 4:])
    both = wide[:, :, 1:-3] + wide[:, :, 2:-2] + wide[:, :, 3:-1] + 0.5 * (wide[:, :, :-4] + wide[:, :, 4:])
    return both / 16


def _precise(values):
    return ops.cast(values, keras.backend.result_type(values.dtype, "float32"))
