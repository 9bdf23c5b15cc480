import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from copyart.data import decoding, upright_rgb
from copyart.data.images import read_image
from copyart.errors import ImageError
from tests import pictures
from tests.pictures import encode, photo, pixels, scene


class TestModes:
    @pytest.mark.parametrize("format", pictures.FORMATS)
    def test_every_format_is_read(self, format):
        image = read_image(encode(photo(), format))
        assert (image.mode, image.size) == ("RGB", (48, 32))
        assert abs(pixels(image) - scene()).mean() < 12

    @pytest.mark.skipif("AVIF" not in decoding._READERS, reason="this Pillow has no AVIF")
    def test_avif_is_read(self):
        assert abs(pixels(read_image(encode(photo(), "AVIF"))) - scene()).mean() < 12

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "F"])
    def test_every_opaque_mode_becomes_rgb(self, mode):
        assert read_image(photo().convert(mode) if mode != "LAB" else lab()).mode == "RGB"

    @pytest.mark.parametrize("mode", ["LA", "La", "PA", "RGBA", "RGBa"])
    def test_every_mode_with_alpha_becomes_rgba(self, mode):
        alpha = pictures.translucent().getchannel("A")
        if mode == "PA":  # Pillow loses the alpha channel on the way from RGBA to PA, version by version
            source = photo().convert("P").convert("PA")
            source.putalpha(alpha)
        else:
            source = pictures.translucent()
            source = source.convert("LA").convert("La") if mode == "La" else source.convert(mode)
        image = read_image(source)
        assert image.mode == "RGBA"
        assert abs(pixels(image)[..., 3] - pixels(alpha)).max() <= 1

    def test_one_bit_is_black_and_white(self):
        image = read_image(encode(photo().convert("1")))
        assert set(np.unique(pixels(image))) == {0, 255}

    def test_a_fully_opaque_alpha_channel_is_dropped(self):
        assert read_image(encode(photo().convert("RGBA"))).mode == "RGB"

    def test_a_cmyk_jpeg_keeps_its_colours(self):
        image = read_image(encode(photo().convert("CMYK"), "JPEG", quality=95))
        assert abs(pixels(image) - scene()).mean() < 12

    def test_lab_keeps_its_colours(self):
        assert abs(pixels(read_image(lab())) - scene()).mean() < 3

    def test_a_palette_with_alpha_is_transparent_where_it_says(self):
        data = pictures.palette_with_alpha()
        indices = np.asarray(Image.open(io.BytesIO(data)))
        alpha = pixels(read_image(data))[..., 3]
        assert alpha.tolist() == np.choose(np.minimum(indices, 2), [0, 128, 255]).tolist()

    def test_a_transparent_colour_is_transparent(self):
        image = Image.new("RGB", (2, 1), (1, 2, 3))
        image.putpixel((1, 0), (9, 9, 9))
        read = read_image(encode(image, "PNG", transparency=(1, 2, 3)))
        assert pixels(read)[0, :, 3].tolist() == [0, 255]

    def test_sixteen_bit_grey_is_scaled_not_clipped(self):
        image = read_image(pictures.deep_grey_png([[0, 257, 40_000, 65_535]]))
        assert pixels(image)[0, :, 0].tolist() == [0, 1, 156, 255]

    def test_sixteen_bit_grey_keeps_its_transparent_value(self):
        image = read_image(pictures.deep_grey_png([[0, 40_000]], transparent=40_000))
        assert pixels(image).tolist() == [[[0, 0, 0, 255], [156, 156, 156, 0]]]

    @pytest.mark.parametrize("mode", ["I;16", "I;16L", "I;16B"])
    def test_sixteen_bit_modes_are_scaled_whatever_their_byte_order(self, mode):
        order = ">u2" if mode.endswith("B") else "<u2"
        data = np.array([[0, 40_000, 65_535]], order).tobytes()
        assert pixels(read_image(Image.frombytes(mode, (3, 1), data)))[0, :, 1].tolist() == [0, 156, 255]

    @pytest.mark.parametrize(
        ("values", "grey"),
        [
            ([0.0, 0.5, 1.0], [0, 128, 255]),
            ([0.0, 128.0, 255.0], [0, 128, 255]),
            ([0.0, 40_000.0, 65_535.0], [0, 156, 255]),
            ([-10.0, 0.0, 10.0], [0, 128, 255]),
            ([-5.0, -5.0, -5.0], [0, 0, 0]),
        ],
    )
    def test_a_float_tiff_is_scaled_to_its_range(self, values, grey):
        data = encode(Image.fromarray(np.array([values], np.float32)), "TIFF")
        assert pixels(read_image(data))[0, :, 0].tolist() == grey

    def test_a_float_tiff_with_a_nan_is_refused(self):
        data = encode(Image.fromarray(np.array([[0, np.nan]], np.float32)), "TIFF")
        with pytest.raises(ImageError, match="not finite"):
            read_image(data)

    def test_a_32_bit_tiff_is_stretched(self):
        data = encode(Image.fromarray(np.array([[0, 2**29, 2**30]], np.int32)), "TIFF")
        assert pixels(read_image(data))[0, :, 0].tolist() == [0, 128, 255]

    @pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
    def test_an_animation_gives_its_first_frame(self, format):
        image = read_image(pictures.animation(format))
        assert abs(pixels(image.convert("RGB")) - scene()).mean() < 12

    def test_a_multi_picture_jpeg_gives_its_first_picture(self):
        data = encode(photo(), "MPO", save_all=True, append_images=[photo(seed=1)])
        assert abs(pixels(read_image(data)) - scene()).mean() < 12

    def test_a_jpeg_with_a_damaged_index_of_pictures_is_read_without_a_warning(self):
        data = encode(photo(), "JPEG")
        index = b"\xff\xe2" + (2 + 4 + 20).to_bytes(2, "big") + b"MPF\0" + b"MM\0*\0\0\0\x08" + bytes(12)
        assert read_image(data[:2] + index + data[2:]).size == (48, 32)

    @pytest.mark.parametrize("size", [(1, 1), (30_000, 3), (3, 30_000), (47, 31)])
    def test_odd_sizes_are_read(self, size):
        assert read_image(encode(photo(*size))).size == size


