"""Load a network from a `.keras` file."""

import os

import keras

from copyart.errors import StyleError
from copyart.models.cyclegan import CycleGAN
from copyart.models.precision import networks_in


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
