import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from copyart.data import images
from copyart.data.images import (
    flatten,
    list_images,
    read_image,
    resize,
    save_image,
    split_alpha,
    to_array,
    to_image,
)
from copyart.errors import DataError, ImageError
from tests import pictures
from tests.pictures import photo, pixels, scene


class TestArrays:
    def test_colours_come_as_float32_from_minus_one_to_one(self):
        array = to_array(read_image(np.array([[[0, 128, 255]]], np.uint8)))
        assert array.dtype == np.float32
        assert array.tolist() == [[[-1, pytest.approx(128 / 127.5 - 1, abs=1e-6), 1]]]

    def test_every_level_survives_the_round_trip(self):
        levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
        assert np.array_equal(np.asarray(to_image(to_array(Image.fromarray(levels)))), levels)

    def test_transparency_is_dropped_from_the_array(self):
        assert to_array(pictures.translucent()).shape == (32, 48, 3)
        assert to_array(pictures.translucent()).tolist() == to_array(photo()).tolist()

    def test_pictures_of_other_modes_become_arrays(self):
        assert to_array(photo().convert("L")).shape == (32, 48, 3)

    def test_values_are_rounded_and_clipped(self):
        values = np.array([[[-1.5, 1.5, 0.5 / 127.5]]])
        assert pixels(to_image(values)).tolist() == [[[0, 255, 128]]]

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_numbers_that_are_not_finite_are_refused(self, value):
        array = np.zeros((2, 2, 3), np.float32)
        array[1, 0, 2] = value
        with pytest.raises(ImageError, match="finite"):
            to_image(array)

    @pytest.mark.parametrize("shape", [(2, 2), (1, 2, 2, 3), (2, 2, 4), (0, 2, 3)])
    def test_another_shape_is_refused(self, shape):
        with pytest.raises(ImageError, match="Received: shape"):
            to_image(np.zeros(shape))

    def test_an_opaque_picture_has_no_alpha(self):
        colours, alpha = split_alpha(photo())
        assert colours.mode == "RGB"
        assert alpha is None

    def test_alpha_is_parted_from_the_colours(self):
        colours, alpha = split_alpha(pictures.translucent())
        assert pixels(colours).tolist() == scene().tolist()
        assert pixels(alpha)[0, [0, -1]].tolist() == [0, 255]

    def test_transparency_is_laid_on_white(self):
        flat = pixels(flatten(pictures.translucent()))
        assert (flat[:, 0] == 255).all()
        assert flat[:, -1].tolist() == scene()[:, -1].tolist()

    @pytest.mark.parametrize("size", [(48, 32), (1, 1), (3000, 3)])
    def test_resizing_gives_a_square(self, size):
        assert resize(photo(*size), 16).size == (16, 16)

    def test_resizing_is_antialiased(self):
        stripes = np.zeros((64, 64, 3), np.uint8)
        stripes[:, ::2] = 255
        assert abs(pixels(resize(Image.fromarray(stripes), 8)) - 127.5).max() < 8


