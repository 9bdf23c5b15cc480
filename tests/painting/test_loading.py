import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import copyart
from copyart.engine.onnx_engine import OnnxEngine
from copyart.errors import StyleError
from copyart.models.cyclegan import CycleGAN
from copyart.models.discriminators import patch_discriminator
from copyart.painting.loading import load
from copyart.painting.painter import Painter
from copyart.styles.bundled import bundled_styles
from copyart.styles.networks import save_style
from copyart.styles.packing import pack_style
from tests.painting.networks import negative, small_generator
from tests.pictures import photo, pixels

ORACLES = Path(__file__).parent.parent / "oracles"


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """A place for bundled styles with Claude Monet in it."""
    monkeypatch.setattr("copyart.styles.bundled.BUNDLED", tmp_path / "bundled")
    save_style(tmp_path / "bundled" / "monet", negative(), {"name": "Claude Monet"})


@pytest.fixture
def cyclegan():
    return CycleGAN(32, blocks=1, filters=2, discriminator_filters=2, pool_size=0, ema_decay=0.5)


def refuse(source, match):
    with pytest.raises(StyleError, match=match) as raised:
        load(source)
    assert "\n" not in str(raised.value)


def painted_by(network):
    return Painter.from_network(network).paint(photo())


def alike(one, other):
    """Tell whether two paintings are the same but for rounding: another engine may have painted one of them."""
    return abs(pixels(one) - pixels(other)).max() <= 1


class TestFolders:
    @pytest.mark.parametrize("kind", [str, Path])
    def test_a_style_folder_becomes_a_painter(self, tmp_path, kind):
        save_style(tmp_path / "s", small_generator(), {"name": "Small", "steps": 7})
        painter = load(kind(tmp_path / "s"))
        assert (painter.name, painter.metadata["steps"]) == ("Small", 7)
        assert alike(painter.paint(photo()), painted_by(small_generator()))

    def test_a_workdir_paints_with_the_style_in_it(self, tmp_path):
        (tmp_path / "config.json").write_text(json.dumps({"artist": "monet", "settings": {}}))
        save_style(tmp_path / "style", negative(), {"name": "In training"})
        assert load(tmp_path).name == "In training"

    def test_a_workdir_without_style_has_not_saved_anything_yet(self, tmp_path):
        (tmp_path / "config.json").write_text(json.dumps({"artist": "monet", "settings": {}}))
        refuse(tmp_path, "without one.*Train until")

    @pytest.mark.parametrize("content", ["{", '{"format": 9}', "{}", "[]", "3"])
    def test_a_damaged_style_is_no_workdir(self, tmp_path, content):
        (tmp_path / "config.json").write_text(content)
        refuse(tmp_path, "complete style folder|format 1")

    def test_a_folder_of_another_kind_gets_the_list_of_forms(self, tmp_path):
        refuse(tmp_path, r"another kind of folder\. Give the workdir.*style folder.*\.keras.*\.pth.*bundled")


