"""Small networks for painting tests."""

import keras
import numpy as np

from copyart.models.generators import build_generator


def small_generator(seed=0, **arguments):
    """A generator whose weights are large enough to paint what is far from grey."""
    network = build_generator("resnet", **{"filters": 4, "blocks": 1, **arguments})
    random = np.random.default_rng(seed)
    network.set_weights([random.normal(0, 0.2, weight.shape) for weight in network.get_weights()])
    return network


def gentle_generator():
    """A light generator whose paintings are no more saturated than a style's; its weights are most of its file."""
    network = build_generator("light", filters=24, blocks=2)
    random = np.random.default_rng(3)
    for variable in network.weights:
        variable.assign(random.normal(0, 0.06, variable.shape).astype(np.float32))
    return network


def negative():
    """A network that is none of ours, and turns a picture into its negative."""
    image = keras.layers.Input((None, None, 3))
    turned = keras.layers.Conv2D(3, 1, name="turn")
    network = keras.Model(image, turned(image), name="negative")
    turned.kernel.assign(-np.eye(3)[None, None])
    return network
