import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import copyart
from copyart import export
from copyart.data.images import flatten, read_image, to_array, to_image
from copyart.errors import ExportError, ImageError
from copyart.export import comparison, saved_model_check, tensorflow_pictures, tensorflow_saved_model
from copyart.models.cyclegan import CycleGAN
from copyart.models.generators import build_generator
from copyart.painting.painter import Painter
from tests import pictures
from tests.pictures import encode, photo, pixels


def generator(seed=0, **options):
    """A small generator whose paintings have contrast."""
    network = build_generator("resnet", filters=4, blocks=1, **options)
    random = np.random.default_rng(seed)
    network.set_weights([random.normal(0, 0.1, weight.shape) for weight in network.get_weights()])
    return network


def paint(network, image):
    """The painting as Keras makes it, with NumPy around it."""
    values = to_array(flatten(image))
    height, width = values.shape[:2]
    sides = [(0, max(16, -(-side // 4) * 4) - side) for side in (height, width)]
    padded = np.pad(values, (*sides, (0, 0)), mode="reflect")
    return np.asarray(network(padded[None], training=False))[0, :height, :width]


@pytest.fixture(scope="module")
def network():
    return generator()


@pytest.fixture(scope="module")
def report(network, tmp_path_factory):
    return export.saved_model(network, tmp_path_factory.mktemp("served") / "monet" / "1")


@pytest.fixture(scope="module")
def served(report):
    return tf.saved_model.load(str(report.path))


@pytest.fixture
def unwritten(monkeypatch):
    """Exports that write and compare nothing; the list of the networks that would have been exported."""
    networks = []

    monkeypatch.setattr(tensorflow_saved_model, "_write_saved_model", lambda network, _: networks.append(network))
    monkeypatch.setattr(tensorflow_saved_model, "compare", lambda *_: dict.fromkeys(FIGURES, 0))
    return networks


FIGURES = ("pictures", "max_difference", "mean_difference", "max_painting_difference", "mean_painting_difference")


class TestSignatures:
    def test_paint_is_the_default(self, served):
        assert served.signatures.keys() == {"paint", "serve", "serving_default"}
        given, returned = (
            signature.keys()
            for signature in (
                served.signatures["serving_default"].structured_input_signature[1],
                served.signatures["serving_default"].structured_outputs,
            )
        )
        assert (list(given), list(returned)) == (["image_bytes"], ["painting_bytes"])

    def test_pictures_of_mixed_kinds_and_sizes_are_painted_in_one_batch(self, served, network):
        data = [
            encode(photo(33, 21)),
            encode(photo(48, 32).convert("L"), "JPEG", exif=pictures.exif(6)),
            encode(pictures.translucent(20, 50)),
            encode(photo(7, 5)),
            pictures.animation(),
            encode(photo(3, 40), "BMP"),
        ]
        paintings = served.signatures["serving_default"](image_bytes=tf.constant(data))["painting_bytes"].numpy()
        for encoded, painting in zip(data, paintings, strict=True):
            original, painted = read_image(encoded), read_image(painting)
            assert painting.startswith(b"\x89PNG")
            assert painted.size == original.size
            assert abs(pixels(painted) - pixels(to_image(paint(network, original)))).max() <= 1

    def test_an_empty_batch_gives_an_empty_batch(self, served):
        assert served.paint(image_bytes=tf.zeros((0,), tf.string))["painting_bytes"].shape == (0,)

    @pytest.mark.parametrize("size", [(7, 5), (5, 31), (32, 48)])
    def test_serve_paints_batches_of_floats_of_any_size(self, served, network, size):
        images = [photo(*size, seed=seed) for seed in range(3)]
        paintings = served.serve(photos=np.stack([to_array(image) for image in images]))["paintings"]
        expected = np.stack([paint(network, image) for image in images])
        assert np.abs(paintings - expected).max() < 1e-4

    @pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 2)])
    def test_the_smallest_pictures_keep_their_size(self, served, size):
        # Not their colours: instance normalisation blows up the rounding of a flat picture.
        painting = served.paint(image_bytes=tf.constant([encode(photo(*size))]))["painting_bytes"].numpy()[0]
        assert read_image(painting).size == size

    def test_a_broken_picture_is_refused(self, served):
        with pytest.raises(tf.errors.InvalidArgumentError):
            served.paint(image_bytes=tf.constant([encode(photo()), b"a text"]))


class TestReport:
    def test_says_what_was_compared(self, report):
        assert report.pictures == 7
        assert 0 <= report.mean_difference <= report.max_difference < 1e-4
        assert report.max_painting_difference <= 1.01 / 255

    def test_gives_the_size_of_all_files(self, report):
        assert report.size == sum(file.stat().st_size for file in report.path.rglob("*") if file.is_file())

    def test_cannot_be_changed(self, report):
        with pytest.raises(dataclasses.FrozenInstanceError):
            report.size = 0


class TestFolder:
    def test_holds_a_saved_model_and_nothing_else_stays(self, report):
        assert (report.path.parent.name, report.path.name) == ("monet", "1")
        assert {child.name for child in report.path.iterdir()} >= {"saved_model.pb", "variables"}
        assert [child.name for child in report.path.parents[1].rglob(".*")] == []

    def test_holds_each_weight_once(self, report, network):
        weights = report.path / "variables" / "variables.data-00000-of-00001"
        assert weights.stat().st_size < 1.2 * 4 * network.count_params()

    @pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
    def test_what_is_there_is_not_overwritten(self, tmp_path, network, kind, unwritten):
        path = tmp_path / "1"
        if kind == "folder":
            path.mkdir()
        elif kind == "file":
            path.write_text("mine")
        else:
            path.symlink_to(tmp_path / "nowhere")
        with pytest.raises(ExportError, match="which exists"):
            export.saved_model(network, path)
        assert list(tmp_path.iterdir()) == [path]
        assert unwritten == []

    def test_what_appears_meanwhile_is_not_overwritten(self, tmp_path, network, monkeypatch, unwritten):
        def compare(*_):
            (tmp_path / "1").mkdir()
            return dict.fromkeys(FIGURES, 0)

        monkeypatch.setattr(tensorflow_saved_model, "compare", compare)
        with pytest.raises(ExportError, match="which exists"):
            export.saved_model(network, tmp_path / "1")
        assert [child.name for child in tmp_path.iterdir()] == ["1"]

    def test_a_file_in_the_way_is_one_clear_line(self, tmp_path, network):
        (tmp_path / "served").write_text("a file")
        with pytest.raises(ExportError, match="must be writable") as caught:
            export.saved_model(network, tmp_path / "served" / "1")
        assert "\n" not in str(caught.value)
        assert [child.name for child in tmp_path.iterdir()] == ["served"]

    def test_a_full_disk_is_one_clear_line_and_leaves_nothing(self, tmp_path, network, monkeypatch):
        def write(_, folder):
            (folder / "saved_model.pb").write_bytes(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(tensorflow_saved_model, "_write_saved_model", write)
        with pytest.raises(ExportError, match="No space left on device"):
            export.saved_model(network, tmp_path / "served" / "1")
        assert list(tmp_path.iterdir()) == []


class TestComparison:
    def test_an_export_that_differs_is_refused_and_leaves_nothing(self, tmp_path, network, monkeypatch):
        original = tensorflow_saved_model.paint_any_size
        monkeypatch.setattr(tensorflow_saved_model, "paint_any_size", lambda *given: original(*given) + 0.01)
        with pytest.raises(ExportError, match="`serve`"):
            export.saved_model(network, tmp_path / "served" / "1")
        assert list(tmp_path.iterdir()) == []

    def test_another_network_is_told_apart(self, report):
        with pytest.raises(ExportError, match="`serve`"):
            saved_model_check.compare(report.path, generator(seed=1), None, 1 / 255)

    def test_paintings_are_held_to_the_tolerance(self, report, network, monkeypatch):
        monkeypatch.setattr(comparison, "to_image", lambda values: to_image(values + 3 / 127.5))
        with pytest.raises(ExportError, match="`paint`"):
            saved_model_check.compare(report.path, network, None, 1 / 255)
        differences = saved_model_check.compare(report.path, network, None, 4 / 255)
        assert 2 / 255 <= differences["max_painting_difference"] <= 4.01 / 255

    def test_given_photos_are_compared(self, report, network, tmp_path):
        path = pictures.store(tmp_path / "photo.jpg", photo(30, 18))
        assert saved_model_check.compare(report.path, network, [path, photo(9, 50)], 1 / 255)["pictures"] == 2

    def test_a_photo_that_cannot_be_read_leaves_nothing(self, network, tmp_path, monkeypatch):
        monkeypatch.setattr(tensorflow_saved_model, "_write_saved_model", lambda *_: None)
        with pytest.raises(ImageError):
            export.saved_model(network, tmp_path / "1", photos=[b"a text"])
        assert list(tmp_path.iterdir()) == []

    def test_no_photo_at_all_is_refused(self, report, network):
        with pytest.raises(ExportError, match="at least one picture"):
            saved_model_check.compare(report.path, network, [], 1 / 255)

    def test_tf32_is_as_it_was_afterwards(self, report, network):
        saved_model_check.compare(report.path, network, [photo()], 1 / 255)
        assert tf.config.experimental.tensor_float_32_execution_enabled()

    def test_every_generated_picture_has_contrast_and_reads_alike_in_the_graph(self):
        for data in saved_model_check._test_pictures():
            expected = pixels(flatten(read_image(data)))
            assert expected.std() > 10
            assert np.array_equal(tensorflow_pictures.decode_picture(tf.constant(data)), expected)


class TestModels:
    def test_a_cyclegan_is_exported_with_the_network_it_paints_with(self, tmp_path, unwritten):
        model = CycleGAN(image_size=24, filters=2, blocks=1, discriminator_filters=2, ema_decay=0.9)
        export.saved_model(model, tmp_path / "1")
        assert unwritten == [model.photo_to_art_average]

    def test_a_painter_is_exported_with_its_network(self, tmp_path, network, unwritten):
        export.saved_model(Painter.from_network(network), tmp_path / "1")
        assert unwritten == [network]

    def test_a_network_in_half_precision_is_exported_in_float32(self, tmp_path):
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            network = generator(dropout=0.5)
        finally:
            keras.config.set_dtype_policy("float32")
        report = export.saved_model(network, tmp_path / "1")
        served = tf.saved_model.load(str(report.path))
        painting = served.serve(photos=to_array(photo())[None])["paintings"]
        precise = generator(dropout=0.5)
        assert np.abs(painting - paint(precise, photo())).max() < 1e-4
        assert network.layers[2].compute_dtype == "bfloat16"

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_weights_that_are_not_numbers_are_refused(self, tmp_path, value, unwritten):
        network = generator()
        network.layers[-2].bias.assign([0, value, 0])
        with pytest.raises(ExportError, match="NaN or infinity"):
            export.saved_model(network, tmp_path / "1")
        assert unwritten == []

    def test_a_network_that_paints_no_numbers_is_refused(self, report):
        network = generator()
        network.layers[2].kernel.assign(network.layers[2].kernel * 1e38)
        with pytest.raises(ExportError, match="paint finite values"):
            saved_model_check.compare(report.path, network, None, 1 / 255)

    def test_a_network_of_one_size_is_refused(self, tmp_path, unwritten):
        fixed = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(3, 1)])
        with pytest.raises(ExportError, match="inputs and outputs of any size"):
            export.saved_model(fixed, tmp_path / "1")

    def test_what_is_no_model_is_refused(self, tmp_path):
        with pytest.raises(ExportError, match="Received: str"):
            export.saved_model("runs/monet", tmp_path / "1")


