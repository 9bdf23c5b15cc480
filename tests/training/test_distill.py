"""A student learns to paint as its teacher, and says how near it came."""

from pathlib import Path

import numpy as np
import pytest

import copyart
from copyart.errors import ConfigError, DataError, StyleError
from copyart.models.generators import build_generator
from copyart.painting.style_files import read_card
from copyart.painting.styles import load_style, save_style
from copyart.training.distill import PaintingDistance, _crops, _difference, distill
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
    _, unseen = _crops(photos, copyart.TrainingConfig(image_size=32, load_size=72), None, None)
    far = np.abs(np.subtract(student(unseen), master(unseen))).mean() * 127.5
    assert len(unseen) == 1
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
    card = read_card(made.path)
    assert (card["name"], card["source"], card["licence"]) == ("Old Master", "12 paintings", {"weights": "MIT"})
    assert (card["recipe"], card["steps"], "epochs" in card) == ("distilled", 2, False)
    assert card["teacher"] == {"name": "Old Master", "generator": "light, 24 filters, 2 blocks", "steps": 7}
    assert card["difference"] == round(made.difference, 2)
    assert card["pictures"] == {"photos": 7}
    assert copyart.load(made.path).paint(photo()).size == (48, 32)
    assert (made.path / "preview.jpg").is_file()


def test_a_light_teacher_gives_its_strongest_blocks(photos, tmp_path):
    network, lines = build_generator("light", filters=8, blocks=2), []
    network.get_layer("block_1_2_norm").set_weights([np.full(16, 0.01)])
    save_style(tmp_path / "teacher", network, {"name": "Deep"})
    distill(tmp_path / "teacher", photos, tmp_path / "out", steps=1, **{**SMALL, "say": lines.append})
    assert lines == ["The student begins with blocks 2 of Deep."]


def test_others_networks_can_teach(photos, tmp_path):
    made = distill(PTH, photos, tmp_path / "out", steps=1, **SMALL)
    assert (made.teacher, made.architecture) == ("resnet, 8 filters, 6 blocks", "light, 8 filters, 1 block")
    assert made.teacher_parameters > made.parameters > 0


def test_photos_held_out_are_never_learnt_from(photos):
    config = copyart.TrainingConfig(generator="light", image_size=32, load_size=32, validation_fraction=0.4)
    crops, unseen = _crops(photos, config, None, None)
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
    assert _difference(network, lambda part: part, photos, 2) == pytest.approx(0.4 * 127.5, rel=1e-5)


def test_too_few_photos_are_refused(teacher, tmp_path):
    (tmp_path / "one").mkdir()
    photo(96, 80).save(tmp_path / "one" / "photo.png")
    with pytest.raises(DataError, match=r"at least 2 usable photos.*Received: 1 of 1 files"):
        distill(teacher, tmp_path / "one", tmp_path / "out", **SMALL)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("steps", [0, -1, 1.5, True])
def test_steps_that_are_no_count_are_refused(teacher, photos, tmp_path, steps):
    with pytest.raises(ConfigError, match="steps must be a whole number, at least 1"):
        distill(teacher, photos, tmp_path / "out", steps=steps, **SMALL)


def test_a_file_where_the_folder_is_to_be_is_refused_before_anything_is_learnt(photos, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ConfigError, match=r"can be written\. Received: .*out.* is a file"):
        distill("nobody", photos, tmp_path / "out" / "style", **SMALL)
    assert (tmp_path / "out").read_text() == "mine"


def test_a_teacher_that_is_not_there_leaves_an_older_style_alone(photos, teacher, tmp_path):
    save_style(tmp_path / "out", build_generator("light", filters=1, blocks=0), {"name": "Older"})
    with pytest.raises(StyleError, match="nowhere"):
        distill(tmp_path / "nowhere", photos, tmp_path / "out", **SMALL)
    assert read_card(tmp_path / "out")["name"] == "Older"
