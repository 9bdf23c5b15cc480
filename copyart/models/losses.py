"""The two distances that a CycleGAN is trained with, in float32 at least."""

import keras
from keras import ops


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


def _precise(values):
    return ops.cast(values, keras.backend.result_type(values.dtype, "float32"))
