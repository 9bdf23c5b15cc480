"""Import a generator of the CycleGAN example on keras.io, trained with tensorflow_addons, into Keras 3."""

import os
from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np

from copyart.formats import read_checkpoint, read_keras_h5
from copyart.formats.weights_file import Weight, printable
from copyart.models.keras_example import KerasExampleSpec
from copyart.models.precision import dtype_policy
from copyart.weights.keras_description import described_epsilon, refuse_network
from copyart.weights.network_files import find_network, first_weight_names


def import_keras(path: str | os.PathLike, network: str | None = None) -> keras.Model:
    """Import a generator of the CycleGAN example on keras.io that was saved with Keras 2 and tensorflow_addons.

    Only arrays and names are read; no layer of the file is built, and no code in it is run. The numbers of filters and
    blocks follow from the arrays.

    Args:
        path: Path of a `.h5` file (a whole model or `save_weights`) or of a checkpoint's `.index` file.
        network: Which network to take from a file that holds several: the name under which it was saved. Defaults to
            None: the first generator, which translates from the first domain to the second.

    Returns:
        A float32 `keras.Model` from (batch, height, width, 3) in [-1, 1] to pictures of that shape.

    Raises:
        StyleError: if the file cannot be read, or holds another network.

    Example:
        >>> import_keras("generator.h5").count_params()
        11388675
    """
    name = os.path.basename(os.fspath(path))
    found = read_checkpoint(path) if name.lower().endswith(".index") else read_keras_h5(path)
    weights = _choose_weights(found.networks, network, name)
    convolutions = _group_by_convolution(weights, name)
    layers = _expected_convolutions(convolutions, name)
    blocks = (len(layers) - 6) // 2
    epsilon = described_epsilon(found.config, blocks, name)
    with dtype_policy("float32"):
        model = KerasExampleSpec(layers[0].channels, blocks, epsilon).build()
    for layer, convolution in zip(layers, convolutions, strict=True):
        _assign_weights(model, layer.name, convolution)
    return model


class _ExpectedConvolution(NamedTuple):
    name: str
    kernel: tuple[int, int, int, int]
    channels: int


def _choose_weights(networks: Mapping[str, list[Weight]], wanted: str | None, name: str) -> list[Weight]:
    generators = [key for key, weights in networks.items() if weights and weights[0].array.shape[:2] == (7, 7)]
    chosen = find_network([*networks], wanted) if wanted else next(iter(generators), None)
    if chosen is None:
        names = first_weight_names([key for key in networks if key]) or "one without a name"
        refuse_network(name, f"{names}, and no {repr(wanted) if wanted else 'generator'}")
    return networks[chosen]


def _group_by_convolution(weights: list[Weight], name: str) -> list[dict[str, np.ndarray]]:
    """Group the weights by convolution: for each kernel, a dictionary of arrays by role."""
    found: list[dict[str, np.ndarray]] = []
    for role, array in weights:
        if role == "kernel":
            found.append({})
        if role not in ("kernel", "bias", "gamma", "beta") or not found or role in found[-1]:
            refuse_network(
                name,
                f"a weight {printable(role)!r} of shape {array.shape}, which that network does not have at this place",
            )
        found[-1][role] = array
    return found


def _expected_convolutions(convolutions: list[dict[str, np.ndarray]], name: str) -> list[_ExpectedConvolution]:
    """List the layers of a generator with this number of convolutions, and check that every array fits."""
    stem: tuple[int, ...] = convolutions[0]["kernel"].shape if convolutions else ()
    blocks, odd = divmod(len(convolutions) - 6, 2)
    if len(stem) != 4 or stem[:3] != (7, 7, 3) or blocks < 0 or odd:
        refuse_network(name, f"{len(convolutions)} convolutions, the first with shape {stem}")
    f = stem[3]
    layers = [_ExpectedConvolution("stem", (7, 7, 3, f), f)]
    layers += [_ExpectedConvolution(f"down_{n}", (3, 3, f * n, f * 2 * n), f * 2 * n) for n in (1, 2)]
    wide = (3, 3, 4 * f, 4 * f)
    layers += [
        _ExpectedConvolution(f"block_{block}_conv_{n}", wide, 4 * f) for block in range(1, blocks + 1) for n in (1, 2)
    ]
    layers += [_ExpectedConvolution(f"up_{n}", (3, 3, 2 * f // n, 4 * f // n), 2 * f // n) for n in (1, 2)]
    layers.append(_ExpectedConvolution("head", (7, 7, f, 3), 3))
    for layer, arrays in zip(layers, convolutions, strict=True):
        _check_shapes(layer, arrays, name)
    return layers


def _check_shapes(layer: _ExpectedConvolution, arrays: dict[str, np.ndarray], name: str) -> None:
    needed = {"kernel", "bias"} if layer.name == "head" else {"kernel", "gamma", "beta"}
    allowed = needed if layer.name == "head" else needed | {"bias"}
    if not needed <= arrays.keys() <= allowed:
        refuse_network(name, f"{layer.name} with {', '.join(sorted(arrays))}, expected {', '.join(sorted(needed))}")
    for role, array in arrays.items():
        due = layer.kernel if role == "kernel" else (layer.channels,)
        if array.shape != due:
            refuse_network(name, f"a {role} of {layer.name} of shape {array.shape}, expected {due}")


def _assign_weights(model: keras.Model, layer: str, arrays: dict[str, np.ndarray]) -> None:
    model.get_layer(layer).kernel.assign(arrays["kernel"])
    if "bias" in arrays:  # else it stays 0: the normalisation that follows would cancel any bias
        model.get_layer(layer).bias.assign(arrays["bias"])
    if "gamma" in arrays:
        norm = model.get_layer(f"{layer.replace('_conv_', '_')}_norm")
        norm.scale.assign(arrays["gamma"])
        norm.offset.assign(arrays["beta"])
