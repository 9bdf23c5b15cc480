"""Import networks of the paper's PyTorch implementation and of the CUT project into Keras."""

import os
import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, NoReturn

import keras
import numpy as np

from copyart.errors import StyleError
from copyart.formats import read_torch
from copyart.models.cut import CutSpec
from copyart.models.discriminators import patch_discriminator
from copyart.models.precision import dtype_policy
from copyart.models.resnet import ResnetSpec
from copyart.weights.torch_layout import TorchBlur, TorchConvolution, discriminator_convolutions, generator_convolutions
from copyart.weights.torch_networks import U_NET, Tensors, choose_network, name_of_first_kernel

#: Dropout rate of the paper's implementation for a generator with dropout.
_DROPOUT = 0.5
#: Tensors to ignore: running statistics, which instance normalisation in old PyTorch saved but never used, and the
#: counter of AveragedModel.
_IGNORED = ("running_mean", "running_var", "num_batches_tracked", "n_averaged")
_FITS = (
    "Supported are state dicts of CycleGAN or CUT resnet generators with any number of blocks, and of 70×70 PatchGAN "
    "discriminators, for RGB, with instance normalisation without weights."
)
#: Unsupported networks of the pix2pix and CUT projects, by the prefix of their tensors' names.
_OTHERS = {
    U_NET: "a U-Net of pix2pix",
    "mlp_": "the feature network of CUT, which is only for training",
    "net.0.": "a discriminator of single pixels",
}


def import_torch(path: str | os.PathLike | bytes, network: str | None = None) -> keras.Model:
    """Import a generator or a discriminator from a `.pth` file of the paper's PyTorch implementation, or of CUT.

    The architecture follows from the tensors: generator or discriminator, blocks, filters, dropout, anti-aliasing.
    PyTorch is not needed, and no code in the file is run.

    Args:
        path: Path of the file, or its bytes, as for `copyart.formats.read_torch`.
        network: Which network to take from a file that holds several: the name under which it was saved, such as
            `"G_A"`. Defaults to None: the only one.

    Returns:
        A `keras.Model`, float32 under any global dtype policy, from (batch, height, width, 3) in [-1, 1] to pictures
        of that shape or, if it is a discriminator, to logits.

    Raises:
        StyleError: if the file cannot be read, holds no supported network, or holds several and `network` is None.

    Example:
        >>> generator = import_torch("latest_net_G.pth")
        >>> generator.count_params()
        11378179
    """
    name = "bytes" if isinstance(path, (bytes, bytearray, memoryview)) else os.path.basename(os.fspath(path))
    found = choose_network(read_torch(path), network, name)
    tensors = {key: tensor for key, tensor in found.items() if key.rpartition(".")[2] not in _IGNORED}
    architecture = _read_architecture(tensors, name)
    _check_tensors(tensors, architecture, name, any(key.endswith("running_mean") for key in found))
    with dtype_policy("float32"):
        model = architecture.build()
    for convolution in architecture.convolutions:
        layer = model.get_layer(convolution.layer)
        layer.kernel.assign(tensors[f"{convolution.key}.weight"].astype(np.float32).transpose(2, 3, 1, 0))
        layer.bias.assign(tensors[f"{convolution.key}.bias"].astype(np.float32))
    return model


class _Architecture(NamedTuple):
    """What a file holds, and how to build the Keras network for it."""

    convolutions: list[TorchConvolution]
    blurs: list[TorchBlur]
    build: Callable[[], keras.Model]


def _read_architecture(tensors: Tensors, name: str) -> _Architecture:
    """Derive the architecture from the names of the tensors and the shape of the first kernel."""
    for start, network in _OTHERS.items():
        if any(key.startswith(start) for key in tensors):
            _refuse_file(name, f"{network} (its tensors are named {start}…)")
    first = name_of_first_kernel(tensors)
    if first is None:
        _refuse_file(name, f"{len(tensors)} tensors, among them {_format_names(tensors)}")
    filters = tensors[first].shape[0]
    if first == "model.0.weight":
        return _Architecture(discriminator_convolutions(filters), [], lambda: patch_discriminator(filters))
    blocks = len({key.split(".")[1] for key in tensors if re.match(r"model\.\d+\.conv_block\.", key)})
    dropout = any(key.endswith("conv_block.6.weight") for key in tensors)
    antialias = _detect_blurs(tensors)
    convolutions, blurs = generator_convolutions(filters, blocks, dropout, antialias)
    share = _DROPOUT if dropout else 0.0
    if not antialias:
        return _Architecture(convolutions, blurs, ResnetSpec(filters, blocks, dropout=share).build)
    ways = "both" if len(antialias) == 2 else antialias[0]
    return _Architecture(convolutions, blurs, CutSpec(filters, blocks, ways, share).build)


def _detect_blurs(tensors: Tensors) -> list[str]:
    """Return where a generator blurs: `"down"` if module 7 is a blur (11 is then another), `"up"` if others are."""
    blurs = {key for key in tensors if key.endswith(".filt")}
    down = {"model.7.filt", "model.11.filt"} if "model.7.filt" in blurs else set()
    return [way for way, found in (("down", down), ("up", blurs - down)) if found]


def _check_tensors(tensors: Tensors, architecture: _Architecture, name: str, tracked: bool) -> None:
    """Check that all tensors fit, before anything is built, so that a file cannot decide how much memory is used."""
    expected: dict[str, tuple[int, ...]] = {}
    for layer in architecture.convolutions:
        expected |= {f"{layer.key}.weight": layer.shape, f"{layer.key}.bias": (layer.channels,)}
    for blur in architecture.blurs:
        expected[f"{blur.key}.filt"] = (blur.channels, 1, *(len(blur.taps),) * 2)
    missing, unknown = expected.keys() - tensors.keys(), tensors.keys() - expected.keys()
    norms = _describe_weighted_norms(tensors, expected, tracked) if missing or unknown else ""
    if missing:
        _refuse_file(name, f"a file without {_format_names(missing)}{norms}")
    if unknown:
        _refuse_file(name, f"a file that also has {_format_names(unknown)}{norms}")
    for key, shape in expected.items():
        if tensors[key].shape != shape:
            _refuse_file(name, f"{key!r} of shape {tensors[key].shape}, expected {shape}")
        if not np.issubdtype(tensors[key].dtype, np.floating):
            _refuse_file(name, f"{key!r} of dtype {tensors[key].dtype}, expected floats")
    for blur in architecture.blurs:
        if not np.allclose(tensors[f"{blur.key}.filt"], blur.kernel, atol=1e-6):
            _refuse_file(name, f"'{blur.key}.filt', which differs from the CUT project's blur {blur.taps}")


def _describe_weighted_norms(tensors: Tensors, expected: Mapping[str, object], tracked: bool) -> str:
    """Describe normalisations with weights, if there are any; their `weight` is a vector."""
    norms = {key for key in tensors if key.endswith(".weight") and tensors[key].ndim == 1} - expected.keys()
    kind = "batch normalisation, as the running statistics show" if tracked else "normalisation with weights"
    return f" ({kind}: {_format_names(norms)})" if norms else ""


def _format_names(keys: Collection[str]) -> str:
    # The names come from an untrusted file, so they are shortened, and quoted to keep them on one line.
    few = [repr(key[:60]) for key in sorted(keys)[:3]]
    return ", ".join(few) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")


def _refuse_file(name: str, received: str) -> NoReturn:
    raise StyleError(f"a PyTorch file to import must hold a supported network. Received: {name!r}, {received}. {_FITS}")
