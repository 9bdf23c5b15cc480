"""A generator of the Keras example, trained with tensorflow_addons → the same network in Keras 3."""

import os
from typing import NamedTuple

from copyart.export.keras_checkpoint import read_keras_checkpoint
from copyart.export.keras_description import described_epsilon, refuse
from copyart.export.keras_h5_process import read_keras_h5
from copyart.export.torch_objects import shown
from copyart.models.precision import networks_in
from copyart.models.relatives import keras_example_generator


def import_keras(path, network=None):
    """Import a generator of the CycleGAN example on keras.io, as Keras 2 and tensorflow_addons saved it.

    Only arrays and names are read: no layer of the file is built, and nothing in it is run. How many filters and
    blocks there are is read from the arrays.

    Args:
        path: Path of a `.h5` file, a whole model or `save_weights`, or of a checkpoint's `.index` file.
        network: Which network to take where there are several. Defaults to None: the first generator, which is that
            from the first domain to the second.

    Returns:
        A float32 `keras.Model` from (batch, height, width, 3) in [-1, 1] to pictures of that shape.

    Raises:
        StyleError: The file cannot be read, or holds another network.

    Example:
        >>> import_keras("generator.h5").count_params()
        11388675
    """
    name = os.path.basename(os.fspath(path))
    read = read_keras_checkpoint if name.endswith(".index") else read_keras_h5
    found = read(path)
    weights = _chosen(found.networks, network, name)
    convolutions = _convolutions(weights, name)
    slots = _slots(convolutions, name)
    blocks = (len(slots) - 6) // 2
    epsilon = described_epsilon(found.config, blocks, name)
    with networks_in("float32"):
        model = keras_example_generator(slots[0].channels, blocks, epsilon)
    for slot, convolution in zip(slots, convolutions, strict=True):
        _assign(model, slot.layer, convolution)
    return model


class _Slot(NamedTuple):
    layer: str
    kernel: tuple[int, int, int, int]
    channels: int


def _chosen(networks, wanted, name):
    """Return the weights of the network to take."""
    generators = [key for key, weights in networks.items() if weights and weights[0].array.shape[:2] == (7, 7)]
    chosen = wanted or (generators[0] if generators else None)
    if chosen not in networks:
        listed = ", ".join(repr(shown(key)) for key in networks if key) or "one without a name"
        refuse(name, f"{listed}, and no {'generator' if wanted is None else repr(wanted)} among them")
    return networks[chosen]


def _convolutions(weights, name):
    """Gather each kernel with what follows it, as dictionaries of arrays by role."""
    found = []
    for role, array in weights:
        if role == "kernel":
            found.append({})
        if role not in ("kernel", "bias", "gamma", "beta") or not found or role in found[-1]:
            refuse(name, f"a weight {shown(role)!r} of shape {array.shape}, which that network does not have there")
        found[-1][role] = array
    return found


def _slots(convolutions, name):
    """Lay out the network that has as many convolutions, and check that every array fits it."""
    stem = convolutions[0]["kernel"].shape if convolutions else ()
    blocks, odd = divmod(len(convolutions) - 6, 2)
    if len(stem) != 4 or stem[:3] != (7, 7, 3) or blocks < 0 or odd:
        refuse(name, f"{len(convolutions)} convolutions, the first of shape {stem}")
    f = stem[3]
    slots = [_Slot("stem", stem, f)]
    slots += [_Slot(f"down_{n}", (3, 3, f * n, f * 2 * n), f * 2 * n) for n in (1, 2)]
    wide = (3, 3, 4 * f, 4 * f)
    slots += [_Slot(f"block_{block}_conv_{n}", wide, 4 * f) for block in range(1, blocks + 1) for n in (1, 2)]
    slots += [_Slot(f"up_{n}", (3, 3, 2 * f // n, 4 * f // n), 2 * f // n) for n in (1, 2)]
    slots.append(_Slot("head", (7, 7, f, 3), 3))
    for slot, arrays in zip(slots, convolutions, strict=True):
        _check(slot, arrays, name)
    return slots


def _check(slot, arrays, name):
    needed = {"kernel", "bias"} if slot.layer == "head" else {"kernel", "gamma", "beta"}
    allowed = needed if slot.layer == "head" else needed | {"bias"}
    if not needed <= arrays.keys() <= allowed:
        refuse(name, f"{slot.layer} with {', '.join(sorted(arrays))} where {', '.join(sorted(needed))} were due")
    for role, array in arrays.items():
        due = slot.kernel if role == "kernel" else (slot.channels,)
        if array.shape != due:
            refuse(name, f"a {role} of {slot.layer} of shape {array.shape} where {due} was due")


def _assign(model, layer, arrays):
    model.get_layer(layer).kernel.assign(arrays["kernel"])
    if "bias" in arrays:  # elsewhere it is 0: the normalisation right after it cancels it anyway
        model.get_layer(layer).bias.assign(arrays["bias"])
    if "gamma" in arrays:
        norm = model.get_layer(f"{layer.replace('_conv_', '_')}_norm")
        norm.scale.assign(arrays["gamma"])
        norm.offset.assign(arrays["beta"])
