"""Attribution rate: the share of paintings that a classifier over many artists attributes to the artist."""

import functools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from copyart.artists import find, fold_name
from copyart.errors import ArtistError
from copyart.evaluation import squeezenet
from copyart.evaluation.bootstrap import Estimate, mean_estimate
from copyart.evaluation.features import FeatureNetwork
from copyart.evaluation.figures import Figure

#: Written by `scripts/train_attribution.py`.
WEIGHTS = Path(__file__).parent / "data" / "attribution.safetensors"
#: The classifier's artists and schools, and its results for real held-out paintings.
FACTS = WEIGHTS.with_suffix(".json")
#: Name of the figure → k of its top-k rate.
RATES = {"attribution": 1, "attribution_top5": 5}


class Classifier:
    """Ranks artists by the probability that they painted a picture, by multinomial logistic regression on SqueezeNet
    features.

    Args:
        arrays: `weights`, shape (features, artists), and `bias`, shape (artists,).
        facts: A dictionary with `artists`, a list of names; `schools`, name → list of its artists; and `real`, name →
            the result for real held-out paintings: their number `count`, for how many the artist is the likeliest
            (`top1`), and for how many the artist is among the five likeliest (`top5`).
        network: A function from pictures to the features. Defaults to None: SqueezeNet, built on first use.

    Reference:
        Sanakoyeu et al. 2018, "A style-aware content loss for real-time HD style transfer", arXiv:1807.10201, which
        calls the attribution rate the deception rate.
    """

    def __init__(self, arrays: dict[str, np.ndarray], facts: dict, network: FeatureNetwork | None = None):
        self._weights, self._bias = (arrays[name].astype(np.float64) for name in ("weights", "bias"))
        self.artists, self._schools, self._real = (facts[name] for name in ("artists", "schools", "real"))
        self._network: Callable | None = network

    @property
    def network(self) -> Callable:
        """The function from pictures to features. It can be replaced, for example by one that caches."""
        self._network = self._network or attribution_features()
        return self._network

    @network.setter
    def network(self, network: Callable) -> None:
        self._network = network

    def known_name(self, name: str | None) -> str | None:
        """Return the classifier's spelling of an artist's or school's name, or None if the name is unknown."""
        wanted = _name_key(name or "")
        return next((known for known in (*self._schools, *self.artists) if _name_key(known) == wanted), None)

    def ranks(
        self, pictures: np.ndarray, artist: str, progress: Callable[[int, int], None] | None = None
    ) -> np.ndarray:
        """Return the artist's rank for each picture.

        Args:
            pictures: uint8, shape (pictures, height, width, 3).
            artist: A name that `known_name` returned. The rank of a school is that of its likeliest artist.
            progress: Called with the number of pictures done and the total.

        Returns:
            Integers, shape (pictures,). 0 means that the artist is the likeliest.
        """
        scores = self.network(pictures, progress) @ self._weights + self._bias
        own = [self.artists.index(name) for name in self._schools.get(artist, [artist])]
        return (scores > scores[:, own].max(1, keepdims=True)).sum(1)

    def rate_of_real_paintings(self, artist: str, top: int) -> Estimate:
        """Return the attribution rate of real held-out paintings by the artist.

        Args:
            artist: A name that `known_name` returned.
            top: k of the top-k rate: 1 or 5.
        """
        known = self._real[artist]
        return mean_estimate(np.arange(known["count"]) < known[f"top{top}"])


def _name_key(name: str) -> str:
    try:
        return find(name).slug
    except ArtistError:
        return fold_name(name)


def attribution_features() -> FeatureNetwork:
    """Build the network that computes the classifier's features."""
    return FeatureNetwork("SqueezeNet", squeezenet.layer_features(), squeezenet.SIDE)


@functools.cache
def load_classifier() -> Classifier:
    """Return the bundled classifier."""
    return Classifier(load_file(WEIGHTS), json.loads(FACTS.read_text(encoding="utf-8")))


def attribution(ours: np.ndarray, photos: np.ndarray, classifier: Classifier, artist: str) -> dict[str, Figure]:
    """Return the attribution rates, top 1 and top 5, with those of the untouched photos and of real paintings.

    Args:
        ours: `Classifier.ranks` of the paintings.
        photos: `Classifier.ranks` of the untouched photos.
        classifier: The classifier, for the rates of real paintings.
        artist: A name that `Classifier.known_name` returned.
    """
    real = classifier.rate_of_real_paintings
    return {
        name: Figure.from_estimates(mean_estimate(ours < top), mean_estimate(photos < top), real(artist, top))
        for name, top in RATES.items()
    }
