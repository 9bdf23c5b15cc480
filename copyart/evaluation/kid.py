"""KID: the kernel distance between the features of two sets of pictures."""

import numpy as np

from copyart.evaluation.bootstrap import equal_weights

#: KID is a small number, so it is usually given times a thousand.
SCALE = 1000.0
#: If the KID × 1000 of the photos is smaller than this, it is noise, or negative. Then this is the divisor instead.
_LEAST = 1.0


def distance_reduction(kid: float, photos: float) -> float:
    """Return by which share the KID of paintings is lower than that of the untouched photos."""
    return 1 - kid / max(photos, _LEAST)


def polynomial_kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the cubic kernel (x·y / features + 1)³ of all pairs, float64.

    Args:
        x: Features, shape (n, features).
        y: Features, shape (m, features).

    Returns:
        Shape (n, m).

    Reference:
        Bińkowski et al. 2018, "Demystifying MMD GANs", arXiv:1801.01401, section 4.
    """
    return (x @ y.T / x.shape[1] + 1.0) ** 3


class KernelDistance:
    """The unbiased squared maximum mean discrepancy between a set of pictures and a reference, times 1000.

    Between two sets from the same distribution it is 0 on average, whatever their size, so it can be negative.

    Args:
        reference: Features of the reference, shape (m, features).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> distance = KernelDistance(rng.normal(size=(500, 8)))
        >>> bool(abs(distance(rng.normal(size=(500, 8)))) < 30 < distance(rng.normal(1, size=(500, 8))))
        True

    Reference:
        Gretton et al. 2012, "A kernel two-sample test", lemma 6; Bińkowski et al. 2018, arXiv:1801.01401.
    """

    def __init__(self, reference: np.ndarray):
        self._reference = np.asarray(reference, np.float64)
        self._within = polynomial_kernel(self._reference, self._reference)

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
        across = polynomial_kernel(features, self._reference)
        across = ((weights @ across) * reference_weights).sum(1)
        across /= weights.sum(1) * reference_weights.sum(1)
        own = _mean_of_pairs(polynomial_kernel(features, features), weights)
        return SCALE * (own + _mean_of_pairs(self._within, reference_weights) - 2 * across)


def _mean_of_pairs(kernel: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean over pairs of different pictures. A picture that was drawn twice is no pair with itself."""
    squares = weights**2
    everything = ((weights @ kernel) * weights).sum(1) - squares @ np.diag(kernel)
    return everything / (weights.sum(1) ** 2 - squares.sum(1))
