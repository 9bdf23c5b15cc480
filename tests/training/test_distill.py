"""Distillation: a student imitates its teacher, and the difference is reported."""

from pathlib import Path

import keras
import numpy as np
import pytest

import copyart
from copyart.errors import ConfigError, DataError, StyleError, TrainingError
from copyart.models.generators import build_generator
from copyart.styles.folder import read_metadata
from copyart.styles.networks import load_style, save_style
from copyart.training import distill as distillation
from copyart.training.distill import PaintingDistance, _mean_difference, distill
from copyart.training.photo_crops import split_photos
from tests.painting.networks import gentle_generator, negative
from tests.pictures import photo

PTH = Path(__file__).parent.parent / "oracles" / "generator_6blocks_filters8.pth"
SMALL = {"image_size": 32, "filters": 8, "blocks": 1, "batch_size": 2, "say": lambda line: None}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for seed in range(8):
        photo(96, 80, seed).save(folder / f"{seed}.png")
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("teacher")
    card = {"name": "Old Master", "source": "12 paintings", "licence": {"weights": "MIT"}, "steps": 7, "epochs": 3}
    save_style(folder, gentle_generator(), card)
    return folder


def test_it_comes_nearer_to_its_teacher_with_every_photo(photos, teacher, tmp_path):
    one, many = (distill(teacher, photos, tmp_path / str(steps), steps=steps, **SMALL) for steps in (1, 60))
    assert many.difference < 0.7 * one.difference


def test_it_says_how_far_its_paintings_of_unseen_photos_are_from_the_teachers(photos, teacher, tmp_path):
    made = distill(teacher, photos, tmp_path / "out", steps=1, **SMALL)
    student, master = (load_style(folder)[0] for folder in (made.path, teacher))
    _, unseen = split_photos(photos, copyart.TrainingConfig(image_size=32, load_size=72))
    far = np.abs(np.subtract(student(unseen), master(unseen))).mean() * 127.5
    assert len(unseen) == 2
    assert made.difference == pytest.approx(far, rel=1e-3)


def test_the_same_seed_learns_the_same_and_another_seed_another(photos, teacher, tmp_path):
    weights = []
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        made = distill(teacher, photos, tmp_path / name, steps=3, seed=seed, **SMALL)
        weights.append(load_style(made.path)[0].get_layer("head").get_weights()[0])
    np.testing.assert_allclose(weights[1], weights[0], atol=1e-5)
    assert np.abs(weights[2] - weights[0]).max() > 1e-3


def test_the_card_keeps_whose_it_is_and_says_who_taught_it(photos, teacher, tmp_path):
    made = distill(teacher, photos, tmp_path / "out", steps=2, **SMALL)
    card = read_metadata(made.path)
    assert (card["name"], card["source"], card["licence"]) == ("Old Master", "12 paintings", {"weights": "MIT"})
    assert (card["recipe"], card["steps"], "epochs" in card) == ("distilled", 2, False)
    assert card["teacher"] == {"name": "Old Master", "generator": "light, 24 filters, 2 blocks", "steps": 7}
    assert card["difference"] == round(made.difference, 2)
    assert card["pictures"] == {"photos": 6}
    assert copyart.load(made.path).paint(photo()).size == (48, 32)
    assert (made.path / "preview.jpg").is_file()


def test_a_light_teacher_gives_its_strongest_blocks(photos, tmp_path):
    network, lines = build_generator("light", filters=8, blocks=2), []
    network.get_layer("block_1_2_norm").set_weights([np.full(16, 0.01)])
    save_style(tmp_path / "teacher", network, {"name": "Deep"})
    distill(tmp_path / "teacher", photos, tmp_path / "out", steps=1, **{**SMALL, "say": lines.append})
    assert lines == [
        "8 of 8 photos can be used; 2 of them are held out.",
        "The student starts with block 2 of Deep.",
    ]


def test_networks_that_others_trained_can_teach(photos, tmp_path):
    made = distill(PTH, photos, tmp_path / "out", steps=1, **SMALL)
    assert (made.teacher, made.architecture) == ("resnet, 8 filters, 6 blocks", "light, 8 filters, 1 block")
    assert made.teacher_parameters > made.parameters > 0


def test_photos_held_out_are_never_learnt_from(photos):
    config = copyart.TrainingConfig(generator="light", image_size=32, load_size=32, validation_fraction=0.4)
    crops, unseen = split_photos(photos, config)
    shown = {each[:, ::way].tobytes() for step in range(60) for each in crops(step)[0] for way in (1, -1)}
    assert len(crops) + len(unseen) == 8
    assert len(shown) == 2 * len(crops)
    assert not shown & {each.tobytes() for each in unseen}


def test_the_distance_counts_even_differences_thrice_and_alternating_ones_once():
    zeros, board = np.zeros((1, 8, 8, 3), "float32"), np.indices((8, 8)).sum(0) % 2
    alternating = np.broadcast_to(np.where(board, 0.5, -0.5)[None, :, :, None], zeros.shape).astype("float32")
    distance = PaintingDistance().compute_loss
    assert float(distance(zeros, zeros - 0.5)) == pytest.approx(1.5)
    assert float(distance(zeros, alternating)) == pytest.approx(0.5)


