"""Generators by kind: a picture in, a picture of the same size out."""

from copyart.errors import ConfigError
from copyart.models.light import light_generator
from copyart.models.relatives import cut_generator, keras_example_generator
from copyart.models.resnet import resnet_generator

#: Those that are trained here.
GENERATORS = {"resnet": resnet_generator, "light": light_generator}
#: Those that come in with weights that others trained.
RELATIVES = {"cut": cut_generator, "keras_example": keras_example_generator}


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


def rebuild_generator(kind, **kwargs):
    """Build a generator from its description, whether it was trained here or elsewhere.

    Args:
        kind: A key of `GENERATORS` or `RELATIVES`.
        **kwargs: Arguments of that generator.

    Raises:
        ConfigError: if there is no such kind.
    """
    return RELATIVES[kind](**kwargs) if kind in RELATIVES else build_generator(kind, **kwargs)


def describe_in_words(description):
    """Say what `describe_generator` found in a few words.

    Example:
        >>> describe_in_words({"kind": "resnet", "filters": 64, "blocks": 9, "upsampling": "transpose", "dropout": 0.0})
        'resnet, 64 filters, 9 blocks'
    """
    if description is None:
        return "a network of Keras layers"
    kind = description["kind"].replace("_", " ")
    others = {
        "upsampling": {"resize": "resized"},
        "antialias": {way: f"anti-aliased {way}" for way in ("down", "up")} | {"both": "anti-aliased"},
    }
    more = [words[description[key]] for key, words in others.items() if description.get(key) in words]
    dropout = ["trained with dropout"] if description.get("dropout") else []
    size = [f"{(n := description[what])} {what if n != 1 else what[:-1]}" for what in ("filters", "blocks")]
    return ", ".join([kind, *size, *more, *dropout])


def describe_generator(network):
    """Read back from a built network the arguments with which `rebuild_generator` builds it again.

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
    size = {"filters": names["stem"].filters, "blocks": blocks}
    dropout = drop.rate if drop else 0.0
    if getattr(names.get("stem_norm"), "center", False):
        return {"kind": "keras_example", **size, "epsilon": names["stem_norm"].epsilon}
    if blurred := [way for way in ("down", "up") if f"{way}_1_blur" in names]:
        return {"kind": "cut", **size, "antialias": "both" if len(blurred) == 2 else blurred[0], "dropout": dropout}
    upsampling = "resize" if "up_1_resize" in names else "transpose"
    return {"kind": "resnet", **size, "upsampling": upsampling, "dropout": dropout}
