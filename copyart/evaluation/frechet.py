"""FID: how far apart two sets of pictures lie, if their features were normally distributed."""

import numpy as np


class FrechetDistance:
    """The squared Fréchet distance between a set of pictures and a reference.

    It grows as pictures get fewer: figures of fewer than some 2,000 pictures compare with each other only where the
    sets are equally large, and with no published figure. KID has no such bias.

    All is computed from products of features, so that no covariance of 1280 × 1280 numbers is ever needed.

    Args:
        reference: Features of the reference, shape (m, features).

    Reference:
        Heusel et al. 2017, "GANs trained by a two time-scale update rule", arXiv:1706.08500.
    """

    def __init__(self, reference):
        self._reference = np.asarray(reference, np.float64)
        self._within = self._reference @ self._reference.T

    def __call__(self, features):
        """Return the distance of a set of pictures from the reference.

        Args:
            features: Shape (n, features).
        """
        ones = np.ones((1, len(features))), np.ones((1, len(self._reference)))
        return float(self.draws(features, *ones)[0])

    def draws(self, features, weights, reference_weights):
        """Return the distance for many draws of the pictures.

        Args:
            features: Shape (n, features).
            weights: How often each picture was drawn, shape (draws, n).
            reference_weights: The same for the reference, shape (draws, m).

        Returns:
            Shape (draws,).
        """
        features = np.asarray(features, np.float64)
        products = features @ features.T, features @ self._reference.T, self._within
        return np.array([_distance(*products, *pair) for pair in zip(weights, reference_weights, strict=True)])


def _distance(xx, xy, yy, weights, other_weights):
    p, q = weights / weights.sum(), other_weights / other_weights.sum()
    means = p @ xx @ p + q @ yy @ q - 2 * p @ xy @ q
    return means + _trace(xx, weights) + _trace(yy, other_weights) - 2 * _root(xy, weights, other_weights)


def _trace(products, weights):
    """Return the trace of the covariance."""
    p = weights / weights.sum()
    return (p @ np.diag(products) - p @ products @ p) * _unbiased(weights)


def _root(products, weights, other_weights):
    """Return the trace of the square root of the product of both covariances.

    It is the sum of the singular values of X·Yᵀ, where the covariances are Xᵀ·X and Yᵀ·Y.
    """
    p, q = weights / weights.sum(), other_weights / other_weights.sum()
    centred = products - p @ products - (products @ q)[:, None] + p @ products @ q
    scaled = np.sqrt(p * _unbiased(weights))[:, None] * centred * np.sqrt(q * _unbiased(other_weights))
    drawn = scaled[np.ix_(weights > 0, other_weights > 0)]
    return np.linalg.svd(drawn, compute_uv=False).sum()


def _unbiased(weights):
    return weights.sum() / (weights.sum() - 1)
