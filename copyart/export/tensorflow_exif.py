"""Apply the EXIF orientation inside a TensorFlow graph, so that a served model turns photos upright by itself."""

from collections.abc import Sequence

import tensorflow as tf

_EXIF = int.from_bytes(b"Exif\0\0", "big")
_LITTLE_ENDIAN, _BIG_ENDIAN = int.from_bytes(b"II", "big"), int.from_bytes(b"MM", "big")
_APP1, _START_OF_SCAN, _FILL = 0xE1, 0xDA, 0xFF
_ORIENTATION, _SHORT = 0x0112, 3
# Maximum number of segments to search. Cameras write Exif into the first or second segment; the limit protects servers
# from files with millions of empty segments.
_MOST_SEGMENTS = 256


def turn_upright(image: tf.Tensor, jpeg: tf.Tensor) -> tf.Tensor:
    """Rotate and flip a decoded JPEG by its EXIF orientation.

    Args:
        image: The decoded picture, shape (height, width, channels).
        jpeg: The encoded picture, a scalar string.

    Returns:
        The upright picture; `image` itself if the EXIF data are missing or broken.

    Reference:
        EXIF 2.32, section 4.6.4 A.
    """
    turn = read_orientation(jpeg)
    image = tf.cond(turn >= 5, lambda: tf.transpose(image, (1, 0, 2)), lambda: image)
    image = tf.cond(_is_one_of(turn, (3, 4, 7, 8)), lambda: tf.reverse(image, (0,)), lambda: image)
    return tf.cond(_is_one_of(turn, (2, 3, 6, 7)), lambda: tf.reverse(image, (1,)), lambda: image)


def read_orientation(jpeg: tf.Tensor) -> tf.Tensor:
    """Read the EXIF orientation of a JPEG.

    Args:
        jpeg: The encoded picture, a scalar string. It may be damaged or another kind of file.

    Returns:
        A scalar int64, 1 to 8. It is 1 (upright) if no orientation can be read.
    """
    value = _orientation_tag(_exif_data(tf.io.decode_raw(jpeg, tf.uint8)))
    return tf.where((value >= 1) & (value <= 8), value, 1)


def _exif_data(data: tf.Tensor) -> tf.Tensor:
    """Return the TIFF structure inside the first Exif segment, or an empty string."""

    def is_exif(start: tf.Tensor) -> tf.Tensor:
        return (_read_number(data, start + 1, 1) == _APP1) & (_read_number(data, start + 4, 6) == _EXIF)

    def goes_on(start: tf.Tensor) -> tf.Tensor:
        marker = _read_number(data, start + 1, 1)
        is_segment = (_read_number(data, start, 1) == _FILL) & (marker != _START_OF_SCAN)
        return (start + 4 < tf.size(data, tf.int64)) & is_segment & ~is_exif(start)

    def following(start: tf.Tensor) -> tf.Tensor:
        length = _read_number(data, start + 2, 2)
        return tf.where(_read_number(data, start + 1, 1) == _FILL, start + 1, start + 2 + length)

    first = (tf.constant(2, tf.int64),)
    (start,) = tf.while_loop(goes_on, lambda start: (following(start),), first, maximum_iterations=_MOST_SEGMENTS)
    return tf.cond(is_exif(start), lambda: data[start + 10 : following(start)], lambda: data[:0])


def _orientation_tag(tiff: tf.Tensor) -> tf.Tensor:
    """Return the last orientation in the first directory of a TIFF structure; 1 if there is none."""
    order = _read_number(tiff, 0, 2)
    is_little = order == _LITTLE_ENDIAN
    directory = _read_number(tiff, 4, 4, is_little)
    first = directory + 2
    room = tf.maximum((tf.size(tiff, tf.int64) - first) // 12, 0)
    count = tf.minimum(_read_number(tiff, directory, 2, is_little), room)
    entries = tf.reshape(tiff[first : first + 12 * count], (-1, 12))
    is_orientation = _join_bytes(entries[:, :2], is_little) == _ORIENTATION
    is_short = _join_bytes(entries[:, 2:4], is_little) == _SHORT
    found = tf.boolean_mask(_join_bytes(entries[:, 8:10], is_little), is_orientation & is_short)
    value = tf.concat([tf.constant([1], tf.int64), found], 0)[-1]
    return tf.where(is_little | (order == _BIG_ENDIAN), value, 1)


def _read_number(data: tf.Tensor, start: tf.Tensor | int, size: int, is_little: tf.Tensor | bool = False) -> tf.Tensor:
    """Read an unsigned number of `size` bytes. Bytes beyond the end count as 0."""
    read = data[start : start + size]
    return _join_bytes(tf.ensure_shape(tf.pad(read, [[0, size - tf.size(read)]]), (size,)), is_little)


def _join_bytes(digits: tf.Tensor, is_little: tf.Tensor | bool) -> tf.Tensor:
    """Combine bytes, shape (…, size), to int64 numbers, shape (…)."""
    digits = tf.cast(digits, tf.int64)
    weights = tf.constant([256**place for place in reversed(range(digits.shape[-1]))], tf.int64)
    return tf.reduce_sum(digits * tf.where(is_little, weights[::-1], weights), -1)


def _is_one_of(value: tf.Tensor, choices: Sequence[int]) -> tf.Tensor:
    return tf.reduce_any(value == tf.constant(choices, tf.int64))
