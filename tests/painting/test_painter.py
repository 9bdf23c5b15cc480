import io
import logging

import keras
import numpy as np
import pytest
from PIL import Image

from copyart.data.images import to_array, to_image
from copyart.errors import ConfigError, ImageError, StyleError
from copyart.models.discriminators import patch_discriminator
from copyart.painting.painter import Painter, read_photo
from tests import pictures
from tests.painting.networks import negative, small_generator
from tests.pictures import photo, pixels, scene


@pytest.fixture(scope="module")
def painter():
    return Painter.from_network(small_generator(), {"name": "Small"})


@pytest.fixture(scope="module")
def negative_painter():
    return Painter.from_network(negative())


class TestSizes:
    @pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 3), (15, 16), (17, 33), (48, 32), (3000, 3), (5, 61)])
    def test_a_painting_has_the_size_of_the_photo(self, painter, size):
        assert painter.paint(photo(*size)).size == size

    @pytest.mark.parametrize("size", [(1, 1), (2, 3), (17, 33), (300, 3)])
    def test_what_is_padded_is_cut_off_again(self, negative_painter, size):
        painting = negative_painter.paint(photo(*size))
        assert abs(pixels(painting) - (255 - scene(*size))).max() <= 1

    def test_a_side_that_fits_is_painted_exactly_as_the_network_does(self, painter):
        expected = to_image(np.asarray(painter.network(to_array(photo(48, 32))[None]))[0])
        assert abs(pixels(painter.paint(photo(48, 32))) - pixels(expected)).max() <= 1

    def test_a_network_of_a_fixed_size_paints_any_photo(self):
        image = keras.layers.Input((24, 40, 3))
        network = keras.Model(image, keras.layers.Conv2D(3, 3, padding="same")(image))
        assert Painter.from_network(network).paint(photo(33, 18)).size == (33, 18)

    def test_max_pixels_paints_smaller_and_enlarges(self, negative_painter):
        painting = negative_painter.paint(photo(64, 48), max_pixels=32 * 24)
        assert painting.size == (64, 48)
        assert abs(pixels(painting) - (255 - scene(64, 48))).max() > 1
        assert abs(pixels(painting) - (255 - scene(64, 48))).mean() < 12

    def test_a_file_is_decoded_no_larger_than_it_is_painted(self, negative_painter):
        picture = pictures.translucent(96, 60)
        painting = negative_painter.paint(pictures.encode(picture), max_pixels=24 * 15)
        assert painting.size == (96, 60)
        assert abs(pixels(painting) - pixels(negative_painter.paint(picture, max_pixels=24 * 15))).mean() < 3

    def test_photos_that_are_read_ahead_are_decoded_no_larger_either(self, negative_painter):
        encoded = pictures.encode(photo(96, 60))
        assert (read_photo(encoded, max_pixels=24 * 15).image.size, read_photo(encoded).image.size) == (
            (24, 15),
            (96, 60),
        )
        assert read_photo(encoded, max_pixels=24 * 15, mask=np.zeros((60, 96))).image.size == (96, 60)
        (painting,) = negative_painter.paint_many([encoded], max_pixels=24 * 15)
        assert painting.tobytes() == negative_painter.paint(encoded, max_pixels=24 * 15).tobytes()

    def test_the_photo_that_shows_is_decoded_whole(self, negative_painter):
        picture = photo(96, 60)
        for options in ({"strength": 0.0}, {"mask": np.zeros((60, 96))}):
            shown = negative_painter.paint(pictures.encode(picture), max_pixels=24 * 15, **options)
            assert shown.tobytes() == picture.tobytes()

    def test_max_pixels_changes_nothing_where_the_photo_is_smaller(self, painter):
        assert painter.paint(photo(), max_pixels=48 * 32).tobytes() == painter.paint(photo()).tobytes()

    @pytest.mark.parametrize(("size", "max_pixels"), [((64, 48), 200), ((3000, 3), 500), ((3, 3000), 500), ((9, 9), 1)])
    def test_never_more_than_max_pixels_are_painted(self, negative_painter, monkeypatch, size, max_pixels):
        painted = []
        paint = negative_painter._paint_colours
        monkeypatch.setattr(
            negative_painter, "_paint_colours", lambda at, *rest: painted.append(at.size) or paint(at, *rest)
        )
        assert negative_painter.paint(photo(*size), max_pixels=max_pixels).size == size
        assert painted[0][0] * painted[0][1] <= max_pixels


