"""Unusual pictures are read as a browser shows them, and unsupported formats are named in the error."""

import io
import struct
import sys
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from copyart.data.images import list_images, read_header, read_image, save_image
from copyart.data.png_metadata import MAX_PROFILE
from copyart.data.upright_rgb import to_upright_rgb
from copyart.errors import ImageError
from tests.pictures import encode, photo, store


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_with(kind, content, image=None):
    data = encode(image or photo(), "PNG")
    return data[:33] + chunk(kind, content) + data[33:]


LARGE = bytes(3 << 20)
LARGE_TEXTS = {
    "zTXt": b"Comment\0\0" + zlib.compress(LARGE),
    "iTXt": b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(LARGE),
    "tEXt": b"Comment\0" + b" " * (3 << 20),
}


@pytest.mark.parametrize("kind", LARGE_TEXTS)
def test_texts_of_any_length_do_not_cost_the_picture(kind):
    data = png_with(kind.encode(), LARGE_TEXTS[kind])
    np.testing.assert_array_equal(np.asarray(read_image(data)), np.asarray(photo()))
    assert read_header(data).size == photo().size


def linear_profile(name, padding=0):
    """Return the profile of sRGB's primaries with a straight curve."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    for entry in range(count):
        kind, place, size = struct.unpack_from(">4sII", profile, 132 + 12 * entry)
        if kind in (b"rTRC", b"gTRC", b"bTRC"):
            profile[place : place + size] = (b"para" + bytes(4) + struct.pack(">HHi", 0, 0, 65536)).ljust(size, b"\0")
        if kind == b"desc":
            text = name.encode("utf-16-be")[: size - 28]
            profile[place + 28 : place + 28 + len(text)] = text
    profile += bytes(padding)
    struct.pack_into(">I", profile, 0, len(profile))
    return bytes(profile)


@pytest.mark.parametrize("name", ["sRGB-elle-V2-g10.icc", "Linear RGB"])
@pytest.mark.parametrize("padding", [0, 3 << 20])
def test_a_profile_counts_by_its_curves_whatever_its_name_and_size(name, padding):
    profile = zlib.compress(linear_profile(name, padding))
    grey = Image.new("RGB", (8, 8), (55, 55, 55))
    (level, *_) = read_image(png_with(b"iCCP", b"icc\0\0" + profile, grey)).getpixel((0, 0))
    assert level == pytest.approx(128, abs=2)


def test_an_endless_profile_is_passed_over():
    profile = zlib.compress(bytes(MAX_PROFILE + (1 << 20)))
    data = png_with(b"iCCP", b"icc\0\0" + profile)
    np.testing.assert_array_equal(np.asarray(read_image(data)), np.asarray(photo()))


def test_the_profile_of_srgb_itself_changes_no_pixel():
    data = encode(photo(), "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    np.testing.assert_array_equal(np.asarray(read_image(data)), np.asarray(photo()))


def test_xmp_turns_no_picture():
    xmp = b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    turned = read_image(encode(photo(48, 32), "JPEG", xmp=xmp))
    assert turned.size == (48, 32)


@pytest.mark.parametrize("format", ["jpeg", "png", "tiff", "bmp"])
def test_the_resolution_is_kept_and_turned_with_the_picture(format):
    exif = Image.Exif()
    exif[0x0112] = 6
    image = read_image(encode(photo(), "JPEG", exif=exif, dpi=(300, 150)))
    assert image.info["dpi"] == (150, 300)
    stream = io.BytesIO()
    save_image(image, stream, format)
    assert Image.open(stream).info["dpi"] == pytest.approx((150, 300), abs=0.1)


@pytest.mark.parametrize("dpi", [(0, 0), (float("nan"), 72), (1e9, 1e9), "much", None])
def test_a_damaged_resolution_is_dropped(dpi):
    image = photo()
    image.info["dpi"] = dpi
    assert to_upright_rgb(image).info == {}


def test_a_heic_picture_is_named_with_a_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ImageError, match=r"Received: a HEIC picture. Install pillow-heif .*copyart\[heif\]"):
        read_image(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))


def heic(image, **options):
    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(stream, quality=95, **options)
    return stream.getvalue()


def test_a_heic_picture_is_read_where_pillow_heif_is_installed():
    data = heic(photo(64, 48))
    difference = np.asarray(read_image(data)).astype(int) - np.asarray(photo(64, 48))
    assert np.abs(difference).mean() < 3
    assert read_header(data).size == (64, 48)


def test_a_heic_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_image(heic(photo(64, 48), exif=exif.tobytes())).size == (48, 64)


def test_a_truncated_heic_picture_is_one_line():
    data = heic(photo(64, 48))
    for length in range(20, len(data), 60):
        with pytest.raises(ImageError, match="must be a complete picture"):
            read_image(data[:length])


def test_a_heic_picture_is_as_large_as_the_limit_says():
    with pytest.raises(ImageError, match=r"at most 0\.0 megapixels"):
        read_image(heic(photo(64, 48)), max_pixels=64 * 47)


RAW = {
    "Fujifilm": b"FUJIFILMCCD-RAW 0201",
    "Olympus": b"IIRO\x08\0\0\0",
    "Panasonic": b"IIU\0\x18\0\0\0",
    "Canon CR2": b"II*\0\x10\0\0\0CR\2\0",
    "Canon CR3": b"\0\0\0\x18ftypcrx \0\0\0\1",
}


@pytest.mark.parametrize("maker", RAW)
def test_raw_files_are_named(maker):
    with pytest.raises(ImageError, match=r"Received: a camera's raw file\. Export it"):
        read_image(RAW[maker] + bytes(200))


@pytest.mark.parametrize("tags", [{50706: b"\1\4\0\0"}, {254: 1, 330: 8}])
def test_a_preview_in_a_raw_file_is_no_photo(tags):
    with pytest.raises(ImageError, match="a camera's raw file"):
        read_image(encode(photo(), "TIFF", tiffinfo=tags))


def test_a_plain_tiff_with_a_raw_suffix_is_refused_and_a_plain_tiff_is_read(tmp_path):
    data = encode(photo(), "TIFF")
    assert read_image(data).size == photo().size
    (tmp_path / "photo.NEF").write_bytes(data)
    with pytest.raises(ImageError, match=r"'photo.NEF' must be .*a camera's raw file"):
        read_image(tmp_path / "photo.NEF")


def test_kinds_that_are_not_read_are_listed_with_the_others(tmp_path):
    store(tmp_path / "a.jpg", photo())
    for name in ("b.HEIC", "c.cr3", "d.psd", "e.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in list_images(tmp_path)] == ["a.jpg", "b.HEIC", "c.cr3", "d.psd"]


@pytest.mark.parametrize("config", ['{"settings": {}}', '{"format": 1, "generator": {}}'])
def test_workdirs_and_styles_below_the_photos_hold_no_photos(tmp_path, config):
    store(tmp_path / "a.jpg", photo())
    store(tmp_path / "run" / "samples" / "1.jpg", photo())
    store(tmp_path / "holiday" / "b.jpg", photo())
    (tmp_path / "run" / "config.json").write_text(config)
    (tmp_path / "holiday" / "config.json").write_text('{"other": 1}')
    assert [path.name for path in list_images(tmp_path)] == ["a.jpg", "b.jpg"]


class Tensor:
    """What NumPy takes for an array, as the tensors of TensorFlow and JAX."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


@pytest.mark.parametrize("scale", [1, 255])
def test_a_tensor_is_a_photo(scale):
    pixels = np.asarray(photo())
    given = pixels if scale == 1 else (pixels / np.float32(255)).astype(np.float16)
    assert np.abs(np.asarray(read_image(Tensor(given)), int) - pixels).max() <= 1
