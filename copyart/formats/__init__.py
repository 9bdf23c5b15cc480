"""Read the weight files of other programs into plain arrays: PyTorch, Keras 2 (HDF5), TensorFlow checkpoints.

No file is trusted. Each is read in a child process (`copyart.formats.sandbox`), and no code in it is run.
"""

import os

from copyart.errors import StyleError
from copyart.formats.sandbox import read_in_sandbox
from copyart.formats.weights_file import RefusedError, WeightsFile, printable

#: Time limit in seconds for a reader that imports TensorFlow. The import takes 3 seconds, but longer from a slow disk.
_SECONDS_WITH_TENSORFLOW = 120


def read_torch(source: str | os.PathLike | bytes) -> WeightsFile:
    """Read the state dicts of a PyTorch `.pth` file.

    Args:
        source: Path of the file, or its bytes; at most 1 GiB. The state dict may be the whole file, or one of several
            inside nested dictionaries and lists.

    Returns:
        One network for each dictionary of tensors, named after the keys that lead to it, such as `"models.G_A"`.
        Dtypes are kept, except that bfloat16 becomes float32.

    Raises:
        StyleError: if the file is missing, damaged, in another format, or contains objects that no state dict needs.

    Example:
        >>> dict(read_torch("latest_net_G.pth").networks[""])["model.1.weight"].shape
        (64, 3, 7, 7)
    """
    must = "a PyTorch weights file must be complete and hold a dict of tensors"
    remedy = "Download it again, or save it again in PyTorch with torch.save(network.state_dict(), path)."
    return _read_network_file("torch_reader", source, must, remedy)


def read_keras_h5(path: str | os.PathLike) -> WeightsFile:
    """Read a `.h5` file that Keras 2 saved: a whole model, or only weights (`save_weights`).

    Args:
        path: Path of the file, at most 512 MiB.

    Returns:
        Float32 arrays, and the network's description if the file has one.

    Raises:
        StyleError: if the file is missing, damaged, or in another format.
    """
    must = "a Keras weights file must be complete and saved by Keras 2"
    return _read_network_file(
        "keras_h5", path, must, "Copy it again, or save it again with network.save_weights('generator.h5')."
    )


def read_checkpoint(path: str | os.PathLike) -> WeightsFile:
    """Read a TensorFlow checkpoint, which Keras 2 writes if the file name has no suffix. Needs TensorFlow.

    Args:
        path: Path of its `.index` file. The `.data-…` files must be in the same folder.

    Returns:
        Float32 arrays. Networks are named after the model's attributes: `gen_G` and `gen_F` in the Keras example.

    Raises:
        StyleError: if the checkpoint is missing, damaged or in another format, or TensorFlow is not installed.
    """
    must = "a TensorFlow checkpoint must be complete: an .index file and its .data files in one folder"
    return _read_network_file("checkpoint", path, must, "Copy all of its files again.", _SECONDS_WITH_TENSORFLOW)


def _read_network_file(
    reader: str, source: str | os.PathLike | bytes, must: str, remedy: str, *seconds: float
) -> WeightsFile:
    source = bytes(source) if isinstance(source, (bytearray, memoryview)) else source
    try:
        return read_in_sandbox(f"{__name__}.{reader}", source, *seconds)
    except RefusedError as error:
        name = "bytes" if isinstance(source, bytes) else printable(source)
        raise StyleError(f"{must}. Received: {name}, {error}. {error.remedy or remedy}") from None
