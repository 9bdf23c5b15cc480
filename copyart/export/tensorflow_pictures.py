"""TensorFlow graph functions around the network in a served model: decode, pad, crop, encode."""

import keras
import tensorflow as tf

from copyart.engine.padding import MULTIPLE, SMALLEST
from copyart.export.tensorflow_exif import turn_upright

_BMP_DIRECTORY = 14  # length of the file header; the info header and the palette follow


def decode_picture(data: tf.Tensor) -> tf.Tensor:
    """Decode a JPEG, PNG, GIF (its first frame) or BMP.

    Args:
        data: The encoded picture, a scalar string.

    Returns:
        float32, shape (height, width, 3): upright RGB with whole numbers in 0…255; transparency becomes white.
    """
    image = tf.case(
        [
            (_starts_with(data, b"\xff\xd8"), lambda: _decode_jpeg(data)),
            (_starts_with(data, b"\x89PNG"), lambda: _decode_png(data)),
            (_starts_with(data, b"BM"), lambda: _decode_bmp(data)),
        ],
        default=lambda: tf.cast(tf.io.decode_image(data, 3, expand_animations=False), tf.float32),
    )
    return tf.ensure_shape(image, (None, None, 3))


def encode_painting(painting: tf.Tensor) -> tf.Tensor:
    """Encode a painting, shape (height, width, 3), as PNG: clip its values to [-1, 1] and round them to eight bits."""
    values = tf.round((tf.clip_by_value(painting, -1.0, 1.0) + 1.0) * 127.5)
    return tf.io.encode_png(tf.cast(values, tf.uint8))


def paint_any_size(network: keras.Model, photos: tf.Tensor) -> tf.Tensor:
    """Run a network on pictures of any size: mirror their edges up to a size that it accepts, and crop its paintings.

    Args:
        network: A network for sides that are multiples of 4 and at least 16.
        photos: Shape (batch, height, width, 3), in [-1, 1], at least one pixel high and wide.

    Returns:
        The paintings, in the same shape.
    """
    height, width = tf.shape(photos)[1], tf.shape(photos)[2]
    padded = tf.gather(tf.gather(photos, _mirrored_indices(height), axis=1), _mirrored_indices(width), axis=2)
    return network(padded, training=False)[:, :height, :width]


def _mirrored_indices(length: tf.Tensor) -> tf.Tensor:
    """Return the source index of each pixel of a padded side, mirrored repeatedly if needed."""
    padded = tf.maximum(-(-length // MULTIPLE) * MULTIPLE, SMALLEST)
    period = tf.maximum(2 * (length - 1), 1)
    place = tf.range(padded) % period
    return tf.minimum(place, period - place)


def _decode_jpeg(data: tf.Tensor) -> tf.Tensor:
    # TensorFlow's default is a faster transform, which differs by up to six levels from Pillow and browsers.
    image = tf.io.decode_jpeg(data, 3, dct_method="INTEGER_ACCURATE")
    return tf.cast(turn_upright(image, data), tf.float32)


def _decode_png(data: tf.Tensor) -> tf.Tensor:
    depth, colour = tf.unstack(tf.io.decode_raw(tf.strings.substr(data, 24, 2), tf.uint8), 2)
    image = tf.case(
        [
            # TensorFlow converts 16-bit grey to eight bits differently from Pillow, so it is rounded here.
            ((depth == 16) & (colour == 0), lambda: _decode_deep_png(data)),
            # If decoded to four channels, opaque PNGs of less than eight bits would become nearly transparent.
            (depth < 8, lambda: tf.cast(tf.io.decode_png(data), tf.float32)),
        ],
        # Four channels, because otherwise a PNG's transparent colour (tRNS) would become opaque.
        default=lambda: tf.cast(tf.io.decode_png(data, 4), tf.float32),
    )
    return _blend_with_white(image)


def _decode_deep_png(data: tf.Tensor) -> tf.Tensor:
    return tf.round(tf.cast(tf.io.decode_png(data, 4, tf.uint16), tf.float32) / 257.0)


def _blend_with_white(image: tf.Tensor) -> tf.Tensor:
    """Blend a picture of one to four channels with a white background."""
    colour_channels = (tf.shape(image)[-1] - 1) // 2 * 2 + 1
    colours, alpha = image[..., :colour_channels], image[..., colour_channels:]
    opaque = tf.fill(tf.concat([tf.shape(image)[:2], [1]], 0), 255.0)
    alpha = tf.concat([alpha, opaque], -1)[..., :1]
    return tf.round((colours * alpha + 255.0 * (255.0 - alpha)) / 255.0) * tf.ones(3)


def _decode_bmp(data: tf.Tensor) -> tf.Tensor:
    """Decode a BMP, including its palette, which TensorFlow ignores."""
    image = tf.io.decode_bmp(data)
    return tf.cast(
        tf.cond(
            tf.shape(image)[-1] == 1,
            lambda: tf.gather(_bmp_palette(data), tf.cast(image[..., 0], tf.int32)),
            lambda: image[..., :3],
        ),
        tf.float32,
    )


def _bmp_palette(data: tf.Tensor) -> tf.Tensor:
    pixels, header = (
        tf.io.decode_raw(tf.strings.substr(data, at, 4), tf.int32, little_endian=True)[0] for at in (10, _BMP_DIRECTORY)
    )
    start = _BMP_DIRECTORY + header
    palette = tf.io.decode_raw(tf.strings.substr(data, start, pixels - start), tf.uint8)
    return tf.reshape(palette, (-1, 4))[:, 2::-1]  # stored as blue, green, red, unused


def _starts_with(data: tf.Tensor, magic: bytes) -> tf.Tensor:
    return tf.strings.substr(data, 0, len(magic)) == magic
