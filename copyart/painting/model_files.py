"""Load a network from a `.keras` file, and choose the engine for a network."""

import os

import keras
import numpy as np

from copyart.engine.engine import Engine, fast_engine
from copyart.engine.keras_engine import KerasEngine
from copyart.errors import StyleError
from copyart.models.cyclegan import CycleGAN
from copyart.models.generators import describe_generator
from copyart.models.precision import networks_in
from copyart.painting.styles import named_weights


def engine_of(network: keras.Model) -> Engine:
    """Return the engine that paints what a network paints: ONNX Runtime for one of our generators, else Keras.

    Raises:
        StyleError: if the network does not turn images into images, or has weights that are not finite.
    """
    generator = describe_generator(network)
    if generator is None:
        return KerasEngine(network)
    weights = {name: np.asarray(variable, np.float32) for name, variable in named_weights(network).items()}
    return fast_engine(generator, weights) or KerasEngine(network)


def load_keras_file(path: str | os.PathLike) -> keras.Model:
    """Load the network of a `.keras` file, in float32; of a `CycleGAN`, the generator that paints.

    Raises:
        StyleError: if the file is damaged, or has layers that neither Keras nor Copyart has.
    """
    try:
        with networks_in("float32"):
            model = keras.saving.load_model(path, compile=False)
    except Exception as error:  # a damaged file can make Keras raise anything
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StyleError(
            "a .keras file must be whole, and of layers that Keras or Copyart has. "
            f"Received: {str(path)!r} ({reason}). Save or copy it again."
        ) from error
    return model.painter_network if isinstance(model, CycleGAN) else model
