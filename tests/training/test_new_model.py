import pytest

from copyart.config import TrainingConfig
from copyart.errors import ConfigError
from copyart.models import efficientnet
from copyart.training.new_model import new_model

TINY = {"image_size": 48, "generator": "light", "blocks": 1, "filters": 4, "discriminator_filters": 8, "pool_size": 2}


def test_a_new_model_has_what_the_settings_say():
    model = new_model(TrainingConfig(**TINY, learning_rate=1e-3, checkerboard_weight=0.5))
    assert (model.image_size, model.filters, model.checkerboard_weight) == (48, 4, 0.5)
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)
    assert model.art_discriminator.count_params() < 100_000


def test_projected_discriminators_look_through_a_network():
    pytest.importorskip(efficientnet.VARIANTS["lite1"].package, reason="the extra `projected` is not installed")
    model = new_model(TrainingConfig(**TINY, discriminator="projected", precision="mixed_bfloat16"))
    for judge in (model.photo_discriminator, model.art_discriminator):
        assert judge.get_layer("efficientnet_lite1").trainable is False
        assert judge.get_layer("scale_2_conv_1").filters == 8
        assert judge.get_layer("window").seed is not None
        assert judge.get_layer("scale_2_conv_1").compute_dtype == "bfloat16"
        assert judge.get_layer("logits").compute_dtype == "float32"


def test_projected_discriminators_need_sides_of_whole_strides():
    with pytest.raises(ConfigError, match="image_size must be a multiple of 16 with projected discriminators"):
        TrainingConfig(discriminator="projected", image_size=136)


@pytest.mark.parametrize(("augment", "paintings", "wanted"), [(None, 59, True), (None, 60, False), (True, 99, True)])
def test_few_paintings_are_augmented_unless_said_otherwise(augment, paintings, wanted):
    assert new_model(TrainingConfig(**TINY, augment=augment), paintings).augment is wanted
