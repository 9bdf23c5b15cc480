"""Networks from files of other kinds than a style folder."""

import keras
import numpy as np

from copyart.errors import StyleError
from copyart.models.cyclegan import CycleGAN
from copyart.models.generators import describe_generator
from copyart.models.precision import networks_in
from copyart.painting.engines import fast_engine
from copyart.painting.styles import named_weights

#: Weights and models of Keras 2: HDF5, and the index of a TensorFlow checkpoint.
_KERAS_2 = (".h5", ".hdf5", ".index")


def read_network(path, part=None):
    """Read the generator of a model file.

    Args:
        path: A `Path` that ends in `.keras`, in `.pth` or `.pt` for a generator of the paper's PyTorch implementation
            or the CUT project, or in `.h5`, `.hdf5` or `.index` for one of the Keras example with tensorflow_addons.
        part: Which network to take of a file of Keras 2 that holds several. Defaults to None: the first generator.

    Returns:
        The network, and the engine to paint with, or None where only the network itself can.

    Raises:
        StyleError: The file is damaged, or of another kind.
    """
    # Imports are here, because export stands above painting; only these of its parts are for coming in.
    suffix = path.suffix.lower()
    if suffix == ".keras":
        network = _load_keras(path)
    elif suffix in _KERAS_2:
        from copyart.export.keras_import import import_keras

        network = import_keras(path, part)
    else:
        from copyart.export.torch_import import import_torch

        network = import_torch(path)
    return network, _engine_of(network)


def _engine_of(network):
    generator = describe_generator(network) if isinstance(network, keras.Model) else None
    if generator is None:
        return None
    weights = {name: np.asarray(variable, np.float32) for name, variable in named_weights(network).items()}
    return fast_engine(generator, weights)


def _load_keras(path):
    try:
        with networks_in("float32"):
            model = keras.saving.load_model(path, compile=False)
    except Exception as error:  # a damaged file can make Keras raise any kind
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise StyleError(
            "a .keras file must be whole, and of layers that Keras or Copyart has. "
            f"Received: {str(path)!r} ({reason}). Save or copy it again."
        ) from error
    return model.painter_network if isinstance(model, CycleGAN) else model
