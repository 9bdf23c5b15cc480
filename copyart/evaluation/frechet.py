"""FID: the Fréchet distance between the features of two sets of pictures, modelled as normal distributions."""

import numpy as np

from copyart.evaluation.bootstrap import equal_weights


class FrechetDistance:
    """The squared Fréchet distance between a set of pictures and a reference.

    The distance comes out larger when it is computed from fewer pictures. Below about 2,000 pictures, compare only
    figures of equally large sets, and do not compare them with published figures. KID has no such bias.

    It is computed from inner products of the pictures' features. Covariance matrices of up to 1280 × 1280 numbers are
    not needed.

    Args:
        reference: Features of the reference, shape (m, features).

    Reference:
        Heusel et al. 2017, "GANs trained by a two time-scale update rule", arXiv:1706.08500.
    """

    def __init__(self, reference: np.ndarray):
        self._reference = np.asarray(reference, np.float64)
        self._within = self._reference @ self._reference.T

    def __call__(self, features: np.ndarray) -> float:
        """Return the distance of a set of pictures from the reference.

        Args:
            features: Shape (n, features).
        """
        return float(self.draws(features, equal_weights(len(features)), equal_weights(len(self._reference)))[0])

    def draws(self, features: np.ndarray, weights: np.ndarray, reference_weights: np.ndarray) -> np.ndarray:
        """Return the distance of each draw of the pictures.

        Args:
            features: Shape (n, features).
            weights: How often each picture was drawn, shape (draws, n).
            reference_weights: How often each picture of the reference was drawn, shape (draws, m).

        Returns:
            Shape (draws,).
        """
        features = np.asarray(features, np.float64)
        products = features @ features.T, features @ self._reference.T, self._within
        return np.array([_frechet_distance(*products, *pair) for pair in zip(weights, reference_weights, strict=True)])


def _frechet_distance(
    xx: np.ndarray, xy: np.ndarray, yy: np.ndarray, weights: np.ndarray, other_weights: np.ndarray
) -> np.ndarray:
    p, q = weights / weights.sum(), other_weights / other_weights.sum()
    means = p @ xx @ p + q @ yy @ q - 2 * p @ xy @ q
    return (
        means
        + _trace_of_covariance(xx, weights)
        + _trace_of_covariance(yy, other_weights)
        - 2 * _trace_of_root(xy, weights, other_weights)
    )


def _trace_of_covariance(products: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the trace of the covariance."""
    p = weights / weights.sum()
    return (p @ np.diag(products) - p @ products @ p) * _unbiased_factor(weights)


def _trace_of_root(products: np.ndarray, weights: np.ndarray, other_weights: np.ndarray) -> np.ndarray:
    """Return the trace of the square root of the product of the two covariance matrices.

    With covariances Xᵀ·X and Yᵀ·Y this trace is the sum of the singular values of X·Yᵀ.
    """
    p, q = weights / weights.sum(), other_weights / other_weights.sum()
    centred = products - p @ products - (products @ q)[:, None] + p @ products @ q
    scaled = np.sqrt(p * _unbiased_factor(weights))[:, None] * centred * np.sqrt(q * _unbiased_factor(other_weights))
    drawn = scaled[np.ix_(weights > 0, other_weights > 0)]
    return np.linalg.svd(drawn, compute_uv=False).sum()


def _unbiased_factor(weights: np.ndarray) -> np.ndarray:
    return weights.sum() / (weights.sum() - 1)
