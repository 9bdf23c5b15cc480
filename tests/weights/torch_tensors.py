"""State dicts and files as PyTorch writes them, made without PyTorch."""

import itertools

import numpy as np

from tests.formats.pth_files import number, storage, table, tensor, zip_file


def saved(content, kind="FloatStorage", dtype="<f4"):
    """The bytes of a `.pth` file of arrays, whole numbers and lists in dictionaries."""
    storages, keys = {}, map(str, itertools.count())

    def pickled(value):
        if isinstance(value, dict):
            return table({key: pickled(item) for key, item in value.items()})
        if isinstance(value, list):
            return b"](" + b"".join(pickled(item) for item in value) + b"e"
        if isinstance(value, int):
            return number(value)
        array, key = np.ascontiguousarray(value, dtype).reshape(np.shape(value)), next(keys)
        storages[key] = array.tobytes()
        return tensor(
            storage(kind, key, array.size), 0, array.shape, [step // array.itemsize for step in array.strides]
        )

    return zip_file(pickled(content), storages)


def convolution(key, *shape, biases=None, seed=0):
    values = np.random.default_rng([seed, *key.encode()]).normal(0, 0.1, shape)
    return {f"{key}.weight": values, f"{key}.bias": np.arange(biases or shape[0]) / 10}


def generator(filters=2, blocks=1, second=5):
    """A state dict as PyTorch writes it, its numbers laid down here once more, by hand."""
    f = filters
    tensors = convolution("model.1", f, 3, 7, 7)
    tensors |= convolution("model.4", 2 * f, f, 3, 3) | convolution("model.7", 4 * f, 2 * f, 3, 3)
    for block in range(blocks):
        for place in (1, second):
            tensors |= convolution(f"model.{10 + block}.conv_block.{place}", 4 * f, 4 * f, 3, 3)
    tensors |= convolution(f"model.{10 + blocks}", 4 * f, 2 * f, 3, 3, biases=2 * f)
    tensors |= convolution(f"model.{13 + blocks}", 2 * f, f, 3, 3, biases=f)
    return tensors | convolution(f"model.{17 + blocks}", 3, f, 7, 7)


def discriminator(filters=2):
    channels = [3, filters, 2 * filters, 4 * filters, 8 * filters, 1]
    tensors = {}
    for place, before, after in zip((0, 2, 5, 8, 11), channels, channels[1:], strict=False):
        tensors |= convolution(f"model.{place}", after, before, 4, 4)
    return tensors


def prefixed(prefix, tensors):
    return {f"{prefix}{key}": array for key, array in tensors.items()}
