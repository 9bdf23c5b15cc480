"""Batches for TensorFlow: a `tf.data.Dataset` of pictures, from rows of picture numbers and crops."""

import itertools
from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf


def batches(
    pairs_of: Callable[[int], np.ndarray],
    crop: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    shape: tuple[int, int, int, int],
    first: Callable[[], int],
    count: int | None = None,
) -> tf.data.Dataset:
    """Return the batches of consecutive steps. Each iteration over them is one pass.

    Args:
        pairs_of: Function that returns the pairs of a step: picture numbers and crops, int64, shape (batch, 10).
        crop: Function that returns the cropped photos and paintings of these pairs, each uint8, of shape `shape`.
        shape: Shape of a batch of one domain: (batch, size, size, 3).
        first: Function that returns the first step of a pass, called when the pass starts.
        count: Number of steps in a pass. Defaults to None: a pass never ends.

    Returns:
        A `tf.data.Dataset` of `(photos, art)`, float32 in [-1, 1].
    """

    def steps() -> Iterable[int]:
        start = first()
        return itertools.count(start) if count is None else range(start, start + count)

    def load(rows: tf.Tensor) -> tuple[tf.Tensor, ...]:
        pictures = tf.numpy_function(crop, [rows], (tf.uint8, tf.uint8), stateful=False)
        return tuple(_to_float(tf.ensure_shape(domain, shape)) for domain in pictures)

    signature = tf.TensorSpec((shape[0], 10), tf.int64)
    rows = tf.data.Dataset.from_generator(lambda: map(pairs_of, steps()), output_signature=signature)
    options = tf.data.Options()
    options.deterministic = True
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    dataset = rows.map(load, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE).with_options(options)
    return dataset if count is None else dataset.apply(tf.data.experimental.assert_cardinality(count))


def _to_float(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32) / 127.5 - 1.0