def test_differences_are_in_levels_of_255():
    photos = np.full((3, 8, 8, 3), 0.2, "float32")
    network = negative()
    assert _mean_difference(network, lambda part: part, photos, 2) == pytest.approx(0.4 * 127.5, rel=1e-5)


def test_too_few_photos_are_refused(teacher, tmp_path):
    (tmp_path / "one").mkdir()
    photo(96, 80).save(tmp_path / "one" / "photo.png")
    (tmp_path / "one" / "broken.png").write_text("no picture")
    with pytest.raises(DataError, match=r"at least 2 usable photos.*Received: 1 of 2 files .*broken.png: "):
        distill(teacher, tmp_path / "one", tmp_path / "out" / "of" / "it", **SMALL)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("steps", [0, -1, 1.5, True])
def test_steps_that_are_no_count_are_refused(teacher, photos, tmp_path, steps):
    with pytest.raises(ConfigError, match="steps must be a whole number, at least 1"):
        distill(teacher, photos, tmp_path / "out", steps=steps, **SMALL)


def test_a_file_where_the_folder_is_to_be_is_refused_before_anything_is_learnt(photos, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigError, match=r"must be writable\. Received: .*style"):
        distill("nobody", photos, tmp_path / "out" / "style", **SMALL)
    assert (tmp_path / "out").read_text() == "mine"


def test_a_name_too_long_is_refused_and_its_parents_are_not_left(photos, tmp_path):
    with pytest.raises(ConfigError, match=r"must be writable\. Received: .*xxx"):
        distill("nobody", photos, tmp_path / "new" / ("x" * 300), **SMALL)
    assert not list(tmp_path.iterdir())


def test_another_run_may_begin_beside_it_meanwhile(photos, tmp_path, monkeypatch):
    def probe(dir):
        (tmp_path / "new" / "other").mkdir()
        return (tmp_path / "new" / "other" / "weights").open("w")

    monkeypatch.setattr(distillation.tempfile, "TemporaryFile", probe)
    with pytest.raises(StyleError, match="nobody"):
        distill(tmp_path / "nobody", photos, tmp_path / "new" / "mine", **SMALL)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["other"]


def test_a_teacher_that_is_not_there_leaves_an_older_style_alone(photos, teacher, tmp_path):
    save_style(tmp_path / "out", build_generator("light", filters=1, blocks=0), {"name": "Older"})
    with pytest.raises(StyleError, match="nowhere"):
        distill(tmp_path / "nowhere", photos, tmp_path / "out", **SMALL)
    assert read_metadata(tmp_path / "out")["name"] == "Older"


def test_a_run_is_never_written_over(photos, teacher, tmp_path):
    (tmp_path / "config.json").write_text('{"artist": "Monet", "settings": {}}')
    with pytest.raises(ConfigError, match="must be new, empty or a style"):
        distill(teacher, photos, tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_an_older_style_is_replaced(photos, teacher, tmp_path):
    save_style(tmp_path, build_generator("light", filters=1, blocks=0), {"name": "Older"})
    distill(teacher, photos, tmp_path, steps=1, **SMALL)
    assert read_metadata(tmp_path)["name"] == "Old Master"


@pytest.mark.parametrize(
    ("side", "stride", "dtype", "error", "complaint"),
    [
        (64, 1, "float32", ConfigError, r"image_size=32 for a teacher of 64 × 64"),
        (None, 2, "float32", StyleError, r"\(1, 16, 16, 3\)"),
        (None, 1, "float16", StyleError, "in float16"),
    ],
)
def test_a_teacher_that_no_student_can_follow_is_refused(photos, tmp_path, side, stride, dtype, error, complaint):
    image = keras.layers.Input((side, side, 3), dtype=dtype)
    network = keras.Model(image, keras.layers.Conv2D(3, 1, stride, dtype=dtype)(image))
    network.save(tmp_path / "teacher.keras")
    with pytest.raises(error, match=complaint):
        distill(tmp_path / "teacher.keras", photos, tmp_path / "out", **SMALL)
    assert not (tmp_path / "out").exists()


def test_a_student_as_large_as_its_teacher_is_refused(teacher, photos, tmp_path):
    with pytest.raises(ConfigError, match=r"smaller than its teacher\. Received: light, 24 filters, 2 blocks for both"):
        distill(teacher, photos, tmp_path / "out", **{**SMALL, "filters": 24, "blocks": 2})


def test_a_loss_that_is_no_number_stops_it_and_nothing_is_written(teacher, photos, tmp_path):
    with pytest.raises(TrainingError, match=r"at step \d+\. Lower --learning-rate"):
        distill(teacher, photos, tmp_path / "out", learning_rate=1e30, steps=9, **SMALL)
    assert not (tmp_path / "out").exists()


def test_an_experimental_teacher_makes_an_experimental_student(photos, tmp_path):
    save_style(tmp_path / "teacher", gentle_generator(), {"name": "New", "experimental": True})
    made = distill(tmp_path / "teacher", photos, tmp_path / "out", steps=1, half=True, **SMALL)
    assert read_metadata(made.path)["experimental"] is True
    assert (made.path / "weights.safetensors").stat().st_size < 3 * made.parameters
