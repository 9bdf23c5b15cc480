"""Batches without TensorFlow equal those of the `tf.data` pipeline byte for byte, and Keras accepts their data set."""

import itertools

import keras
import numpy as np
import pytest

from copyart.data import numpy_batches, pipeline
from copyart.data.numpy_batches import NumpyBatches, to_float
from copyart.data.pipeline import load_data
from tests.pictures import photo, store


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Folders of 10 photos and 6 paintings."""
    folder = tmp_path_factory.mktemp("pictures")
    for name, seeds in (("photos", range(10)), ("art", range(20, 26))):
        for seed in seeds:
            store(folder / name / f"{name}-{seed}.png", photo(48, 40, seed=seed))
    return folder


def load(pictures, **changes):
    arguments = {"image_size": 24, "load_size": 28, "validation_fraction": 0.2, **changes}
    return load_data(photos=pictures / "photos", art=pictures / "art", **arguments)


@pytest.fixture
def without_tensorflow(monkeypatch):
    monkeypatch.setattr(pipeline, "_batch_module", lambda: numpy_batches)


@pytest.fixture
def both(pictures, monkeypatch):
    """The same pictures twice: batched for TensorFlow, and without it."""

    def take(wanted, passes=1, count=8, **changes):
        found = []
        for module in (pipeline._batch_module(), numpy_batches):
            monkeypatch.setattr(pipeline, "_batch_module", lambda module=module: module)
            batches = wanted(load(pictures, **changes))
            taken = [batch for _ in range(passes) for batch in itertools.islice(batches, count)]
            found.append([tuple(np.asarray(domain) for domain in batch) for batch in taken])
        return found

    return take


WANTED = {
    "two passes over train": (lambda data: data.train, 2),
    "a run that goes on": (lambda data: data.train_from(5), 1),
    "validation": (lambda data: data.validation, 2),
}


@pytest.mark.parametrize("batch_size", [1, 2])
@pytest.mark.parametrize("what", WANTED)
def test_batches_are_those_of_tensorflow_byte_for_byte(both, what, batch_size):
    wanted, passes = WANTED[what]
    with_tensorflow, without = both(wanted, passes, batch_size=batch_size)
    assert len(with_tensorflow) == len(without) > 1
    for theirs, ours in zip(with_tensorflow, without, strict=True):
        for one, other in zip(theirs, ours, strict=True):
            assert other.shape == (batch_size, 24, 24, 3)
            assert other.dtype == np.float32
            assert one.tobytes() == other.tobytes()


def test_every_level_becomes_the_number_that_tensorflow_makes_of_it():
    import tensorflow as tf

    levels = np.arange(256, dtype=np.uint8)
    assert to_float(levels).tobytes() == (tf.cast(levels, tf.float32) / 127.5 - 1.0).numpy().tobytes()


def test_lengths_are_those_of_a_pass(pictures, without_tensorflow):
    data = load(pictures)
    assert len(data.train) == data.train.num_batches == len(list(data.train)) == 8
    assert len(data.validation) == len(list(data.validation)) == 2
    assert data.train_from(0).num_batches is None
    with pytest.raises(TypeError, match="endless data set has no length"):
        len(data.train_from(0))


class Watcher(keras.Model):
    """A model that learns nothing and notes what it is shown."""

    def __init__(self):
        super().__init__()
        self.scale = self.add_weight(shape=())
        self.seen = []
        self.compile(keras.optimizers.SGD(), run_eagerly=True)

    def train_step(self, data):
        self.seen.append(float(np.asarray(data[0]).mean()))
        return {"loss": keras.ops.convert_to_tensor(0.0)}

    def test_step(self, data):
        return self.train_step(data)


def means(batches):
    return [float(photos.mean()) for photos, _ in batches]


def test_fit_sees_a_stream_go_on_from_epoch_to_epoch(pictures, without_tensorflow):
    watcher, data = Watcher(), load(pictures)
    watcher.fit(data.train_from(3), epochs=3, steps_per_epoch=2, shuffle=False, verbose=0)
    assert watcher.seen == pytest.approx(means(itertools.islice(data.train_from(3), 6)))


def test_evaluation_sees_the_same_in_every_pass(pictures, without_tensorflow):
    watcher, batches = Watcher(), load(pictures).validation
    for _ in range(2):
        watcher.evaluate(batches, verbose=0)
    assert watcher.seen == pytest.approx(means(batches) * 2)


def test_the_next_batches_are_made_while_one_is_used():
    made = []
    batches = NumpyBatches(lambda step: made.append(step) or step, lambda: 10)
    assert next(iter(batches)) == 10
    batches = NumpyBatches(lambda step: made.append(step) or step, lambda: 0, 5)
    assert [*batches, *batches] == [0, 1, 2, 3, 4] * 2
    assert {10, 11} <= set(made)


def test_an_error_while_a_batch_is_made_is_raised_where_it_is_wanted():
    def make(step):
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        next(iter(NumpyBatches(make, lambda: 0)))
