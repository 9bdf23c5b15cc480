import json
import os

import keras
import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from copyart.errors import ConfigError, StyleError
from copyart.models.generators import describe_generator
from copyart.styles.networks import load_style, save_style
from tests.painting.networks import negative, small_generator
from tests.pictures import photo

FILES = {"config.json", "metadata.json", "weights.safetensors"}


@pytest.fixture
def style(tmp_path):
    save_style(tmp_path / "monet", small_generator(), {"name": "Claude Monet"})
    return tmp_path / "monet"


@pytest.fixture
def policy():
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


def change(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def weights(folder):
    return safetensors.numpy.load_file(folder / "weights.safetensors")


def refuse(folder, match):
    with pytest.raises(StyleError, match=match) as raised:
        load_style(folder)
    assert "\n" not in str(raised.value)


class TestRoundTrip:
    @pytest.mark.parametrize("arguments", [{}, {"upsampling": "resize"}, {"dropout": 0.5}, {"blocks": 0, "filters": 3}])
    def test_a_generator_comes_back_as_it_was(self, tmp_path, arguments):
        network = small_generator(**arguments)
        save_style(tmp_path, network, {"name": "x"})
        again, _ = load_style(tmp_path)
        assert describe_generator(again) == describe_generator(network)
        assert all(np.array_equal(a, b) for a, b in zip(again.get_weights(), network.get_weights(), strict=True))

    def test_a_network_of_another_kind_comes_back_as_it_was(self, tmp_path):
        save_style(tmp_path, negative(), {})
        again, _ = load_style(tmp_path)
        picture = np.random.default_rng(0).uniform(-1, 1, (1, 5, 7, 3)).astype(np.float32)
        assert np.array_equal(again(picture), -picture)

    def test_metadata_comes_back_with_a_name(self, tmp_path):
        save_style(tmp_path / "own", negative(), {"licence": "CC0", "steps": 3})
        assert load_style(tmp_path / "own")[1] == {"licence": "CC0", "steps": 3, "name": "own"}

    def test_half_precision_is_half_as_large_and_nearly_the_same(self, style, tmp_path):
        save_style(tmp_path / "half", small_generator(), {}, half=True)
        sizes = [(folder / "weights.safetensors").stat().st_size for folder in (style, tmp_path / "half")]
        assert sizes[1] < 0.7 * sizes[0]
        network = load_style(tmp_path / "half")[0]
        assert {variable.dtype for variable in network.weights} == {"float32"}
        pairs = zip(network.get_weights(), small_generator().get_weights(), strict=True)
        assert max(abs(a - b).max() for a, b in pairs) < 1e-3

    def test_names_that_come_twice_are_told_apart(self, tmp_path):
        inner = keras.Sequential([keras.layers.Conv2D(3, 1), keras.layers.Conv2D(3, 1)], name="inner")
        image = keras.layers.Input((None, None, 3))
        network = keras.Model(image, inner(image))
        save_style(tmp_path, network, {})
        assert set(weights(tmp_path)) == {"inner/kernel", "inner/bias", "inner/kernel_2", "inner/bias_2"}
        again, _ = load_style(tmp_path)
        assert all(np.array_equal(a, b) for a, b in zip(again.get_weights(), network.get_weights(), strict=True))

    @pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16"])
    def test_a_style_is_float32_whatever_the_policy(self, style, policy, name):
        policy(name)
        network, _ = load_style(style)
        assert {layer.compute_dtype for layer in network.layers} == {"float32"}
        assert keras.config.dtype_policy().name == name

    def test_a_network_trained_in_mixed_precision_can_be_saved(self, tmp_path, policy):
        policy("mixed_float16")
        save_style(tmp_path, small_generator(), {})
        assert {array.dtype for array in weights(tmp_path).values()} == {np.dtype("float32")}


class TestFiles:
    def test_the_folder_holds_what_it_should_and_nothing_else(self, style):
        assert {path.name for path in style.iterdir()} == FILES

    def test_the_config_says_what_to_build(self, style):
        assert json.loads((style / "config.json").read_text()) == {
            "format": 1,
            "generator": {"kind": "resnet", "filters": 4, "blocks": 1, "upsampling": "transpose", "dropout": 0.0},
            "image_size": 256,
        }

    def test_weights_are_named_by_layer_and_variable(self, style):
        assert {"stem/kernel", "stem/bias", "block_1_conv_2/kernel", "head/bias"} <= set(weights(style))

    def test_the_preview_is_a_jpeg(self, tmp_path):
        save_style(tmp_path, negative(), {}, preview=photo())
        with Image.open(tmp_path / "preview.jpg") as image:
            assert (image.format, image.size) == ("JPEG", (48, 32))

    def test_names_of_any_script_stay_readable(self, tmp_path):
        save_style(tmp_path, negative(), {"name": "葛飾北斎 Dürer"})
        assert "葛飾北斎 Dürer" in (tmp_path / "metadata.json").read_text(encoding="utf-8")
        assert load_style(tmp_path)[1]["name"] == "葛飾北斎 Dürer"

    def test_an_older_style_is_replaced(self, style):
        save_style(style, negative(), {"name": "Negative"})
        network, metadata = load_style(style)
        assert (network.name, metadata["name"]) == ("negative", "Negative")

    def test_weights_are_replaced_first_and_no_file_is_ever_half_written(self, style, monkeypatch):
        replaced = []

        def replace(source, target):
            replaced.append(os.path.basename(target))
            raise OSError(28, "No space left on device")

        before = {path.name: path.read_bytes() for path in style.iterdir()}
        monkeypatch.setattr("os.replace", replace)
        with pytest.raises(StyleError, match="No space left on device"):
            save_style(style, negative(), {})
        assert replaced == ["weights.safetensors"]
        assert {path.name: path.read_bytes() for path in style.iterdir()} == before


class TestWhatCannotBeSaved:
    def test_a_file_in_the_place_of_the_folder(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(StyleError, match="writable folder"):
            save_style(tmp_path / "file", negative(), {})

    @pytest.mark.parametrize("metadata", [{"date": object()}, {"steps": np.int64(3)}])
    def test_metadata_that_json_does_not_hold_is_refused_before_anything_is_written(self, tmp_path, metadata):
        with pytest.raises(ConfigError, match="plain JSON"):
            save_style(tmp_path / "style", negative(), metadata)
        assert not (tmp_path / "style").exists()

    @pytest.mark.parametrize(("value", "half"), [(np.nan, False), (np.inf, False), (1e6, True)])
    def test_broken_weights_leave_the_older_style(self, style, value, half):
        network = small_generator()
        network.get_layer("stem").bias.assign([value] * 4)
        with pytest.raises(StyleError, match="stem/bias"):
            save_style(style, network, {}, half=half)
        assert load_style(style)[1]["name"] == "Claude Monet"

    def test_weights_outside_of_layers_are_refused(self, tmp_path):
        class Odd(keras.Model):
            def __init__(self):
                super().__init__()
                self.odd = self.add_weight(shape=(1,), name="odd")

        with pytest.raises(StyleError, match=r"with 1 weights outside.*\.keras"):
            save_style(tmp_path, Odd(), {})


class TestWhatCannotBeLoaded:
    @pytest.mark.parametrize("name", sorted(FILES))
    def test_a_missing_file_is_named(self, style, name):
        (style / name).unlink()
        refuse(style, f"{name}, which is missing")

    @pytest.mark.parametrize("name", sorted(FILES))
    @pytest.mark.parametrize("share", [0, 0.5, 0.99])
    def test_a_truncated_file_is_named(self, style, name, share):
        content = (style / name).read_bytes().rstrip()
        (style / name).write_bytes(content[: int(len(content) * share)])
        refuse(style, f"{name}, which is damaged")

    @pytest.mark.parametrize("content", [b"[]", b"null", b"\xff\xfe", b"[" * 200_000])
    def test_a_config_of_another_kind_is_damaged(self, style, content):
        (style / "config.json").write_bytes(content)
        refuse(style, r"config.json, which is damaged")

    @pytest.mark.parametrize("found", [2, "1", None])
    def test_an_unknown_format_is_refused(self, style, found):
        change(style / "config.json", format=found)
        refuse(style, f"format 1. Received: format {found!r}")

    @pytest.mark.parametrize(
        "generator",
        [
            None,
            {},
            [],
            "resnet",
            {"kind": "unet"},
            {"kind": "resnet", "filters": "4"},
            {"kind": "resnet", "colour": 1},
            {"kind": "resnet", "filters": -4, "blocks": 0},
            {"kind": "keras"},
            {"kind": "keras", "config": {"class_name": "Nothing", "module": "nowhere", "config": {}}},
            {"kind": "keras", "config": {"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}}},
            {"kind": "resnet", "filters": 100_000, "blocks": 9},
            {"kind": "resnet", "filters": 4, "blocks": 10**9},
        ],
        ids=str,
    )
    def test_an_architecture_that_cannot_be_built_is_refused(self, style, generator):
        change(style / "config.json", generator=generator)
        refuse(style, "config.json, which is damaged")

    def test_code_in_a_config_is_not_run(self, tmp_path):
        image = keras.layers.Input((None, None, 3))
        network = keras.Model(image, keras.layers.Lambda(lambda x: x, output_shape=(None, None, 3))(image))
        save_style(tmp_path, network, {})
        refuse(tmp_path, "(?i)lambda")

    @pytest.mark.parametrize("filters", [3, 2])
    def test_weights_of_another_shape_are_named(self, style, filters):
        change(style / "config.json", generator={"kind": "resnet", "filters": filters, "blocks": 1})
        refuse(style, r"'stem/kernel' of shape \(7, 7, 3, 4\), expected \(7, 7, 3, .\)")

    @pytest.mark.parametrize(("blocks", "which"), [(0, "with"), (2, "without")])
    def test_weights_of_another_number_of_blocks_are_named(self, style, blocks, which):
        name = "block_1_conv_1/bias" if blocks == 0 else "block_2_conv_1/bias"
        change(style / "config.json", generator={"kind": "resnet", "filters": 3, "blocks": blocks})
        refuse(style, f"weights {which} '{name}'")
