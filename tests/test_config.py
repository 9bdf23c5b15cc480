"""The settings: recipes, derived defaults, and invalid values."""

import dataclasses
import json
import math

import pytest

from copyart.config import CHOICES, RECIPES, TrainingConfig
from copyart.errors import ConfigError


def test_the_article_is_the_default_recipe():
    config = TrainingConfig.from_recipe()
    assert config == TrainingConfig()
    facts = (config.batch_size, config.epochs, config.learning_rate, config.cycle_weight, config.identity_weight)
    assert facts == (1, 100, 2e-4, 10.0, 0.0)


def test_the_paper_trains_200_epochs_of_which_100_decay_and_keeps_colours():
    config = TrainingConfig.from_recipe("paper")
    assert (config.epochs, config.decay_epochs, config.identity_weight) == (200, 100, 5.0)


def test_every_recipe_is_valid():
    for name in RECIPES:
        assert TrainingConfig.from_recipe(name).to_dict().items() >= RECIPES[name].items()


@pytest.mark.parametrize(("image_size", "load_size", "blocks"), [(256, 286, 9), (128, 143, 6), (132, 147, 9)])
def test_what_is_left_out_follows_from_the_image_size(image_size, load_size, blocks):
    config = TrainingConfig(image_size=image_size)
    assert (config.load_size, config.blocks) == (load_size, blocks)


def test_changes_that_are_none_leave_the_recipes_value():
    assert TrainingConfig.from_recipe("paper", epochs=None, filters=8) == TrainingConfig.from_recipe("paper", filters=8)


def test_settings_survive_json():
    config = TrainingConfig.from_recipe("paper", image_size=64, checkpoint_minutes=2)
    assert TrainingConfig.from_dict(json.loads(config.to_json())) == config


def test_whole_numbers_become_floats_where_floats_are_due():
    assert isinstance(TrainingConfig(cycle_weight=10).cycle_weight, float)


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainingConfig().epochs = 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image_size", 20),
        ("image_size", 130),
        ("image_size", "256"),
        ("image_size", 256.0),
        ("load_size", 255),
        ("batch_size", 0),
        ("batch_size", True),
        ("epochs", 0),
        ("decay_epochs", 101),
        ("decay_epochs", -1),
        ("steps_per_epoch", 0),
        ("learning_rate", 0.0),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("beta_1", 1.0),
        ("cycle_weight", -1.0),
        ("cycle_weight", math.inf),
        ("identity_weight", math.nan),
        ("pool_size", -1),
        ("generator", "unet"),
        ("discriminator", "projective"),
        ("blocks", -1),
        ("filters", 0),
        ("discriminator_filters", 0),
        ("upsampling", "nearest"),
        ("dropout", 1.0),
        ("ema_decay", 1.0),
        ("precision", "float64"),
        ("seed", -1),
        ("seed", 2**31),
        ("validation_fraction", 0.0),
        ("validation_fraction", 1.0),
        ("checkpoint_minutes", 0.0),
        ("samples", 0),
        ("evaluation_epochs", -1),
        ("evaluation_pictures", 1),
    ],
)
def test_a_value_out_of_range_is_named_in_one_line(name, value):
    with pytest.raises(ConfigError, match=rf"^{name} must .*Received: {name}=") as caught:
        TrainingConfig(**{name: value})
    assert "\n" not in str(caught.value)


def test_an_unknown_setting_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"image_size.*Received: imagesize"):
        TrainingConfig.from_dict({"imagesize": 128})


def test_an_unknown_recipe_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"article, paper.*Received: recipe='fast'"):
        TrainingConfig.from_recipe("fast")


def test_the_choices_are_those_that_the_models_take():
    from copyart.models.generators import SPECS
    from copyart.models.resnet import UPSAMPLINGS

    assert CHOICES["generator"] == tuple(kind for kind, spec in SPECS.items() if spec.trained_here)
    assert CHOICES["upsampling"] == UPSAMPLINGS
