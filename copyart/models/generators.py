"""Generators by kind: a picture in, a picture of the same size out."""

from copyart.errors import ConfigError
from copyart.models.light import light_generator
from copyart.models.resnet import resnet_generator

GENERATORS = {"resnet": resnet_generator, "light": light_generator}


def build_generator(kind, **kwargs):
    """Build the generator of the given kind.

    Args:
        kind: A key of `GENERATORS`.
        **kwargs: Arguments of that generator.

    Raises:
        ConfigError: if there is no such kind.
    """
    if kind not in GENERATORS:
        raise ConfigError(f"generator must be one of {', '.join(GENERATORS)}. Received: generator={kind!r}")
    return GENERATORS[kind](**kwargs)


def describe_generator(network):
    """Read back from a built network the arguments that build it again.

    Args:
        network: Any `keras.Model`.

    Returns:
        A dictionary with `kind` and the arguments of that generator, or None if it is none of ours.
    """
    names = {layer.name: layer for layer in network.layers}
    blocks = sum(name.startswith("block_") and name.endswith("_sum") for name in names)
    if {"stem", "down", "up", "head", "painting"} <= names.keys():
        return {"kind": "light", "filters": names["stem"].filters, "blocks": blocks}
    if not {"stem", "up_1", "up_2", "head", "painting"} <= names.keys():
        return None
    drop = names.get("block_1_dropout")
    return {
        "kind": "resnet",
        "filters": names["stem"].filters,
        "blocks": blocks,
        "upsampling": "resize" if "up_1_resize" in names else "transpose",
        "dropout": drop.rate if drop else 0.0,
    }
