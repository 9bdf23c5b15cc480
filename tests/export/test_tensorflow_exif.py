import struct

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from copyart.data.images import read_image
from copyart.export import tensorflow_exif
from tests.pictures import encode, exif, photo

orientation_of = tf.function(
    tensorflow_exif.read_orientation, input_signature=[tf.TensorSpec((), tf.string)], autograph=False
)


def orientation(data):
    return int(orientation_of(tf.constant(bytes(data))))


def tiff(value, order="<", tag=0x0112, kind=3, count=None, directory=8):
    """A TIFF structure whose only directory holds a comment's length and an orientation."""
    entries = [(0x0100, 4, 1, struct.pack(f"{order}I", 7)), (tag, kind, 1, struct.pack(f"{order}HH", value, 0))]
    packed = b"".join(struct.pack(f"{order}HHI", *entry[:3]) + entry[3] for entry in entries)
    magic = b"II" if order == "<" else b"MM"
    header = magic + struct.pack(f"{order}HI", 42, directory)
    return header + struct.pack(f"{order}H", len(entries) if count is None else count) + packed + bytes(4)


def segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(*segments):
    """The start of a JPEG, up to its scan."""
    return b"\xff\xd8" + b"".join(segments) + segment(0xDA, bytes(10)) + bytes(40)


def exif_segment(*arguments, **options):
    return segment(0xE1, b"Exif\0\0" + tiff(*arguments, **options))


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("order", "<>")
def test_every_orientation_is_read_in_both_byte_orders(value, order):
    assert orientation(jpeg(exif_segment(value, order))) == value


@pytest.mark.parametrize("value", range(1, 9))
def test_a_photo_is_turned_as_pillow_turns_it(value):
    data = encode(photo(40, 24), "JPEG", exif=exif(value))
    turned = tensorflow_exif.turn_upright(tf.io.decode_jpeg(data, 3, dct_method="INTEGER_ACCURATE"), tf.constant(data))
    assert np.array_equal(turned, np.asarray(read_image(data)))


def test_other_segments_may_come_first():
    before = segment(0xE0, b"JFIF\0" + bytes(9)), segment(0xFE, b"a comment"), segment(0xE1, b"http://ns.adobe.com/")
    assert orientation(jpeg(*before, exif_segment(6))) == 6


def test_fill_bytes_before_a_segment_are_skipped():
    assert orientation(jpeg(b"\xff\xff\xff", exif_segment(6))) == 6


def test_the_first_exif_segment_counts():
    assert orientation(jpeg(exif_segment(6), exif_segment(3))) == 6


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"\xff\xd8", jpeg(), encode(photo(), "PNG"), b"\xff" * 100],
    ids=["nothing", "a byte", "two bytes", "jpeg without", "png", "fill bytes"],
)
def test_bytes_without_exif_are_upright(data):
    assert orientation(data) == 1


def test_what_follows_the_start_of_the_scan_is_no_metadata():
    assert orientation(jpeg() + exif_segment(6)) == 1


@pytest.mark.parametrize(
    "segment",
    [
        exif_segment(0),
        exif_segment(9),
        exif_segment(65535),
        exif_segment(6, kind=2),
        exif_segment(6, tag=0x0113),
        exif_segment(6, count=1),
        exif_segment(6, directory=5000),
        exif_segment(6, directory=2**32 - 1),
        segment(0xE1, b"Exif\0\0" + b"XX" + tiff(6)[2:]),
        segment(0xE1, b"Exif\0\0"),
    ],
)
def test_an_orientation_that_cannot_be_read_is_upright(segment):
    assert orientation(jpeg(segment)) == 1


def test_a_directory_that_claims_more_entries_than_there_are_is_read_as_far_as_it_goes():
    assert orientation(jpeg(exif_segment(6, count=60000))) == 6


def test_a_file_of_countless_segments_is_given_up():
    assert orientation(jpeg(*[segment(0xE0, b"")] * 300, exif_segment(6))) == 1


@given(st.integers(0, 70), st.binary(min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_damaged_metadata_never_cost_the_picture(place, damage):
    data = bytearray(jpeg(segment(0xE0, b"JFIF\0" + bytes(9)), exif_segment(6)))
    data[place : place + len(damage)] = damage
    assert 1 <= orientation(data) <= 8
    assert 1 <= orientation(data[:place]) <= 8