class TestStrokes:
    def test_the_negative_of_a_photo_has_no_strokes_to_enlarge(self, negative_painter):
        painting = negative_painter.paint(photo(192, 160), brush=2)
        assert abs(pixels(painting) - pixels(negative_painter.paint(photo(192, 160), brush=1))).max() <= 3

    def test_a_large_brush_paints_a_reduced_photo_besides(self, negative_painter, monkeypatch):
        painted = []
        paint = negative_painter._paint_colours
        monkeypatch.setattr(
            negative_painter, "_paint_colours", lambda at, *rest: painted.append(at.size) or paint(at, *rest)
        )
        negative_painter.paint(photo(192, 160), brush=2)
        negative_painter.paint(photo(192, 160))
        assert painted == [(192, 160), (96, 80), (192, 160)]

    def test_strokes_of_a_large_photo_are_enlarged_unasked(self, painter):
        large = photo(1024, 640)
        assert painter.paint(large).tobytes() == painter.paint(large, brush=(1024 * 640) ** 0.5 / 512).tobytes()
        assert painter.paint(large).tobytes() != painter.paint(large, brush=1).tobytes()

    @pytest.mark.parametrize("brush", [0, 0.5, float("inf"), float("nan")])
    def test_a_brush_out_of_range_is_refused(self, painter, brush):
        with pytest.raises(ConfigError, match=r"brush must be at least 1\. Received: brush="):
            painter.paint(photo(), brush=brush)


class TestPhotos:
    def test_path_bytes_stream_picture_and_array_are_the_same_photo(self, painter, tmp_path):
        encoded = pictures.encode(photo())
        (tmp_path / "photo.png").write_bytes(encoded)
        sources = [tmp_path / "photo.png", str(tmp_path / "photo.png"), encoded, io.BytesIO(encoded), photo(), scene()]
        paintings = list(painter.paint_many(sources))
        assert {painting.tobytes() for painting in paintings} == {painter.paint(photo()).tobytes()}

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "I", "F"])
    def test_every_mode_is_painted(self, painter, mode):
        image = photo(30, 18).convert("P").convert("PA") if mode == "PA" else photo(30, 18).convert(mode)
        assert painter.paint(image).size == (30, 18)

    @pytest.mark.parametrize("format", pictures.FORMATS)
    def test_every_format_is_painted(self, painter, format):
        assert painter.paint(pictures.encode(photo(30, 18), format)).size == (30, 18)

    @pytest.mark.parametrize(
        ("encoded", "mode"),
        [
            (pictures.palette_with_alpha(30, 18), "RGBA"),
            (pictures.encode(pictures.translucent(30, 18)), "RGBA"),
            (pictures.encode(photo(30, 18), icc_profile=pictures.red_blue_profile()), "RGB"),
            (pictures.deep_grey_png(np.arange(30 * 18).reshape(18, 30) * 100), "RGB"),
            (pictures.deep_grey_png(np.arange(30 * 18).reshape(18, 30) * 100, transparent=300), "RGBA"),
        ],
        ids=["palette", "translucent", "profile", "deep", "deep and transparent"],
    )
    def test_odd_pictures_keep_their_size_and_transparency(self, painter, encoded, mode):
        painting = painter.paint(encoded)
        assert (painting.size, painting.mode) == ((30, 18), mode)

    @pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
    def test_the_first_frame_of_an_animation_is_painted(self, painter, format):
        assert painter.paint(pictures.animation(format)).size == (48, 32)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_the_photo_is_turned_upright(self, painter, orientation):
        painting = painter.paint(pictures.encode(photo(30, 18), "JPEG", exif=pictures.exif(orientation)))
        assert painting.size == ((30, 18) if orientation < 5 else (18, 30))

    def test_transparency_is_kept_as_it_was(self, painter):
        painting = painter.paint(pictures.translucent())
        assert painting.mode == "RGBA"
        assert painting.getchannel("A").tobytes() == pictures.translucent().getchannel("A").tobytes()
        assert painting.convert("RGB").tobytes() == painter.paint(photo()).tobytes()

    @pytest.mark.parametrize("hostile", [pictures.bomb(), b"text", pictures.encode(photo())[:99], b""], ids=len)
    def test_what_is_no_picture_is_refused(self, painter, hostile):
        with pytest.raises(ImageError):
            painter.paint(hostile)

    def test_the_photo_is_left_as_it_is(self, painter):
        image, array = photo(), scene()
        painter.paint(image, strength=0.5)
        painter.paint(array, preserve_color=True)
        assert image.tobytes() == photo().tobytes()
        assert np.array_equal(array, scene())


