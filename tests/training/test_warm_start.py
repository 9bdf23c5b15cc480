"""A run can start from the weights of another run or a style."""

import numpy as np
import pytest

from copyart.errors import ConfigError
from copyart.models.cyclegan import NETWORKS, CycleGAN
from copyart.styles.networks import save_style
from copyart.training.warm_start import start_from

TINY = {"image_size": 24, "generator": "light", "filters": 2, "blocks": 1, "discriminator_filters": 2, "pool_size": 0}


def model(**changes):
    return CycleGAN(**{**TINY, "ema_decay": 0.9, **changes})


def learnt():
    """A model whose averages are not its networks."""
    other = model()
    for name in ("photo_to_art_average", "art_to_photo_average"):
        network = getattr(other, name)
        network.set_weights([weight + 0.25 for weight in network.get_weights()])
    return other


def same(network, other):
    return all(np.array_equal(a, b) for a, b in zip(network.get_weights(), other.get_weights(), strict=True))


def test_all_networks_of_a_keras_file_are_taken_the_generators_averaged(tmp_path):
    other, new = learnt(), model()
    other.save(tmp_path / "other.keras")
    start_from(new, tmp_path / "other.keras")
    for name in NETWORKS:
        source = f"{name}_average" if hasattr(other, f"{name}_average") else name
        assert same(getattr(new, name), getattr(other, source))
    assert same(new.photo_to_art_average, other.photo_to_art_average)


def test_the_last_checkpoint_of_a_workdir_is_taken(tmp_path):
    for step, other in enumerate((learnt(), last := learnt())):
        folder = tmp_path / "checkpoints" / f"step-{step:09d}"
        folder.mkdir(parents=True)
        other.save(folder / "model.keras")
        (folder / "progress.json").write_text("{}")
    new = model()
    start_from(new, tmp_path)
    assert same(new.art_discriminator, last.art_discriminator)


def test_a_style_gives_the_painting_network_alone(tmp_path):
    other, new = learnt(), model()
    before = [weight.copy() for weight in new.art_to_photo.get_weights()]
    save_style(tmp_path / "style", other.painter_network, {})
    start_from(new, tmp_path / "style")
    assert same(new.photo_to_art, other.painter_network)
    assert same(new.photo_to_art_average, other.painter_network)
    assert all(np.array_equal(a, b) for a, b in zip(new.art_to_photo.get_weights(), before, strict=True))


def test_a_model_without_averages_takes_weights_too(tmp_path):
    other, new = learnt(), model(ema_decay=0.0)
    other.save(tmp_path / "other.keras")
    start_from(new, tmp_path / "other.keras")
    assert same(new.photo_to_art, other.photo_to_art_average)


def test_generators_of_another_shape_are_refused(tmp_path):
    learnt().save(tmp_path / "other.keras")
    with pytest.raises(ConfigError, match=r"same shape as this run's.*Received: .*other\.keras.*photo_to_art.*filters"):
        start_from(model(filters=3), tmp_path / "other.keras")


def test_a_light_generator_of_fewer_blocks_keeps_the_strongest_and_it_is_told(tmp_path):
    other, new, lines = model(blocks=2), model(), []
    for network in (other.photo_to_art_average, other.art_to_photo_average):
        network.get_layer("block_1_2_norm").set_weights([np.full(4, 0.01)])
    other.save(tmp_path / "other.keras")
    start_from(new, tmp_path / "other.keras", lines.append)
    kernel = other.photo_to_art_average.get_layer("block_2_conv_1").get_weights()[0]
    for network in (new.photo_to_art, new.photo_to_art_average):
        assert np.array_equal(network.get_layer("block_1_conv_1").get_weights()[0], kernel)
    assert [line.split(" of ")[0] for line in lines] == [
        "The photo to art generator keeps block 2",
        "The art to photo generator keeps block 2",
    ]


def test_discriminators_of_another_size_begin_anew_and_it_is_told(tmp_path):
    other, new, lines = learnt(), model(discriminator_filters=3), []
    other.save(tmp_path / "other.keras")
    before = [weight.copy() for weight in new.art_discriminator.get_weights()]
    start_from(new, tmp_path / "other.keras", lines.append)
    assert same(new.photo_to_art, other.photo_to_art_average)
    assert all(np.array_equal(a, b) for a, b in zip(new.art_discriminator.get_weights(), before, strict=True))
    networks = [line.split(" starts untrained")[0] for line in lines]
    assert networks == ["The photo discriminator", "The art discriminator"]


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"start_from must .*Received: .*nowhere"):
        start_from(model(), tmp_path / "nowhere")


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "damaged.keras").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(ConfigError, match=r"readable run\. Received: .*damaged\.keras"):
        start_from(model(), tmp_path / "damaged.keras")