def lab():
    srgb, wanted = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(photo(), srgb, wanted, outputMode="LAB")


STORED_AS = {  # how each EXIF orientation stores an upright picture
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}


class TestMetadata:
    @pytest.mark.parametrize("format", ["PNG", "TIFF"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_orientation_comes_out_upright(self, orientation, format):
        stored = Image.fromarray(np.ascontiguousarray(STORED_AS[orientation](scene())))
        data = encode(stored, format, exif=pictures.exif(orientation))
        assert pixels(read_image(data)).tolist() == scene().tolist()

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_strips_come_out_in_their_places(self, orientation, monkeypatch):
        monkeypatch.setattr(upright_rgb, "_ROWS", 7)
        alpha = scene(30, 40, seed=1)[..., :1]
        upright = np.concatenate([scene(30, 40), alpha], axis=2)
        stored = Image.fromarray(np.ascontiguousarray(STORED_AS[orientation](upright)))
        data = encode(stored, exif=pictures.exif(orientation))
        assert pixels(read_image(data)).tolist() == upright.tolist()

    @pytest.mark.parametrize("format", ["JPEG", "WEBP"])
    def test_lossy_formats_come_out_upright(self, format):
        assert read_image(encode(photo(), format, exif=pictures.exif(6))).size == (32, 48)

    def test_an_opened_picture_comes_out_upright(self):
        opened = Image.open(io.BytesIO(encode(photo(), "JPEG", exif=pictures.exif(6))))
        assert read_image(opened).size == (32, 48)

    @pytest.mark.parametrize("orientation", [0, 9, 65_535])
    def test_an_unknown_orientation_is_ignored(self, orientation):
        assert read_image(encode(photo(), exif=pictures.exif(orientation))).size == (48, 32)

    def test_broken_exif_does_not_cost_the_picture(self):
        image = photo()
        image.info["exif"] = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(7)
        assert pixels(read_image(image)).tolist() == scene().tolist()

    def test_metadata_is_dropped_but_for_the_resolution(self):
        data = encode(photo(), "JPEG", exif=pictures.exif(6), dpi=(300, 300), comment="private")
        image = read_image(data)
        assert type(image) is Image.Image
        assert image.info == {"dpi": (300.0, 300.0)}
        assert not image.getexif()

    def test_an_embedded_profile_is_converted_to_srgb(self):
        red = Image.new("RGB", (4, 4), (255, 0, 0))
        image = read_image(encode(red, "PNG", icc_profile=pictures.red_blue_profile()))
        assert abs(pixels(image)[0, 0] - [0, 0, 255]).max() <= 2

    def test_a_profile_leaves_transparency_alone(self):
        data = encode(pictures.translucent(), "PNG", icc_profile=pictures.red_blue_profile())
        alpha = pixels(read_image(data))[..., 3]
        assert alpha.tolist() == pixels(pictures.translucent())[..., 3].tolist()

    def test_grey_and_palette_pictures_may_have_an_rgb_profile(self):
        for mode in ("L", "P", "1"):
            source = photo().convert(mode)
            data = encode(source, "PNG", icc_profile=pictures.red_blue_profile())
            assert read_image(data).mode == "RGB"

    def test_a_broken_or_misplaced_profile_is_ignored(self):
        assert pixels(read_image(encode(photo(), icc_profile=b"nonsense"))).tolist() == scene().tolist()
        cmyk = encode(photo().convert("CMYK"), "TIFF", icc_profile=pictures.red_blue_profile())
        assert abs(pixels(read_image(cmyk)) - scene()).mean() < 3
