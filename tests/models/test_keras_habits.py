"""Usual ways to use a Keras model: `export`, `channels_first` in keras.json, and arrays of wrong ranges in `fit`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from copyart.errors import DataError
from copyart.models.cyclegan import CycleGAN

TINY = {"image_size": 32, "filters": 2, "discriminator_filters": 2, "blocks": 1, "pool_size": 0}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def model():
    model = CycleGAN(**TINY)
    model.compile(keras.optimizers.Adam(1e-4))
    return model


def test_export_gives_the_network_that_paints(model, tmp_path):
    model.export(str(tmp_path / "served"), verbose=False)
    photos = np.random.default_rng(0).uniform(-1, 1, (2, 40, 24, 3)).astype("float32")
    served = tf.saved_model.load(str(tmp_path / "served"))
    np.testing.assert_allclose(served.serve(photos), model.painter_network(photos), atol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_arrays_in_0_to_255_are_refused_before_training(model, dtype):
    good, wrong = np.zeros((2, 32, 32, 3), "float32"), np.full((2, 32, 32, 3), 200, dtype)
    before = model.photo_to_art.get_weights()
    for x, y in ((wrong, good), (good, wrong)):
        with pytest.raises(DataError, match=r"in \[-1, 1\]. Received: .*x / 127.5 - 1") as caught:
            model.fit(x, y, verbose=0)
        assert "\n" not in str(caught.value)
    for ours, theirs in zip(model.photo_to_art.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_data_set_in_0_to_255_is_noticed_at_the_first_step(model):
    pictures = tf.data.Dataset.from_tensors((tf.fill((1, 32, 32, 3), 200.0),) * 2).repeat(3)
    steps = []
    counting = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    with pytest.raises(DataError, match=r"in \[-1, 1\]. Received: pictures that differ"):
        model.fit(pictures, callbacks=[counting], shuffle=False, verbose=0)
    assert steps == []


def test_a_data_set_of_integers_is_noticed_before_the_first_step(model):
    pictures = tf.data.Dataset.from_tensors((tf.fill((1, 32, 32, 3), tf.constant(200, tf.uint8)),) * 2)
    with pytest.raises(DataError, match="Received: pictures of dtype uint8"):
        model.fit(pictures, shuffle=False, verbose=0)


def test_pictures_from_minus_1_to_1_are_taken(model):
    pictures = np.stack([np.full((32, 32, 3), value, "float32") for value in (-1, 1)])
    history = model.fit(pictures, pictures[::-1], verbose=0)
    assert np.isfinite(history.history["generator_loss"][0])


def test_channels_first_in_keras_json_changes_nothing(tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"image_data_format": "channels_first"}))
    code = (
        "import keras, numpy, copyart; assert keras.config.image_data_format() == 'channels_first'\n"
        f"model = copyart.CycleGAN(**{TINY}); model.compile(keras.optimizers.Adam(1e-4))\n"
        "x = numpy.zeros((1, 32, 32, 3), 'float32'); model.fit(x, x, verbose=0)\n"
        "assert model.predict(x, verbose=0).shape == (1, 32, 32, 3)\n"
        "assert copyart.load('monet').network(x).shape == (1, 32, 32, 3)\n"
        "from copyart.evaluation.features import feature_networks\n"
        "assert all(f(numpy.zeros((2, 32, 32, 3), 'uint8')).ndim == 2 for f in feature_networks())\n"
        "assert keras.config.image_data_format() == 'channels_first'"
    )
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-1000:]
