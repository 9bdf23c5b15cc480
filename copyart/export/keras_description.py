"""What a whole-model file of Keras 2 says about its network, held against the generator of the Keras example.

The description is read as data. A layer of another kind, a `Lambda` for one, is named and refused, never built.
"""

from copyart.errors import StyleError
from copyart.export.torch_objects import shown
from copyart.models.relatives import ADDONS_EPSILON

_FITS = (
    "What fits is the generator of the CycleGAN example on keras.io: any filters and residual blocks, 7×7, 3×3 and "
    "transposed convolutions, tensorflow_addons' InstanceNormalization."
)
_PLAIN = {"InputLayer", "ReflectionPadding2D", "Activation", "ReLU", "Add"}
_CLASSES = _PLAIN | {"Conv2D", "Conv2DTranspose", "InstanceNormalization"}
_STAYS, _HALVES = ("Conv2D", 1, "valid"), ("Conv2D", 2, "same")
_DOUBLES = ("Conv2DTranspose", 2, "same")


def described_epsilon(config, blocks, name):
    """Check that a network is described as the example's generator, and return its normalisations' epsilon.

    Args:
        config: The description, or None where the file has none: then the weights alone must do.
        blocks: How many residual blocks the weights make.
        name: Of the file.

    Raises:
        StyleError: The network is another, though its weights would fit.
    """
    if config is None:
        return ADDONS_EPSILON
    try:
        layers = [(layer["class_name"].rpartition(">")[2], layer["config"]) for layer in config["config"]["layers"]]
        return _epsilon(layers, blocks, name)
    except (AttributeError, KeyError, TypeError, ValueError):
        refuse(name, "a description that is not a network's")


def _epsilon(layers, blocks, name):
    if strange := {kind for kind, _ in layers} - _CLASSES:
        listed = ", ".join(shown(kind)[:40] for kind in sorted(strange)[:3])
        refuse(name, f"layers of other kinds ({listed}; not built, and not run)")
    found = [_convolution(kind, config) for kind, config in layers if kind.startswith("Conv2D")]
    if found != [_STAYS, _HALVES, _HALVES, *[_STAYS] * (2 * blocks), _DOUBLES, _DOUBLES, _STAYS]:
        refuse(name, "convolutions with other strides or padding, or in another order")
    activations = [config["activation"] for kind, config in layers if kind == "Activation"]
    if not activations or activations[-1] != "tanh" or set(activations[:-1]) - {"relu"}:
        refuse(name, "other activations than relu, and tanh at the end")
    epsilons = {float(config["epsilon"]) for kind, config in layers if kind == "InstanceNormalization"}
    if len(epsilons) != 1 or not 0 < min(epsilons) < 1:
        refuse(name, "normalisations with different epsilons, or one that is no small number")
    return epsilons.pop()


def _convolution(kind, config):
    if config["activation"] != "linear":
        raise ValueError(config["activation"])
    high, wide = config["strides"]
    return kind, high if high == wide else None, config["padding"]


def refuse(name, received):
    """Raise the error of a file whose network is none of ours."""
    raise StyleError(
        f"a Keras file to import must hold a network that Copyart has. Received: {name!r}, {received}. {_FITS}"
    )
