"""Check that a Keras 2 model file describes the generator of the Keras example.

The description is only data. Other layers, such as `Lambda`, are refused by name and never built.
"""

from typing import Any, NamedTuple, NoReturn

from copyart.errors import StyleError
from copyart.formats.weights_file import printable
from copyart.models.keras_example import ADDONS_EPSILON

_FITS = (
    "Only the generator of the CycleGAN example on keras.io fits: any filters and residual blocks, 7×7, 3×3 and "
    "transposed convolutions, tensorflow_addons' InstanceNormalization."
)
_PLAIN = {"InputLayer", "ReflectionPadding2D", "Activation", "ReLU", "Add"}
_CLASSES = _PLAIN | {"Conv2D", "Conv2DTranspose", "InstanceNormalization"}
_STAYS, _HALVES = ("Conv2D", 1, "valid"), ("Conv2D", 2, "same")
_DOUBLES = ("Conv2DTranspose", 2, "same")


def described_epsilon(config: dict | None, blocks: int, name: str) -> float:
    """Check that a description fits the generator of the Keras example, and return its normalisations' epsilon.

    Args:
        config: The description, or None if the file has none; then tensorflow_addons' default, 1e-3, is returned.
        blocks: Number of residual blocks in the weights.
        name: Name of the file, for messages.

    Raises:
        StyleError: if `config` describes another network, even if the weights would fit.
    """
    if config is None:
        return ADDONS_EPSILON
    try:
        layers = config["config"]["layers"]
        found = _sort_layers([(layer["class_name"].rpartition(">")[2], layer["config"]) for layer in layers])
    except (AttributeError, KeyError, TypeError, ValueError):
        found = None
    if found is None:
        refuse_network(name, "a description that is not of a network")
    if strange := found.kinds - _CLASSES:
        listed = ", ".join(printable(kind)[:40] for kind in sorted(strange)[:3])
        refuse_network(name, f"other layers ({listed}; not built, and not run)")
    if found.convolutions != [_STAYS, _HALVES, _HALVES, *[_STAYS] * (2 * blocks), _DOUBLES, _DOUBLES, _STAYS]:
        refuse_network(name, "convolutions with other strides, padding or activations, or in another order")
    if found.activations[-1:] != ["tanh"] or set(found.activations[:-1]) - {"relu"}:
        refuse_network(name, "activations other than relu, and tanh at the end")
    if len(found.epsilons) != 1 or not 0 < min(found.epsilons) < 1:
        refuse_network(name, "normalisations with different epsilons, or one that is not between 0 and 1")
    return found.epsilons.pop()


class _LayerSummary(NamedTuple):
    kinds: set[str]
    convolutions: list[tuple]
    activations: list[str]
    epsilons: set[float]


def _sort_layers(layers: list[tuple[str, dict[str, Any]]]) -> _LayerSummary:
    return _LayerSummary(
        {kind for kind, _ in layers},
        [_convolution_facts(kind, config) for kind, config in layers if kind.startswith("Conv2D")],
        [str(config["activation"]) for kind, config in layers if kind == "Activation"],
        {float(config["epsilon"]) for kind, config in layers if kind == "InstanceNormalization"},
    )


def _convolution_facts(kind: str, config: dict[str, Any]) -> tuple[str, int | None, str]:
    high, wide = config["strides"]
    plain = high == wide and config["activation"] == "linear"
    return kind, high if plain else None, config["padding"]


def refuse_network(name: str, received: str) -> NoReturn:
    """Raise a `StyleError` for a file with an unsupported network."""
    raise StyleError(f"a Keras file to import must hold a supported network. Received: {name!r}, {received}. {_FITS}")
