import concurrent.futures
import contextlib
import io
import os
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from copyart.data import decoding, upright_rgb
from copyart.data.decoding import read_reduced
from copyart.data.images import read_image
from copyart.errors import ImageError
from tests import pictures
from tests.pictures import encode, photo, pixels, scene


def refusal(source, **limits):
    with pytest.raises(ImageError) as caught:
        read_image(source, **limits)
    message = str(caught.value)
    assert "\n" not in message
    assert "Received: " in message
    return message


class TestSources:
    @pytest.fixture
    def path(self, tmp_path):
        return pictures.store(tmp_path / "photo.png", photo())

    def test_a_path_is_read_as_path_or_text(self, path):
        assert pixels(read_image(path)).tolist() == scene().tolist()
        assert pixels(read_image(str(path))).tolist() == scene().tolist()

    def test_bytes_and_streams_are_read(self, path):
        data = path.read_bytes()
        for source in (data, bytearray(data), memoryview(data), io.BytesIO(data)):
            assert pixels(read_image(source)).tolist() == scene().tolist()

    def test_a_stream_is_read_from_its_start_and_left_open(self, path):
        with path.open("rb") as stream:
            stream.read()
            assert read_image(stream).size == (48, 32)
            assert not stream.closed

    def test_a_stream_that_cannot_seek_is_read(self, path):
        reader, writer = os.pipe()
        with open(writer, "wb") as pipe:
            pipe.write(path.read_bytes())
        with open(reader, "rb") as pipe:
            assert read_image(pipe).size == (48, 32)

    def test_a_given_picture_is_not_changed(self):
        image = photo()
        image.info["comment"] = b"mine"
        result = read_image(image)
        result.paste("black", (0, 0, 48, 32))
        assert pixels(image).tolist() == scene().tolist()
        assert image.info == {"comment": b"mine"}

    @pytest.mark.parametrize(
        "array",
        [
            scene(),
            scene().astype(np.uint16) * 257,
            scene() / 255,
            (scene() / 255).astype(np.float32),
            scene()[::-1][::-1],
        ],
    )
    def test_arrays_of_every_type_give_the_same_picture(self, array):
        assert pixels(read_image(array)).tolist() == scene().tolist()

    @pytest.mark.parametrize(
        ("shape", "mode"), [((4, 6), "RGB"), ((4, 6, 1), "RGB"), ((4, 6, 3), "RGB"), ((4, 6, 4), "RGBA")]
    )
    def test_arrays_of_every_shape_are_read(self, shape, mode):
        image = read_image(np.full(shape, 7, np.uint8))
        assert (image.mode, image.size) == (mode, (6, 4))

    @pytest.mark.parametrize(
        "array",
        [
            np.zeros((0, 4, 3), np.uint8),
            np.zeros(5, np.uint8),
            np.zeros((1, 4, 4, 3), np.uint8),
            np.zeros((4, 4, 2), np.uint8),
            np.zeros((4, 4, 3), np.int64),
            np.full((4, 4, 3), -1.0),
            np.full((4, 4, 3), np.nan),
            np.full((4, 4, 3), 255.0),
        ],
    )
    def test_an_unfit_array_is_refused(self, array):
        assert "the picture must" in refusal(array)

    @pytest.mark.parametrize("source", [None, 5, ["photo.jpg"], io.StringIO("text"), Image.new("RGB", (0, 3))])
    def test_an_unfit_source_is_refused(self, source):
        assert "the picture must" in refusal(source)

    def test_a_closed_stream_is_refused(self, path):
        with path.open("rb") as stream:
            pass
        refusal(stream)