class TestSaving:
    @pytest.mark.parametrize("suffix", [".png", ".PNG", ".bmp", ".tif", ".tiff", ".ppm"])
    def test_a_lossless_format_follows_the_suffix(self, tmp_path, suffix):
        save_image(photo(), tmp_path / f"out{suffix}")
        assert pixels(read_image(tmp_path / f"out{suffix}")).tolist() == scene().tolist()

    @pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".webp", ".gif"])
    def test_a_lossy_format_follows_the_suffix(self, tmp_path, suffix):
        save_image(photo(), str(tmp_path / f"out{suffix}"))
        assert abs(pixels(read_image(tmp_path / f"out{suffix}")) - scene()).mean() < 12

    def test_a_jpeg_keeps_full_colour_resolution(self, tmp_path):
        save_image(photo(), tmp_path / "out.jpg")
        with Image.open(tmp_path / "out.jpg") as image:
            assert {layer[1:3] for layer in image.layer} == {(1, 1)}

    def test_a_jpeg_is_laid_on_white(self, tmp_path):
        save_image(pictures.translucent(), tmp_path / "out.jpg")
        assert pixels(read_image(tmp_path / "out.jpg"))[:, 0].min() > 240

    def test_a_png_keeps_transparency(self, tmp_path):
        save_image(pictures.translucent(), tmp_path / "out.png")
        assert pixels(read_image(tmp_path / "out.png")).tolist() == pixels(pictures.translucent()).tolist()

    def test_the_format_argument_wins_over_the_suffix(self, tmp_path):
        save_image(photo(), tmp_path / "out.dat", format="jpg")
        assert (tmp_path / "out.dat").read_bytes().startswith(b"\xff\xd8\xff")

    def test_a_picture_that_was_never_turned_is_saved_upright(self, tmp_path):
        image = photo().transpose(Image.Transpose.ROTATE_90)
        image.info["exif"] = pictures.exif(6).tobytes()
        save_image(image, tmp_path / "out.png")
        assert pixels(read_image(tmp_path / "out.png")).tolist() == scene().tolist()

    @pytest.mark.parametrize("format", ["png", "JPEG", "tiff", "webp"])
    def test_a_stream_takes_any_format(self, format):
        stream = io.BytesIO()
        save_image(photo(), stream, format=format)
        assert read_image(stream).size == (48, 32)

    def test_quality_is_passed_on(self):
        coarse, fine = io.BytesIO(), io.BytesIO()
        save_image(photo(), coarse, "jpeg", quality=10)
        save_image(photo(), fine, "jpeg")
        assert len(coarse.getvalue()) < len(fine.getvalue())

    def test_an_older_picture_is_replaced_and_nothing_else_is_left(self, tmp_path):
        (tmp_path / "out.png").write_text("old")
        save_image(photo(), tmp_path / "out.png")
        assert read_image(tmp_path / "out.png").size == (48, 32)
        assert [path.name for path in tmp_path.iterdir()] == ["out.png"]

    @pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
    def test_the_file_has_the_usual_permissions(self, tmp_path):
        (tmp_path / "usual").touch()
        save_image(photo(), tmp_path / "out.png")
        assert (tmp_path / "out.png").stat().st_mode == (tmp_path / "usual").stat().st_mode

    def refusal(self, *arguments, **options):
        with pytest.raises(ImageError) as caught:
            save_image(*arguments, **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    @pytest.mark.parametrize("name", ["out", "out.psd", "out.txt"])
    def test_an_unknown_suffix_is_refused(self, tmp_path, name):
        assert ".png" in self.refusal(photo(), tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_a_stream_needs_a_format(self):
        assert "Use one of" in self.refusal(photo(), io.BytesIO())

    def test_a_text_stream_and_a_closed_one_are_refused(self):
        closed = io.BytesIO()
        closed.close()
        self.refusal(photo(), io.StringIO(), "png")
        self.refusal(photo(), closed, "png")

    @pytest.mark.parametrize("quality", [0, 101])
    def test_a_quality_out_of_range_is_refused(self, quality):
        self.refusal(photo(), io.BytesIO(), "jpeg", quality=quality)

    def test_a_missing_folder_is_refused(self, tmp_path):
        assert "'out.png' must be writable" in self.refusal(photo(), tmp_path / "nowhere" / "out.png")

    def test_a_folder_in_the_place_of_the_file_is_refused(self, tmp_path):
        (tmp_path / "out.png").mkdir()
        self.refusal(photo(), tmp_path / "out.png")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
    def test_what_is_no_regular_file_is_not_replaced(self, tmp_path):
        os.mkfifo(tmp_path / "out.png")
        self.refusal(photo(), tmp_path / "out.png")
        assert (tmp_path / "out.png").is_fifo()

    def test_a_picture_too_large_for_the_format_is_refused(self, tmp_path):
        message = self.refusal(photo(30_000, 3), tmp_path / "out.webp")
        assert "30,000 × 3" in message
        assert list(tmp_path.iterdir()) == []

    def test_a_full_disk_leaves_the_older_picture_and_no_litter(self, tmp_path):
        resource = pytest.importorskip("resource")
        (tmp_path / "out.png").write_text("old")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), dtype=np.uint8)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
            self.refusal(Image.fromarray(noise), tmp_path / "out.png")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert (tmp_path / "out.png").read_text() == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["out.png"]

    def test_an_interrupted_replacement_leaves_no_litter(self, tmp_path, monkeypatch):
        def interrupt(*paths):
            raise KeyboardInterrupt

        monkeypatch.setattr(images.os, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            save_image(photo(), tmp_path / "out.png")
        assert list(tmp_path.iterdir()) == []


class TestListing:
    def put(self, folder, *names):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()

    def listed(self, folder):
        return [path.relative_to(folder).as_posix() for path in list_images(folder)]

    def test_pictures_are_found_at_every_depth_and_sorted(self, tmp_path):
        self.put(tmp_path, "b.JPG", "a.png", "deep/er/c.WebP", "d.jpeg", "e.tif")
        assert self.listed(tmp_path) == ["a.png", "b.JPG", "d.jpeg", "deep/er/c.WebP", "e.tif"]

    def test_other_files_hidden_ones_and_macos_litter_are_skipped(self, tmp_path):
        self.put(tmp_path, "a.png", "notes.txt", "._a.png", ".hidden/b.png", "__MACOSX/c.png", "jpg")
        (tmp_path / "folder.png").mkdir()
        assert self.listed(tmp_path) == ["a.png"]

    def test_a_link_to_nowhere_is_skipped(self, tmp_path):
        self.put(tmp_path, "a.png")
        (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
        assert self.listed(tmp_path) == ["a.png"]

    def test_names_beyond_ascii_are_found(self, tmp_path):
        self.put(tmp_path, "Albrecht_Dürer/Dürer_1.jpg")
        assert self.listed(str(tmp_path)) == ["Albrecht_Dürer/Dürer_1.jpg"]

    @pytest.mark.parametrize(
        ("name", "received"), [("nowhere", "does not exist"), ("a.png", "a file"), ("empty", "no file")]
    )
    def test_a_folder_without_pictures_is_refused(self, tmp_path, name, received):
        self.put(tmp_path, "a.png")
        (tmp_path / "empty").mkdir()
        with pytest.raises(DataError) as caught:
            list_images(tmp_path / name)
        assert received in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_folder_that_cannot_be_read_is_refused(self, tmp_path, monkeypatch):
        def deny(path):
            raise PermissionError(13, "Permission denied", str(path))

        self.put(tmp_path, "a.png")
        monkeypatch.setattr(os, "scandir", deny)
        with pytest.raises(DataError, match="Permission denied"):
            list_images(Path(tmp_path))
