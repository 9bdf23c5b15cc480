"""A network of the paper's PyTorch implementation → the same network in Keras."""

import os
import re
from typing import NamedTuple

import keras
import numpy as np

from copyart.errors import StyleError
from copyart.export.torch_layout import bias_length, discriminator_slots, generator_slots
from copyart.export.torch_reader import read_state_dict
from copyart.models.discriminators import patch_discriminator
from copyart.models.generators import resnet_generator
from copyart.models.precision import networks_in

#: Share of features that the paper's implementation drops where it is built with dropout.
_DROPOUT = 0.5
# Instance normalisation keeps running statistics in old PyTorch, and never used them.
_DROPPED = ("running_mean", "running_var", "num_batches_tracked")
_FITS = (
    "What fits is the state dict of a CycleGAN resnet generator, of any number of blocks, or 70×70 PatchGAN "
    "discriminator, for RGB, with instance normalisation that learns nothing."
)


def import_torch(path: str | os.PathLike | bytes) -> keras.Model:
    """Import a generator or a discriminator from a `.pth` file of the paper's PyTorch implementation.

    Its architecture is read from the file: which of the two it is, blocks, filters, whether it was trained
    with dropout. PyTorch is not needed, and nothing in the file is run.

    Args:
        path: Path of the file, or its bytes, as for `read_state_dict`.

    Returns:
        A float32 `keras.Model`, whatever the global dtype policy, from (batch, height, width, 3) in [-1, 1]
        to pictures of that shape, or to logits.

    Raises:
        StyleError: The file cannot be read, or holds another network.

    Example:
        >>> network = import_torch("latest_net_G.pth")
        >>> network.count_params()
        11378179
    """
    name = "bytes" if isinstance(path, (bytes, bytearray, memoryview)) else os.path.basename(os.fspath(path))
    tensors = _without_ballast(read_state_dict(path), name)
    plan = _plan(tensors, name)
    _check(tensors, plan.slots, name)
    with networks_in("float32"):
        network = plan.build()
    for slot in plan.slots:
        layer = network.get_layer(slot.layer)
        layer.kernel.assign(tensors[f"{slot.key}.weight"].astype(np.float32).transpose(2, 3, 1, 0))
        layer.bias.assign(tensors[f"{slot.key}.bias"].astype(np.float32))
    return network


class _Plan(NamedTuple):
    slots: list
    build: object


def _without_ballast(tensors, name):
    """Strip the prefix that `DataParallel` puts before every name, and drop the running statistics."""
    kept = {}
    for key, tensor in tensors.items():
        if key.rpartition(".")[2] in _DROPPED:
            continue
        short = key.removeprefix("module.")
        if short in kept:
            _refuse(name, f"{short!r} with and without the prefix 'module.'")
        kept[short] = tensor
    return kept


def _plan(tensors, name):
    """Read the architecture from the names and from the first kernel."""
    if any(key.endswith(".filt") for key in tensors):
        _refuse(name, "the anti-aliased variant of the CUT project (it has '….filt' buffers)")
    first = next((key for key in ("model.0.weight", "model.1.weight") if key in tensors), None)
    if first is None or tensors[first].ndim != 4 or not tensors[first].size:
        _refuse(name, f"{len(tensors)} tensors, among them {_shown(tensors)}")
    filters = tensors[first].shape[0]
    if first == "model.0.weight":
        return _Plan(discriminator_slots(filters), lambda: patch_discriminator(filters))
    blocks = len({key.split(".")[1] for key in tensors if re.match(r"model\.\d+\.conv_block\.", key)})
    dropout = any(key.endswith("conv_block.6.weight") for key in tensors)
    slots = generator_slots(filters, blocks, dropout)
    return _Plan(slots, lambda: resnet_generator(filters, blocks, dropout=_DROPOUT if dropout else 0.0))


def _check(tensors, slots, name):
    # Before anything is built: a damaged file must not decide how much memory that takes.
    expected = {f"{slot.key}.weight": slot.shape for slot in slots}
    expected |= {f"{slot.key}.bias": (bias_length(slot),) for slot in slots}
    if missing := expected.keys() - tensors.keys():
        _refuse(name, f"a file without {_shown(missing)}{_learning_norms(tensors, expected)}")
    if unknown := tensors.keys() - expected.keys():
        _refuse(name, f"a file with {_shown(unknown)} besides{_learning_norms(tensors, expected)}")
    for key, shape in expected.items():
        if tensors[key].shape != shape:
            _refuse(name, f"{key!r} of shape {tensors[key].shape} where {shape} was due")
        if not np.issubdtype(tensors[key].dtype, np.floating):
            _refuse(name, f"{key!r} of type {tensors[key].dtype} where floats were due")


def _learning_norms(tensors, expected):
    """Say so where what does not fit are the weights of norms: vectors that are called `weight`."""
    norms = [key for key in tensors if key.endswith(".weight") and tensors[key].ndim == 1]
    return f" (normalisation that learns: {_shown(norms)})" if norms and set(norms) - expected.keys() else ""


def _shown(keys):
    # Names come from the file: they are quoted, so that they stay on one line, and cut.
    few = [repr(key[:60]) for key in sorted(keys)[:3]]
    return ", ".join(few) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")


def _refuse(name, received):
    raise StyleError(
        f"a PyTorch file to import must hold a network that Copyart has. Received: {name!r}, {received}. {_FITS}"
    )