ELSEWHERE = """
import sys, warnings
warnings.simplefilter("error")

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "copyart":
            raise ImportError(name + " is not installed")

sys.path[:] = [entry for entry in sys.path if entry not in ("", sys.argv[1])]
sys.meta_path.insert(0, Refusal())
import tensorflow as tf
served = tf.saved_model.load(sys.argv[2])
data = tf.io.read_file(sys.argv[3])
painting = served.signatures["serving_default"](image_bytes=data[None])["painting_bytes"]
tf.io.write_file(sys.argv[4], painting[0])
assert "copyart" not in sys.modules
"""


def test_the_export_runs_where_copyart_is_not_installed(report, network, tmp_path):
    repository = Path(copyart.__file__).parents[1]
    original, painted = pictures.store(tmp_path / "in.png", photo(33, 21)), tmp_path / "out.png"
    arguments = [str(repository), str(report.path), str(original), str(painted)]
    run = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    assert "WARNING:absl" not in run.stderr
    assert abs(pixels(read_image(painted)) - pixels(to_image(paint(network, photo(33, 21))))).max() <= 1


def test_an_export_prints_nothing(network, tmp_path, capfd):
    network(np.zeros((1, 16, 16, 3), np.float32))
    capfd.readouterr()
    export.saved_model(network, tmp_path / "1", photos=[photo()])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("names", "expected"), [([], "1"), (["1", "2", "10"], "11"), (["3", "draft", "٣", ".copyart-1.tmp"], "4")]
)
def test_the_next_version_is_one_above_the_highest(tmp_path, names, expected):
    for name in names:
        (tmp_path / "monet" / name).mkdir(parents=True)
    assert export.next_version(tmp_path / "monet") == tmp_path / "monet" / expected


def test_the_next_version_needs_a_folder(tmp_path):
    (tmp_path / "monet").write_text("")
    with pytest.raises(ExportError, match="Received: Not a directory") as caught:
        export.next_version(tmp_path / "monet")
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_read_is_one_line(tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tensorflow_saved_model.os, "listdir", refuse)
    with pytest.raises(ExportError, match="Received: Permission denied"):
        export.next_version(tmp_path)


@pytest.mark.parametrize(
    ("package", "names"),
    [
        ("export", {"ExportReport", "litert", "onnx", "saved_model", "torch_weights", "web"}),
        ("weights", {"convert_weights", "import_keras", "import_network", "import_torch"}),
    ],
)
def test_the_public_names_load_lazily(package, names):
    code = (
        f"import json, sys, copyart.{package} as package; "
        "print(json.dumps([dir(package), package.__all__, 'tensorflow' in sys.modules, 'keras' in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    listed, public, *loaded = json.loads(run.stdout)
    assert names <= {*public} <= {*listed}
    assert loaded == [False, False]


def test_saved_model_is_the_function_also_after_its_modules_are_imported():
    assert export.saved_model is tensorflow_saved_model.saved_model
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = export.nothing
