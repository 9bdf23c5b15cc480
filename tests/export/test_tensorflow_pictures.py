import io
import struct

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from copyart.data.images import flatten, read_image
from copyart.export import tensorflow_pictures
from tests import pictures
from tests.pictures import encode, photo, pixels, png, translucent

decode = tf.function(
    tensorflow_pictures.decode_picture, input_signature=[tf.TensorSpec((), tf.string)], autograph=False
)


def rows(*shape, dtype=">u2"):
    """Random pixel data of a PNG, each row led by its filter byte."""
    values = np.random.default_rng(0).integers(0, 65536, shape).astype(dtype)
    return b"".join(b"\0" + row.tobytes() for row in values)


PICTURES = {
    "rgb png": encode(photo()),
    "grey png": encode(photo().convert("L")),
    "one-bit png": encode(photo().convert("1")),
    "two-bit grey png with a transparent value": png(4, 1, 2, 0, b"\0\x1b", transparent=struct.pack(">H", 1)),
    "palette png": encode(photo().quantize(200)),
    "four-bit palette png": encode(photo().quantize(16)),
    "palette png with alpha": pictures.palette_with_alpha(),
    "rgba png": encode(translucent()),
    "grey png with alpha": encode(translucent().convert("LA")),
    "grey png with a transparent value": encode(
        photo().convert("L"), transparency=int(pixels(photo().convert("L"))[0, 0])
    ),
    "rgb png with a transparent colour": encode(photo(), transparency=tuple(pixels(photo())[0, 0].tolist())),
    "16-bit grey png": pictures.deep_grey_png([[0, 300, 65535], [40000, 12345, 256]]),
    "16-bit grey png with a transparent value": pictures.deep_grey_png([[0, 300, 65535]], transparent=300),
    "16-bit rgb png": png(7, 5, 16, 2, rows(5, 7, 3)),
    "16-bit rgba png": png(7, 5, 16, 6, rows(5, 7, 4)),
    "16-bit grey png with alpha": png(7, 5, 16, 4, rows(5, 7, 2)),
    "one pixel": encode(photo(1, 1)),
    "rgb bmp": encode(photo(), "BMP"),
    "rgba bmp": encode(translucent(), "BMP"),
    "grey bmp": encode(photo().convert("L"), "BMP"),
    "palette bmp": encode(photo().quantize(5), "BMP"),
    "moving gif": pictures.animation(),
    "grey jpeg": encode(photo().convert("L"), "JPEG"),
    "turned jpeg": encode(photo().convert("L"), "JPEG", exif=pictures.exif(6)),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_decoded_as_in_training(kind):
    expected = pixels(flatten(read_image(PICTURES[kind])))
    decoded = decode(PICTURES[kind]).numpy()
    assert decoded.shape == expected.shape
    assert np.array_equal(decoded, expected)


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("RGB", {"subsampling": "4:2:0"}),
        ("RGB", {"subsampling": "4:4:4"}),
        ("RGB", {"progressive": True}),
        ("CMYK", {}),
    ],
)
def test_a_colour_jpeg_is_decoded_nearly_as_in_training(mode, options):
    data = encode(photo().convert(mode), "JPEG", quality=90, **options)
    # Another build of the JPEG library may round colours and blow up chroma otherwise.
    assert abs(decode(data).numpy() - pixels(read_image(data))).max() <= 3


@pytest.mark.parametrize(
    "data",
    [b"", b"a text", encode(photo(), "JPEG")[:60], encode(photo())[:40], encode(photo(), "BMP")[:20]],
    ids=["nothing", "text", "cut jpeg", "cut png", "cut bmp"],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(tf.errors.InvalidArgumentError):
        decode(data)


def test_paintings_are_rounded_and_clipped():
    values = np.array([-2, -1, 0.5 / 127.5 - 1, 0.6 / 127.5 - 1, 0, 1, 2], np.float32)
    painting = tf.constant(np.tile(values[None, :, None], (1, 1, 3)))
    image = Image.open(io.BytesIO(tensorflow_pictures.encode_painting(painting).numpy()))
    assert image.format == "PNG"
    assert pixels(image)[0, :, 0].tolist() == [0, 0, 0, 1, 128, 255, 255]


@pytest.mark.parametrize("side", [*range(1, 22), 31, 32, 33])
def test_every_size_is_mirrored_to_one_that_the_network_takes(side):
    photos = np.random.default_rng(side).uniform(-1, 1, (2, side, 20, 3)).astype(np.float32)
    seen = []

    def network(padded, training):
        seen.append((padded.numpy(), training))
        return padded

    paintings = tensorflow_pictures.paint_any_size(network, tf.constant(photos))
    [(padded, training)] = seen
    missing = max(16, -(-side // 4) * 4) - side
    assert np.array_equal(padded, np.pad(photos, ((0, 0), (0, missing), (0, 0), (0, 0)), mode="reflect"))
    assert np.array_equal(paintings, photos)
    assert training is False
