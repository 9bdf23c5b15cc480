"""Checkpoints are written atomically, the last two are kept, and a damaged one does not end the run."""

import json
import os
import resource
import zipfile

import keras
import numpy as np
import pytest

from copyart.errors import WorkdirError
from copyart.models.cyclegan import CycleGAN
from copyart.training.checkpoints import Progress, checkpoint_folders, restore, save, set_aside_damaged


@pytest.fixture(scope="module")
def model():
    """A model of some 160 kB that is restored in no time: what is in a checkpoint does not matter to most tests."""
    return keras.Sequential([keras.Input((200,)), keras.layers.Dense(200)])


@pytest.fixture(scope="module")
def learnt():
    """A CycleGAN that has taken a step."""
    model = CycleGAN(image_size=24, filters=1, discriminator_filters=1, blocks=1, pool_size=2, ema_decay=0.9, seed=3)
    model.compile(keras.optimizers.Adam(1e-3, beta_1=0.5))
    rng = np.random.default_rng(0)
    model.train_on_batch(tuple(rng.uniform(-1, 1, (2, 2, 24, 24, 3)).astype("float32")))
    return model


def state(model):
    """Everything that a step depends on, by name."""
    variables = {variable.path: variable for variable in (*model.trainable_variables, *model.optimizer.variables)}
    for network in (model.photo_to_art_average, model.art_to_photo_average):
        variables.update({variable.path: variable for variable in network.variables})
    for pool in (model.photo_pool, model.art_pool):
        variables |= {f"{pool.name} images": pool.images, f"{pool.name} count": pool.count}
        variables |= {f"{pool.name} draws": pool.seed_generator.state}
    return {name: variable.numpy() for name, variable in variables.items()}


def test_everything_is_restored(learnt, tmp_path):
    progress = Progress(step=1, seconds=2.5, sums={"art_cycle": 3.5}, steps_in_epoch=1)
    path = save(tmp_path, learnt, progress)
    found = restore(tmp_path)
    assert (path.name, found.path) == ("step-000000001", path)
    assert found.progress == progress
    assert 0 <= found.age < 60
    ours, theirs = state(learnt), state(found.model)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], name)


def test_the_saved_state_is_not_that_of_a_new_model(learnt):
    """Else the test above would prove nothing."""
    assert int(learnt.optimizer.iterations) == 1
    assert int(learnt.photo_pool.count) == int(learnt.art_pool.count) == 2
    assert np.abs(learnt.art_pool.images.numpy()).max() > 0
    slots = [variable for variable in learnt.optimizer.variables if "momentum" in variable.path]
    assert slots
    assert all(np.abs(slot.numpy()).max() > 0 for slot in slots)
    fast, slow = learnt.photo_to_art.weights[0], learnt.photo_to_art_average.weights[0]
    assert (fast.numpy() != slow.numpy()).any()
    assert learnt.photo_pool.seed_generator.state.numpy().tolist() != [3, 0]


def test_the_last_two_are_kept(model, tmp_path):
    for step in (1, 9, 10, 11):
        save(tmp_path, model, Progress(step=step))
    assert [path.name for path in checkpoint_folders(tmp_path)] == ["step-000000010", "step-000000011"]
    assert len(list(tmp_path.iterdir())) == 2


def test_the_same_step_kept_again_has_the_later_counts(model, tmp_path):
    save(tmp_path, model, Progress(step=3, steps_in_epoch=3))
    save(tmp_path, model, Progress(step=3, steps_in_epoch=0))
    assert restore(tmp_path).progress.steps_in_epoch == 0
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000003"]


def test_what_a_killed_save_left_is_neither_read_nor_kept(model, tmp_path):
    (tmp_path / ".writing-step-000000007").mkdir()
    (tmp_path / ".writing-step-000000007" / "model.keras").write_bytes(b"half")
    assert restore(tmp_path) is None
    save(tmp_path, model, Progress(step=1))
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000001"]


def test_no_folder_is_no_checkpoint(tmp_path):
    assert restore(tmp_path / "none") is None


