"""Save a Keras network as a style, and build the network of a style."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import safetensors.numpy
from PIL import Image

from copyart.data.images import encode_image
from copyart.engine.engine import Engine, engine_for_plan
from copyart.engine.keras_engine import KerasEngine
from copyart.engine.plan import layer_plan
from copyart.errors import ConfigError, StyleError
from copyart.models.generators import describe_generator, read_spec
from copyart.models.precision import dtype_policy
from copyart.styles.folder import (
    CONFIG,
    FORMAT,
    METADATA,
    PREVIEW,
    WEIGHTS,
    damaged_file_error,
    encode_json,
    style_error,
    write_style_file,
)
from copyart.styles.opening import open_local_style


def save_style(
    folder: str | os.PathLike,
    network: keras.Model,
    metadata: Mapping[str, Any],
    preview: Image.Image | None = None,
    half: bool = False,
    image_size: int = 256,
) -> None:
    """Save a network as a style folder. Each file of an older style in that folder is replaced atomically.

    Args:
        folder: Path of the folder. It is created if it is missing.
        network: A generator, ours or any network of Keras layers.
        metadata: A dictionary that JSON can hold: artist, steps, data, licence… Its `name` is shown to users and
            defaults to the folder's name.
        preview: A PIL image painted in the style. Defaults to None: an older preview stays.
        half: Whether to store the weights in float16, at half the size. This changes hardly any pixel of a painting.
            Defaults to False.
        image_size: Side of the training pictures, in pixels. Defaults to 256.

    Raises:
        StyleError: if the weights are not all finite, or the folder cannot be written.
        ConfigError: if JSON cannot hold the metadata.
    """
    folder = Path(os.path.expanduser(folder))
    generator = describe_generator(network) or _network_config(network)
    config = {"format": FORMAT, "generator": generator, "image_size": image_size}
    files = {  # weights come first, so that a folder with a config.json always has weights
        WEIGHTS: _encode_weights(network, half),
        CONFIG: encode_json(config),
        METADATA: encode_json({**metadata, "name": metadata.get("name") or folder.resolve().name}),
    }
    if preview is not None:
        files[PREVIEW] = encode_image(preview, "JPEG")
    for name, content in files.items():
        write_style_file(folder / name, content)


def load_style(place: str | os.PathLike) -> tuple[keras.Model, Mapping[str, Any]]:
    """Return the Keras network of a style, always in float32, and the metadata.

    Args:
        place: Path of a style folder or packed style.

    Raises:
        StyleError: if a file is missing or damaged, or the weights do not fit the generator.
    """
    style = open_local_style(Path(place))
    return style.network(), style.metadata


def build_network(place: Path, config: Mapping[str, Any], weights: Mapping[str, np.ndarray]) -> keras.Model:
    """Build the Keras network of a style, always in float32.

    Args:
        place: Path of the style, for error messages.
        config: Content of `config.json`.
        weights: Arrays by name, `"<layer>/<variable>"`.

    Raises:
        StyleError: if the config does not describe a network, or the weights do not fit the network.
    """
    network = _build_from_description(place, config.get("generator"), weights)
    _assign_weights(place, network, weights)
    return network


def _network_config(network: keras.Model) -> dict[str, Any]:
    return {"kind": "keras", "config": keras.saving.serialize_keras_object(network)}


def _encode_weights(network: keras.Model, half: bool) -> bytes:
    dtype = np.float16 if half else np.float32
    arrays = {}
    with np.errstate(over="ignore"):
        for name, variable in named_weights(network).items():
            arrays[name] = np.ascontiguousarray(variable.numpy().astype(dtype))
    broken = next((name for name, array in arrays.items() if not np.isfinite(array).all()), None)
    if broken:
        raise StyleError(
            f"weights to save must be finite in {np.dtype(dtype).name}. Received: {broken!r} with NaN or infinity. Go "
            "back to an earlier checkpoint."
        )
    return safetensors.numpy.save(arrays)


def named_weights(network: keras.Model) -> dict[str, keras.Variable]:
    """Return the weights of a network by name, `"<layer>/<variable>"`. A repeated name gets a number: `kernel_2`.

    Raises:
        StyleError: if a weight does not belong to a layer.
    """
    weights = {}
    for layer in network.layers:
        for variable in layer.weights:
            name, count = f"{layer.name}/{variable.name}", 1
            while (key := name if count == 1 else f"{name}_{count}") in weights:
                count += 1
            weights[key] = variable
    if len(weights) != len(network.weights):
        raise StyleError(
            "a network to save as a style must be made of layers. Received: "
            f"{network.name!r}, with {len(network.weights) - len(weights)} weights outside of them. "
            "Save it with network.save('name.keras'), which copyart.load reads too."
        )
    return weights


def engine_for_network(network: keras.Model) -> Engine:
    """Return an engine that paints with a network: ONNX Runtime for one of our generators, else Keras.

    Raises:
        StyleError: if the network is not image-to-image, or has weights that are not finite.
    """
    generator = describe_generator(network)
    named = named_weights(network) if generator else {}
    weights = {name: np.asarray(variable, np.float32) for name, variable in named.items()}
    try:
        plan = layer_plan(generator, weights)
    except ValueError:  # layers were replaced after the network was built
        plan = None
    if plan and all(np.isfinite(array).all() for array in weights.values()):
        return engine_for_plan(plan) or KerasEngine(network)
    return KerasEngine(network)


def _build_from_description(folder: Path, generator: Any, arrays: Mapping[str, np.ndarray]) -> keras.Model:
    numbers = sum(array.size for array in arrays.values())
    try:
        with dtype_policy("float32"):
            if generator["kind"] == "keras":
                return _require_network(keras.saving.deserialize_keras_object(generator["config"], safe_mode=True))
            if (spec := read_spec(generator)) is None:
                raise ConfigError(f"it names an unknown kind of generator: {generator['kind']!r}")
            if spec.has_more_weights_than(numbers):
                raise ConfigError(f"its network has more weights than the {numbers:,} that the style holds: {spec}")
            return spec.build()
    except Exception as error:  # Keras may raise any exception for a damaged config
        raise damaged_file_error(folder / CONFIG, error) from error


def _require_network(found: object) -> keras.Model:
    if not isinstance(found, keras.Model):
        raise ConfigError(f"it describes a {type(found).__name__} instead of a network")
    return found


def _assign_weights(folder: Path, network: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    weights = named_weights(network)
    if odd := weights.keys() ^ arrays.keys():
        name = min(odd)
        what = f"weights {'without' if name in weights else 'with'} {name[:80]!r}"
        raise style_error(folder, "hold the weights of its network", what, "Save or copy the style again.")
    for name, variable in weights.items():
        if arrays[name].shape != tuple(variable.shape):
            what = f"{name!r} of shape {arrays[name].shape}, expected {tuple(variable.shape)}"
            raise style_error(folder, "hold the weights of its network", what, "Save or copy the style again.")
        variable.assign(arrays[name])
