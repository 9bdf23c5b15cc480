"""Build and compile the `CycleGAN` of a new run."""

from collections.abc import Callable

import keras

from copyart.config import TrainingConfig
from copyart.models.cyclegan import SETTINGS, CycleGAN
from copyart.models.precision import dtype_policy
from copyart.models.projected import projected_discriminator
from copyart.training.warm_start import start_from

#: If there are fewer training paintings than this, `augment=None` augments. (Zhao et al. 2020 do so with 100 pictures.)
_FEW = 60


def new_model(config: TrainingConfig, paintings: int = _FEW, say: Callable[[str], object] = print) -> CycleGAN:
    """Build and compile the model of a new run.

    Args:
        paintings: Number of training paintings, which decides whether `augment=None` augments. Defaults to 60.
        say: Called with each message. Defaults to `print`.

    Raises:
        ConfigError: if a run cannot start from `config.start_from`.
        StyleError: if the pretrained network of projected discriminators is not installed.
    """
    keras.utils.set_random_seed(config.seed)
    arguments = {name: getattr(config, name) for name in SETTINGS}
    if config.augment is None:
        arguments["augment"] = paintings < _FEW
    model = CycleGAN(**arguments, **_discriminators(config), dtype=config.precision)
    if config.start_from:
        start_from(model, config.start_from, say)
    # The paper's implementation also has epsilon=1e-8; Keras' default is 1e-7.
    model.compile(keras.optimizers.Adam(config.learning_rate, beta_1=config.beta_1, epsilon=1e-8))
    return model


def _discriminators(config: TrainingConfig) -> dict[str, keras.Model]:
    """Return projected discriminators if the config asks for them, else none: `CycleGAN` builds patch ones."""
    if config.discriminator == "patch":
        return {}
    with dtype_policy(config.precision):
        names = ("photo_discriminator", "art_discriminator")
        return {
            name: projected_discriminator(config.discriminator_filters, seed=config.seed + number, name=name)
            for number, name in enumerate(names)
        }