def cut(path):
    file = path / "model.keras"
    os.truncate(file, file.stat().st_size // 2)


def flip_a_byte(path):
    file = path / "model.keras"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def overwrite_with_zeros(path):
    file = path / "model.keras"
    file.write_bytes(bytes(file.stat().st_size))


def lose_the_model(path):
    (path / "model.keras").unlink()


def cut_the_progress(path):
    (path / "progress.json").write_text('{"step": 2')


def change_the_kind_of_progress(path):
    (path / "progress.json").write_text(json.dumps({"steps": 2}))


def keep_only_the_config(path):
    with zipfile.ZipFile(path / "model.keras") as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(path / "model.keras", "w") as archive:
        archive.writestr("config.json", config)


DAMAGES = [
    cut,
    flip_a_byte,
    overwrite_with_zeros,
    lose_the_model,
    cut_the_progress,
    change_the_kind_of_progress,
    keep_only_the_config,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_gives_way_to_the_one_before_and_is_kept_aside(model, tmp_path, damage):
    lines = []
    save(tmp_path, model, Progress(step=1))
    damage(save(tmp_path, model, Progress(step=2)))
    found = restore(tmp_path)
    assert found.progress.step == 1
    set_aside_damaged(found.damaged, lines.append)
    assert len(lines) == 1
    assert lines[0].startswith("Checkpoint step-000000002 is damaged (")
    assert "\n" not in lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged-step-000000002", "step-000000001"]


def test_where_all_are_damaged_a_run_does_not_begin_anew_however_often_it_is_started(model, tmp_path):
    for step in (1, 2):
        cut(save(tmp_path, model, Progress(step=step)))
    for _ in range(2):
        with pytest.raises(WorkdirError, match=r"Received: 2 damaged in .*another --workdir") as caught:
            restore(tmp_path)
        assert "\n" not in str(caught.value)


@pytest.fixture
def small_files_only():
    """A disk with room for small files: writing beyond 50 kB fails as on a full one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def kept(model, tmp_path):
    save(tmp_path, model, Progress(step=1))
    return tmp_path


def test_a_full_disk_costs_the_new_checkpoint_only(model, kept, small_files_only):
    with pytest.raises(WorkdirError, match=r"Received: File too large.*The last checkpoint, step-000000001, is intact"):
        save(kept, model, Progress(step=2))
    assert [path.name for path in kept.iterdir()] == ["step-000000001"]
    assert restore(kept).progress.step == 1


def test_a_disk_that_cannot_confirm_what_it_wrote_costs_the_new_checkpoint_only(model, kept, monkeypatch):
    def fail(descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("copyart.training.checkpoints.os.fsync", fail)
    with pytest.raises(WorkdirError, match="Received: Input/output error"):
        save(kept, model, Progress(step=2))
    assert [path.name for path in kept.iterdir()] == ["step-000000001"]


def test_a_full_disk_at_the_first_checkpoint_says_that_there_is_none(model, tmp_path, small_files_only):
    with pytest.raises(WorkdirError, match="There is no earlier checkpoint"):
        save(tmp_path, model, Progress(step=1))
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_save_leaves_nothing_half_written(model, kept, monkeypatch):
    def interrupt(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("copyart.training.checkpoints.os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(kept, model, Progress(step=2))
    assert [path.name for path in kept.iterdir()] == ["step-000000001"]


def test_a_whole_checkpoint_that_cannot_be_loaded_stays_where_it_is(model, tmp_path, monkeypatch):
    save(tmp_path, model, Progress(step=1))

    def refuse(path):
        raise TypeError("unknown argument")

    monkeypatch.setattr(keras.models, "load_model", refuse)
    with pytest.raises(WorkdirError, match=r"this version can load.*unknown argument.*intact"):
        restore(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000001"]


def test_reading_leaves_a_damaged_checkpoint_in_its_place(model, tmp_path):
    save(tmp_path, model, Progress(step=1))
    cut(save(tmp_path, model, Progress(step=2)))
    (path, reason), *others = restore(tmp_path).damaged
    assert (path.name, others) == ("step-000000002", [])
    assert reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000000001", "step-000000002"]


def test_a_second_damaged_checkpoint_of_one_step_does_not_replace_the_first(model, tmp_path):
    for content in (b"first", b"second"):
        save(tmp_path, model, Progress(step=1))
        path = save(tmp_path, model, Progress(step=2))
        (path / "model.keras").write_bytes(content)
        set_aside_damaged(restore(tmp_path).damaged, lambda line: None)
    kept = {path.name: (path / "model.keras").read_bytes() for path in tmp_path.glob("damaged-*")}
    assert kept == {"damaged-step-000000002": b"first", "damaged-step-000000002-2": b"second"}