class TestFiles:
    def test_a_cyclegan_paints_with_its_averaged_generator(self, tmp_path, cyclegan):
        cyclegan.painter_network.set_weights([w + 0.1 for w in cyclegan.photo_to_art.get_weights()])
        cyclegan.save(tmp_path / "vangogh.keras")
        painter = load(tmp_path / "vangogh.keras")
        assert painter.name == "vangogh"
        assert alike(painter.paint(photo()), painted_by(cyclegan.painter_network))
        assert not alike(painter.paint(photo()), painted_by(cyclegan.photo_to_art))

    @pytest.mark.parametrize("build", [negative, small_generator])
    def test_any_network_from_pictures_to_pictures_paints(self, tmp_path, build):
        build().save(tmp_path / "n.keras")
        assert alike(load(str(tmp_path / "n.keras")).paint(photo()), painted_by(build()))

    def test_a_keras_file_is_loaded_in_float32(self, tmp_path, cyclegan):
        cyclegan.save(tmp_path / "n.keras")
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            painter = load(tmp_path / "n.keras")
        finally:
            keras.config.set_dtype_policy(before)
        assert {layer.compute_dtype for layer in painter.network.layers} == {"float32"}

    def test_a_published_generator_paints(self):
        painter = load(ORACLES / "generator_9blocks_filters8_legacy.pth")
        assert painter.name == "generator_9blocks_filters8_legacy"
        assert painter.paint(photo()).size == (48, 32)

    def test_a_discriminator_does_not_paint(self, tmp_path):
        refuse(ORACLES / "discriminator_filters8.pth", "RGB images into RGB images")
        patch_discriminator(2).save(tmp_path / "d.keras")
        refuse(tmp_path / "d.keras", "RGB images into RGB images")

    @pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04" + bytes(99)])
    @pytest.mark.parametrize("suffix", [".keras", ".pth", ".pt", ".h5", ".index"])
    def test_a_damaged_file_is_refused(self, tmp_path, suffix, content):
        (tmp_path / f"m{suffix}").write_bytes(content)
        refuse(tmp_path / f"m{suffix}", f"must be complete.*m{suffix}")

    def test_a_truncated_keras_file_is_refused(self, tmp_path):
        small_generator().save(tmp_path / "m.keras")
        content = (tmp_path / "m.keras").read_bytes()
        (tmp_path / "m.keras").write_bytes(content[: len(content) // 2])
        refuse(tmp_path / "m.keras", "must be complete")

    def test_a_keras_file_without_weights_is_refused(self, tmp_path):
        small_generator().save(tmp_path / "m.keras")
        with zipfile.ZipFile(tmp_path / "m.keras") as old, zipfile.ZipFile(tmp_path / "n.keras", "w") as new:
            new.writestr("config.json", old.read("config.json"))
            new.writestr("metadata.json", old.read("metadata.json"))
        refuse(tmp_path / "n.keras", "must be complete")

    def test_code_in_a_keras_file_is_not_run(self, tmp_path):
        image = keras.layers.Input((None, None, 3))
        network = keras.Model(image, keras.layers.Lambda(lambda x: x, output_shape=(None, None, 3))(image))
        network.save(tmp_path / "m.keras")
        refuse(tmp_path / "m.keras", "(?i)lambda")

    def test_a_network_of_nan_is_refused(self, tmp_path):
        network = negative()
        network.set_weights([np.full(weight.shape, np.nan) for weight in network.get_weights()])
        network.save(tmp_path / "m.keras")
        refuse(tmp_path / "m.keras", "finite")

    def test_a_file_of_another_kind_is_refused(self, tmp_path):
        (tmp_path / "model.onnx").touch()
        refuse(tmp_path / "model.onnx", r"must end in \.keras, \.pth or \.h5")

    @pytest.mark.parametrize("name", ["cut_both_filters3.pth", "keras_example_weights.h5"])
    def test_generators_of_other_projects_paint_without_keras(self, name):
        painter = load(ORACLES / name)
        assert isinstance(painter.engine, OnnxEngine)
        assert alike(painter.paint(photo()), painted_by(painter.network))


@pytest.mark.usefixtures("bundled")
class TestNames:
    @pytest.mark.parametrize("name", ["monet", "Claude Monet", "Claude_Monet", "MONET"])
    def test_a_bundled_style_is_found_by_any_spelling_of_its_artist(self, name):
        assert load(name).name == "Claude Monet"

    def test_bundled_styles_are_listed_by_slug(self):
        assert list(bundled_styles()) == ["monet"]

    def test_an_artist_who_is_not_ready_is_to_be_trained(self):
        refuse("van gogh", r"Vincent van Gogh has none\. Bundled: monet\. Train it: copyart train vangogh")

    @pytest.mark.parametrize("name", ["monnet", "runs/nothing", "nothing.keras", "", "x" * 5000, "a\0b"])
    def test_what_is_not_there_gets_the_list_of_forms(self, tmp_path, monkeypatch, name):
        monkeypatch.chdir(tmp_path)
        refuse(name, r"Give the workdir.*style folder.*\.keras.*\.pth.*bundled style.*\(ready: monet\)")

    def test_a_style_folder_goes_before_the_name(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        save_style("monet", negative(), {"name": "My own"})
        assert load("monet").name == "My own"

    def test_a_folder_of_pictures_does_not_hide_the_name(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "monet").mkdir()
        assert load("monet").name == "Claude Monet"


def test_without_bundled_styles_none_is_ready(tmp_path, monkeypatch):
    monkeypatch.setattr("copyart.styles.bundled.BUNDLED", tmp_path / "none")
    refuse("monet", r"Bundled: none\. Train it")


@pytest.mark.parametrize(("name", "meant"), [("Claude Monnet", "Claude Monet"), ("Van Gough", "Vincent van Gogh")])
def test_a_misspelt_name_gets_a_suggestion(name, meant):
    refuse(name, f"Did you mean .*{meant}")


def test_the_home_folder_is_written_as_a_tilde_wherever_a_style_is_read_or_written(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    save_style("~/small", small_generator(), {"name": "Small"})
    pack_style("~/small", "~/small.copyart")
    copyart.export.onnx(copyart.load("~/small.copyart"), "~/small.onnx")
    assert copyart.load(Path("~/small")).name == "Small"
    assert {path.name for path in tmp_path.iterdir()} >= {"small", "small.copyart", "small.onnx"}
    assert not (tmp_path / "~").exists()
