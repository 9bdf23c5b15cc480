"""The starter: bundled light generators and discriminators, trained on many artists, that initialise a new run."""

import os
from pathlib import Path

import keras
import numpy as np
import safetensors.numpy

from copyart.data.atomic_files import write_atomically
from copyart.models.cyclegan import NETWORKS

#: The value of `start_from` that means the starter.
STARTER = "starter"
FILE = Path(__file__).parent / "starter.safetensors"


def save_starter(model: keras.Model, path: str | os.PathLike = FILE) -> None:
    """Save the weights of a model as a starter, in float16.

    Args:
        model: A trained `CycleGAN`. Averaged generators are saved if there are any.
        path: Path of the file. Defaults to the file in the package.
    """
    networks = {name: getattr(model, name) for name in NETWORKS}
    networks |= {"photo_to_art": model.painter_network, "art_to_photo": model.reverse_network}
    arrays = {}
    for name, network in networks.items():
        for key, variable in weights_of_own_layers(network).items():
            arrays[f"{name}/{key}"] = np.ascontiguousarray(keras.ops.convert_to_numpy(variable), np.float16)
    write_atomically(Path(path), safetensors.numpy.save(arrays))


def load_starter(path: str | os.PathLike = FILE) -> dict[str, dict[str, np.ndarray]]:
    """Return the weights of the starter as nested dictionaries: by network, then by `"<layer>/<variable>"`."""
    found: dict[str, dict[str, np.ndarray]] = {name: {} for name in NETWORKS}
    for key, array in safetensors.numpy.load_file(path).items():
        name, _, rest = key.partition("/")
        found[name][rest] = array.astype(np.float32)
    return found


def copy_if_fitting(network: keras.Model, weights: dict[str, np.ndarray]) -> bool:
    """Copy the starter's weights into a network if all of them fit.

    Returns:
        Whether they fit.
    """
    variables = weights_of_own_layers(network)
    if {key: tuple(variable.shape) for key, variable in variables.items()} != {
        key: array.shape for key, array in weights.items()
    }:
        return False
    for key, variable in variables.items():
        variable.assign(weights[key])
    return True


def weights_of_own_layers(network: keras.Model) -> dict[str, keras.Variable]:
    """Return the weights of a network's own layers, by `"<layer>/<variable>"`.

    For a projected discriminator these are the heads. Its pretrained network is a nested model and is left out.
    """
    layers = [layer for layer in network.layers if not isinstance(layer, keras.Model)]
    return {f"{layer.name}/{weight.name}": weight for layer in layers for weight in layer.weights}
