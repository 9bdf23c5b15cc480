"""The starter: light generators and projected discriminators, trained on many artists, from which a new one starts."""

import os
from pathlib import Path

import keras
import numpy as np
import safetensors.numpy

from copyart.data.whole_files import write_whole
from copyart.models.cyclegan import NETWORKS

#: What `start_from` calls the starter.
STARTER = "starter"
FILE = Path(__file__).parent / "starter.safetensors"


def save_starter(model: keras.Model, path: str | os.PathLike = FILE) -> None:
    """Write what another run can start from, as float16.

    Args:
        model: A trained `CycleGAN`. Of generators, the averages are taken, where they are kept.
        path: The file. Defaults to that of the package.
    """
    networks = {name: getattr(model, name) for name in NETWORKS}
    networks |= {"photo_to_art": model.painter_network, "art_to_photo": model.unpainter_network}
    arrays = {}
    for name, network in networks.items():
        for key, variable in learnt_weights(network).items():
            arrays[f"{name}/{key}"] = np.ascontiguousarray(keras.ops.convert_to_numpy(variable), np.float16)
    write_whole(Path(path), safetensors.numpy.save(arrays))


def load_starter(path: str | os.PathLike = FILE) -> dict[str, dict[str, np.ndarray]]:
    """Return the weights of the starter: by network, then by `"<layer>/<variable>"`."""
    found = {name: {} for name in NETWORKS}
    for key, array in safetensors.numpy.load_file(path).items():
        name, _, rest = key.partition("/")
        found[name][rest] = array.astype(np.float32)
    return found


def begin_with(network: keras.Model, weights: dict[str, np.ndarray]) -> bool:
    """Give a network the weights of the starter's, if all of them fit.

    Returns:
        Whether they fit.
    """
    variables = learnt_weights(network)
    if {key: tuple(variable.shape) for key, variable in variables.items()} != {
        key: array.shape for key, array in weights.items()
    }:
        return False
    for key, variable in variables.items():
        variable.assign(weights[key])
    return True


def learnt_weights(network: keras.Model) -> dict[str, keras.Variable]:
    """Return the weights of a network's own layers, by `"<layer>/<variable>"`.

    Of a projected discriminator these are the heads: its pretrained network is a nested model, and is left out.
    """
    layers = [layer for layer in network.layers if not isinstance(layer, keras.Model)]
    return {f"{layer.name}/{weight.name}": weight for layer in layers for weight in layer.weights}
