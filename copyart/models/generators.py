"""The kinds of generators, by name. Keras is imported only when a network is built."""

from typing import TYPE_CHECKING, Any

from copyart.errors import ConfigError
from copyart.models.cut import CutSpec
from copyart.models.keras_example import KerasExampleSpec
from copyart.models.light import LightSpec
from copyart.models.resnet import ResnetSpec
from copyart.models.spec import GeneratorSpec

if TYPE_CHECKING:
    import keras

#: Kind → its spec class.
SPECS: dict[str, type[GeneratorSpec]] = {spec.kind: spec for spec in (ResnetSpec, LightSpec, CutSpec, KerasExampleSpec)}
#: The kinds that `CycleGAN` can train.
TRAINED = {kind: spec for kind, spec in SPECS.items() if spec.trained_here}


def trainable_spec(kind: str) -> type[GeneratorSpec]:
    """Return the spec class of a kind that `CycleGAN` can train.

    Raises:
        ConfigError: if `CycleGAN` cannot train that kind, or there is no such kind.
    """
    if kind not in TRAINED:
        raise ConfigError(f"generator must be one of {', '.join(TRAINED)}. Received: generator={kind!r}")
    return TRAINED[kind]


def build_generator(kind: str, name: str = "generator", **arguments: Any) -> "keras.Model":
    """Build the Keras network of a kind that `CycleGAN` can train.

    Args:
        kind: `"resnet"` or `"light"`.
        name: Name of the network.
        **arguments: Arguments of that kind's spec.

    Raises:
        ConfigError: if `CycleGAN` cannot train that kind, or an argument is out of its range.
    """
    return trainable_spec(kind)(**arguments).build(name)


def read_spec(description: Any) -> GeneratorSpec | None:
    """Rebuild a spec from the result of `GeneratorSpec.to_dict`. Return None for other descriptions.

    Raises:
        ConfigError: if an argument is unknown, of the wrong type or out of its range.
    """
    kind = description.get("kind") if isinstance(description, dict) else None
    if not isinstance(kind, str) or kind not in SPECS:
        return None
    arguments = {name: value for name, value in description.items() if name != "kind"}
    try:
        return SPECS[kind](**arguments)
    except TypeError as error:
        raise ConfigError(f"a {kind} generator must have known arguments. Received: {arguments}") from error


def spec_of_network(network: Any) -> GeneratorSpec | None:
    """Return the spec from which a network was built, or None if it is not one of our generators."""
    layers = getattr(network, "layers", None)
    spec = getattr(layers[-1], "spec", None) if layers else None  # a `GeneratorOutput` has one
    return spec if isinstance(spec, GeneratorSpec) else None


def describe_generator(network: Any) -> dict[str, Any] | None:
    """Return the kind and the arguments of a network, or None if it is not one of our generators."""
    spec = spec_of_network(network)
    return None if spec is None else spec.to_dict()


def describe_in_words(description: dict[str, Any] | None) -> str:
    """Turn the result of `describe_generator` into a few words.

    Example:
        >>> describe_in_words({"kind": "resnet", "filters": 64, "blocks": 9, "upsampling": "transpose", "dropout": 0.0})
        'resnet, 64 filters, 9 blocks'
    """
    return str(read_spec(description) or "a network of Keras layers")