class TestRefusals:
    def test_a_bomb_is_refused_before_it_is_decoded(self, tmp_path, monkeypatch):
        monkeypatch.setattr(decoding, "to_upright_rgb", lambda image: pytest.fail("decoded"))
        (tmp_path / "bomb.png").write_bytes(pictures.bomb())
        message = refusal(tmp_path / "bomb.png")
        assert message.startswith("'bomb.png' must have at most 104.9 megapixels. Received: 20,000 × 10,000")

    def test_a_picture_that_does_not_fit_in_memory_is_refused(self, monkeypatch):
        def exhaust(image, reduction):
            raise MemoryError

        monkeypatch.setattr(decoding, "to_upright_rgb", exhaust)
        assert "fit in memory. Received: 48 × 32 pixels" in refusal(encode(photo()))

    def test_limits_can_be_set(self):
        data = encode(photo())
        assert read_image(data, max_bytes=len(data), max_pixels=48 * 32).size == (48, 32)
        assert "max_pixels" in refusal(data, max_pixels=48 * 32 - 1)
        assert "max_bytes" in refusal(data, max_bytes=len(data) - 1)
        assert "max_pixels" in refusal(scene(), max_pixels=48 * 32 - 1)
        assert "max_pixels" in refusal(photo(), max_pixels=48 * 32 - 1)

    def test_a_file_over_the_limit_is_not_read(self, tmp_path):
        with (tmp_path / "huge.tif").open("wb") as file:
            file.truncate(2**40)
        assert "1,099,511,627,776" in refusal(tmp_path / "huge.tif")

    def test_an_endless_stream_is_cut_off(self):
        class Endless:
            def read(self, size):
                return bytes(size)

        assert "max_bytes" in refusal(Endless(), max_bytes=3_000_000)

    @pytest.mark.parametrize("format", [f for f in pictures.FORMATS if f != "GIF"])
    def test_a_truncated_picture_is_refused(self, format):
        data = encode(photo(), format)
        assert "complete picture" in refusal(data[: len(data) * 2 // 3])

    def test_the_message_names_a_truncated_file(self, tmp_path):
        data = encode(photo(), "JPEG")
        (tmp_path / "photo.jpg").write_bytes(data[: len(data) // 2])
        message = refusal(tmp_path / "photo.jpg")
        assert message.startswith("'photo.jpg' must be a complete picture. Received: a JPEG that cannot")

    def test_text_with_the_suffix_of_a_picture_is_refused(self, tmp_path):
        (tmp_path / "notes.jpg").write_text("Dear Theo, …")
        message = refusal(tmp_path / "notes.jpg")
        assert message.startswith("'notes.jpg' must be a JPEG, PNG, ")

    def test_an_empty_file_is_refused(self, tmp_path):
        (tmp_path / "empty.png").touch()
        assert "an empty file" in refusal(tmp_path / "empty.png")

    def test_a_folder_is_refused(self, tmp_path):
        assert "a folder" in refusal(tmp_path)

    def test_a_missing_file_is_refused(self, tmp_path):
        assert "which does not exist" in refusal(tmp_path / "nowhere.jpg")

    @pytest.mark.parametrize("name", ["a\0b.jpg", "x" * 5000, "photo.jpg/inside.jpg"])
    def test_an_impossible_path_is_refused(self, tmp_path, name):
        (tmp_path / "photo.jpg").touch()
        refusal(f"{tmp_path}/{name}")

    def test_a_line_break_in_a_name_does_not_break_the_line(self, tmp_path):
        refusal(tmp_path / "two\nlines.jpg")

    def test_a_damaged_opened_picture_is_refused(self):
        data = encode(photo(), "JPEG")
        refusal(Image.open(io.BytesIO(data[: len(data) - 60])))

    @pytest.mark.parametrize(
        "data",
        [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"8BPS\0\1" + bytes(40), b"P", b"\0" * 99],
    )
    def test_formats_outside_the_list_never_reach_a_parser(self, data):
        assert "of another kind" in refusal(data)


SEEDS = [encode(photo(8, 6), format) for format in pictures.FORMATS] + [
    encode(photo(8, 6), "JPEG", exif=pictures.exif(6), icc_profile=pictures.red_blue_profile()),
    pictures.palette_with_alpha(8, 6),
    pictures.animation("GIF"),
    pictures.animation("PNG"),
    pictures.deep_grey_png([[0, 40_000]], transparent=40_000),
]


class TestHostileBytes:
    @staticmethod
    def check(data):
        with contextlib.suppress(ImageError):
            assert read_image(data, max_pixels=1_000_000).mode in ("RGB", "RGBA")

    @given(st.binary(max_size=200))
    @settings(deadline=None)
    def test_random_bytes_are_a_picture_or_an_image_error(self, data):
        self.check(data)

    @given(st.sampled_from(SEEDS), st.data())
    @settings(deadline=None, max_examples=300)
    def test_changed_pictures_are_a_picture_or_an_image_error(self, seed, data):
        changed = bytearray(seed)
        places = st.integers(0, len(seed) - 1)
        for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
            changed[place] = value
        self.check(bytes(changed[: data.draw(st.just(len(seed)) | places)]))


class TestReduced:
    @pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF"])
    @pytest.mark.parametrize(("enough", "size"), [(300 * 200, (300, 200)), (150 * 100, (150, 100)), (100, (13, 9))])
    def test_a_large_picture_has_as_many_pixels_as_are_needed(self, format, enough, size):
        image, full = read_reduced(encode(photo(300, 200), format, exif=pictures.exif(6)), enough)
        assert full == (200, 300)
        assert enough <= image.width * image.height < 4 * enough
        assert image.size[::-1] == size

    def test_each_pixel_is_the_mean_of_a_square(self, monkeypatch):
        monkeypatch.setattr(upright_rgb, "_ROWS", 7)
        picture = pictures.translucent(40, 30)
        image, _ = read_reduced(encode(picture), 130)
        means = pixels(picture)[:30, :39].reshape(10, 3, 13, 3, 4).mean((1, 3))
        assert image.size == (14, 10)
        assert abs(pixels(image)[:, :13] - means).max() <= 1

    @pytest.mark.parametrize("enough", [None, 48 * 32, 10**9])
    def test_a_picture_that_is_no_larger_is_read_as_it_is(self, enough):
        image, full = read_reduced(encode(photo()), enough)
        assert (full, image.tobytes()) == ((48, 32), photo().tobytes())

    @pytest.mark.parametrize("size", [(3000, 1), (1, 3000), (2, 2000)])
    def test_a_narrow_picture_keeps_its_narrow_side(self, size):
        for format in ("PNG", "JPEG"):
            image, full = read_reduced(encode(Image.new("RGB", size), format), 10)
            assert (min(image.size), full) == (1, size)


class TestThreads:
    def test_many_threads_read_what_one_reads(self):
        sources = [encode(photo(seed=seed), format) for seed in range(8) for format in pictures.FORMATS]
        sources += [encode(photo(), "PNG", icc_profile=pictures.red_blue_profile())] * 8
        one_by_one = [read_image(source).tobytes() for source in sources]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert [image.tobytes() for image in pool.map(read_image, sources)] == one_by_one

    def test_the_process_wide_limit_of_pillow_plays_no_part(self, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            filters = list(warnings.filters)
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                list(pool.map(read_image, [encode(photo(), "JPEG"), encode(photo(), "PNG")] * 20))
            assert warnings.filters == filters
        assert caught == []
        assert Image.MAX_IMAGE_PIXELS == 1