class TestOptions:
    def test_strength_zero_gives_the_photo_and_one_the_painting(self, painter):
        assert painter.paint(photo(), strength=0).tobytes() == photo().tobytes()
        assert painter.paint(photo(), strength=1).tobytes() == painter.paint(photo()).tobytes()

    def test_strength_blends_photo_and_painting(self, painter):
        middle = (pixels(photo()) + 3 * pixels(painter.paint(photo()))) / 4
        assert abs(pixels(painter.paint(photo(), strength=0.75)) - middle).max() <= 1

    def test_a_photo_of_several_strips_is_blended_all_over(self, negative_painter):
        tall = photo(10, 600)
        middle = (pixels(tall) + pixels(negative_painter.paint(tall))) / 2
        assert abs(pixels(negative_painter.paint(tall, strength=0.5)) - middle).max() <= 1

    def test_preserve_color_keeps_the_photos_chroma_and_takes_the_paintings_luminance(self, negative_painter):
        muted = Image.fromarray(scene() // 4 + np.array([80, 60, 50], np.uint8))  # far from where colours clip
        kept = pixels(negative_painter.paint(muted, preserve_color=True).convert("YCbCr"))
        painted = pixels(negative_painter.paint(muted).convert("YCbCr"))
        assert abs(kept[..., 1:] - pixels(muted.convert("YCbCr"))[..., 1:]).max() <= 2
        assert abs(kept[..., 0] - painted[..., 0]).max() <= 2
        assert abs(kept[..., 1:] - painted[..., 1:]).max() > 10

    @pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
    def test_strength_out_of_range_is_refused(self, painter, strength):
        with pytest.raises(ConfigError, match=r"strength must lie in 0 to 1\. Received: strength="):
            painter.paint(photo(), strength=strength)

    @pytest.mark.parametrize("max_pixels", [0, -5])
    def test_max_pixels_out_of_range_is_refused(self, painter, max_pixels):
        with pytest.raises(ConfigError, match=r"max_pixels must be at least 1\. Received: max_pixels="):
            painter.paint(photo(), max_pixels=max_pixels)

    def test_many_photos_take_the_same_options(self, painter):
        paintings = painter.paint_many(iter([photo(), photo(seed=1)]), strength=0)
        assert next(paintings).tobytes() == photo().tobytes()
        assert next(paintings).tobytes() == photo(seed=1).tobytes()
        assert list(paintings) == []


class TestRunning:
    def test_ten_sizes_are_not_ten_traces(self, caplog):
        painter = Painter.from_network(small_generator())
        with caplog.at_level(logging.WARNING):
            for step in range(10):
                painter.paint(photo(16 + 12 * step, 60 - 4 * step))
        if keras.backend.backend() == "tensorflow":
            assert painter.engine._compiled.predict_function.experimental_get_tracing_count() <= 3
        assert [record.message for record in caplog.records] == []

    def test_the_same_photo_gives_the_same_bytes(self, painter):
        first = painter.paint(photo(57, 41)).tobytes()
        painter.paint(photo(40, 80))
        assert painter.paint(photo(57, 41)).tobytes() == first

    @pytest.mark.parametrize("error", [MemoryError(), RuntimeError("RESOURCE_EXHAUSTED: out of memory")])
    def test_running_out_of_memory_points_to_max_pixels(self, error, monkeypatch):
        painter = Painter.from_network(negative())

        def fail(batch):
            raise error

        monkeypatch.setattr(painter.engine._compiled, "predict_on_batch", fail)
        with pytest.raises(ImageError, match=r"Received: 48 × 32 pixels.*--max-pixels 384"):
            painter.paint(photo())

    def test_the_error_that_tensorflow_raises_counts_as_running_out_of_memory(self, monkeypatch):
        tf = pytest.importorskip("tensorflow")
        painter = Painter.from_network(negative())

        def fail(batch):
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

        monkeypatch.setattr(painter.engine._compiled, "predict_on_batch", fail)
        with pytest.raises(ImageError, match="--max-pixels"):
            painter.paint(photo())

    def test_another_error_is_not_taken_for_it(self, monkeypatch):
        painter = Painter.from_network(negative())

        def fail(batch):
            raise RuntimeError("something else")

        monkeypatch.setattr(painter.engine._compiled, "predict_on_batch", fail)
        with pytest.raises(RuntimeError, match="something else"):
            painter.paint(photo())

    def test_the_callers_network_keeps_its_settings(self):
        network = small_generator()
        network.compile("sgd", jit_compile=True)
        Painter.from_network(network).paint(photo())
        assert network.jit_compile is True


class TestNetworks:
    def test_a_painter_knows_its_network_its_metadata_and_its_name(self, painter):
        assert painter.name == "Small"
        assert painter.metadata == {"name": "Small"}
        assert painter.network.get_layer("stem").filters == 4

    def test_without_metadata_the_network_gives_the_name(self, negative_painter):
        assert negative_painter.name == "negative"
        assert negative_painter.metadata == {}

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_weights_that_are_not_numbers_are_refused(self, value):
        network = small_generator()
        network.get_layer("up_1").bias.assign([value] * 8)
        with pytest.raises(StyleError, match=r"finite.*up_1/bias"):
            Painter.from_network(network)

    @pytest.mark.parametrize(
        "network", [patch_discriminator(2), keras.Sequential([keras.layers.Dense(3)]), "network", None], ids=str
    )
    def test_what_does_not_turn_pictures_into_pictures_is_refused(self, network):
        with pytest.raises(StyleError, match="RGB images into RGB images"):
            Painter.from_network(network)

    def test_a_network_that_changes_the_size_is_refused(self):
        image = keras.layers.Input((None, None, 3))
        with pytest.raises(StyleError, match="keep the size"):
            Painter.from_network(keras.Model(image, keras.layers.UpSampling2D()(image))).paint(photo())
