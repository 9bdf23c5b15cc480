"""Export a generator as a state dict for its PyTorch implementation."""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np

from copyart.errors import ExportError
from copyart.export.atomic_export import (
    absolute_path,
    convert_write_errors,
    move_with_report,
    require_new_path,
    temporary_folder,
)
from copyart.export.report import TorchReport, describe_export, report_path
from copyart.export.torch_writer import state_dict_file
from copyart.formats import torch_reader
from copyart.models.generators import describe_generator, describe_in_words
from copyart.painting.painter import Painter
from copyart.styles.style import Style
from copyart.weights.torch_layout import generator_convolutions


def torch_weights(model: keras.Model | Style | Painter, path: str | os.PathLike) -> TorchReport:
    """Export a generator as a PyTorch state dict, read it back to check it, and then move it into place.

    pytorch-CycleGAN-and-pix2pix loads the file as `latest_net_G.pth`; the CUT project loads generators that were
    imported from it. The export does not need PyTorch. The file has the names, shapes and numbers that PyTorch would
    write; imported weights are exported bit for bit. The report `<path>.report.json` has the results of the check.

    Args:
        model: A `CycleGAN`, whose painting network is exported, a `Painter`, or a Keras generator.
        path: File to write. It must not exist yet.

    Returns:
        A `TorchReport`.

    Raises:
        ExportError: if the path exists or cannot be written, or the generator has no PyTorch implementation. No file is
            left behind.

    Example:
        >>> from copyart.models.resnet import ResnetSpec
        >>> copyart.export.torch_weights(ResnetSpec().build(), "latest_net_G.pth").architecture
        'resnet, 64 filters, 9 blocks'
    """
    network = getattr(model, "painter_network", None) or getattr(model, "network", None) or model
    description = _generator_description(network)
    path = absolute_path(path)
    with temporary_folder(path) as folder:
        require_new_path(report_path(path))
        tensors = _named_tensors(network, description)
        data = state_dict_file(tensors)
        _check_written_tensors(data, tensors)
        made = folder / "network.pth"
        with convert_write_errors(path):
            made.write_bytes(data)
        move_with_report(made, path, _export_facts(model, path, data, description, len(tensors)))
    return TorchReport(path, report_path(path), len(data), len(tensors), describe_in_words(description))


def _generator_description(network: keras.Model) -> dict[str, Any]:
    description = describe_generator(network) or {"kind": "another network"}
    kind = "resnet with resized features" if description.get("upsampling") == "resize" else description["kind"]
    if kind not in ("resnet", "cut"):
        raise ExportError(
            "a network exported to PyTorch must be one that pytorch-CycleGAN-and-pix2pix or CUT can build: resnet with "
            f"transposed convolutions, or CUT's anti-aliased one. Received: {kind}. Export it with --to saved-model "
            "instead."
        )
    return description


def _named_tensors(network: keras.Model, description: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the tensors by name, in PyTorch's order."""
    ways: dict[Any, tuple[str, ...]] = {"both": ("down", "up"), None: ()}
    antialias: Any = description.get("antialias")
    convolutions, blurs = generator_convolutions(
        description["filters"], description["blocks"], description["dropout"] > 0, ways.get(antialias, (antialias,))
    )
    tensors = {f"{blur.key}.filt": blur.kernel for blur in blurs}
    for convolution in convolutions:
        layer = network.get_layer(convolution.layer)
        kernel, bias = (keras.ops.convert_to_numpy(weight).astype(np.float32) for weight in (layer.kernel, layer.bias))
        tensors[f"{convolution.key}.weight"] = kernel.transpose(3, 2, 0, 1).reshape(convolution.shape)
        tensors[f"{convolution.key}.bias"] = bias.reshape((convolution.channels,))
    return {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors, key=_torch_sort_key)}


def _torch_sort_key(name: str) -> tuple[list[int], bool]:
    """Sort key: the module numbers; within a module, PyTorch lists the weight before the bias."""
    return [int(number) for number in re.findall(r"\d+", name)], name.endswith(".bias")


def _check_written_tensors(data: bytes, tensors: dict[str, np.ndarray]) -> None:
    (weights,) = torch_reader.read(data).networks.values()
    read = dict(weights)
    same = list(read) == list(tensors) and all(read[name].tobytes() == tensors[name].tobytes() for name in tensors)
    if not same:
        raise ExportError(
            "a PyTorch file must have exactly the network's weights. Received: different ones when it was read back. "
            "Nothing was written; please report this."
        )
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise ExportError(
            "the model's weights must be finite. Received: NaN or infinity. Export an earlier checkpoint."
        )


def _export_facts(
    model: keras.Model | Style | Painter, path: Path, data: bytes, description: dict[str, Any], tensors: int
) -> dict[str, Any]:
    compared = {
        "with": "the Keras network, in float32",
        "runtime": "read back by copyart, byte for byte",
        "tensors": tensors,
        "tensors_that_differ": 0,
    }
    facts = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "generator": description}
    return describe_export(model, "torch", compared, file=path.name, **facts)
