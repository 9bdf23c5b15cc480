"""The settings of a training run: one place for every default, each with its reason."""

import dataclasses
import json
import typing
from dataclasses import dataclass
from typing import Any

from copyart.errors import ConfigError
from copyart.models.generators import TRAINED
from copyart.models.resnet import UPSAMPLINGS

#: Allowed values of the settings that have a fixed set of values.
CHOICES = {
    "generator": tuple(TRAINED),
    "discriminator": ("patch", "projected"),
    "upsampling": UPSAMPLINGS,
    "precision": ("float32", "mixed_bfloat16", "mixed_float16"),
}
#: Allowed values of `--devices`; copyart.training.strategy explains them.
DEVICES = ("auto", "cpu", "gpu", "tpu", "all")
#: Largest seed. The second image pool uses the seed plus 1, which TensorFlow and NumPy must accept too.
_LARGEST_SEED = 2**31 - 2


@dataclass(frozen=True)
class TrainingConfig:
    """The settings of a training run.

    Args:
        image_size: Side of the training crops in pixels, a multiple of 4. The paper trains at 256.
        load_size: Side to which pictures are resized before cropping. Defaults to 286/256 of `image_size`, the paper's.
        resized_crops: Whether the sides of the crops are random, between `image_size` and `load_size`, and the crops
            are resized to `image_size`: so the networks see details and whole pictures. Off in the paper.
        batch_size: Pairs per step, over all replicas. The paper uses 1, which is enough with instance normalisation.
        epochs: Passes over the larger domain. The article uses 100.
        minutes: Time budget of the run, in wall-clock minutes; the learning rate falls in its second half. Defaults to
            none: `epochs` decides.
        decay_epochs: Epochs at the end in which the learning rate falls linearly to 0; 100 of the paper's 200.
        steps_per_epoch: Steps per epoch. Defaults to a whole pass over the larger domain.
        learning_rate: Learning rate of Adam, 2e-4 in the paper and in the article.
        beta_1: Decay of Adam's first moment. The paper uses 0.5, because the adversaries change quickly.
        cycle_weight: Weight of the cycle loss, 10 in the paper and in the article.
        identity_weight: Weight of the identity loss, which keeps colours. 0 in the article, 5 in the paper for
            paintings.
        checkerboard_weight: Weight of the loss on repeating patterns of 4 by 4 pixels. 0 in the paper, 0.3 for the
            bundled styles.
        augment: Whether the discriminators see augmented images (DiffAugment, arXiv:2006.10738), which helps with few
            paintings. None augments with fewer than 60 training paintings. Off in the paper, which is older.
        pool_size: Earlier images shown to the discriminators; 50 in the paper.
        generator: Kind of generator. "resnet" is the paper's; "light" needs a thirtieth of its arithmetic.
        blocks: Residual blocks. Defaults to the paper's for "resnet": 6 up to 128 px, 9 above; and to 4 for "light".
        filters: Channels of the generators' first layer. Defaults to the paper's 64 for "resnet", 32 for "light".
        discriminator: Kind of discriminator. "patch" is the paper's; "projected" uses the feature maps of a pretrained
            network (arXiv:2111.01007) and needs a fraction of the steps. Requires the extra `projected`.
        discriminator_filters: Channels of the discriminators' first layer, 64 in the paper, or of the heads of
            projected discriminators.
        upsampling: "transpose" as in the paper, or "resize", which avoids checkerboard artifacts. Defaults to
            "transpose" for "resnet"; "light" always uses "resize".
        dropout: Share of features dropped in the blocks; 0 in the paper.
        ema_decay: Decay of the moving average of the generators' weights, which paints. 0.999 averages about the last
            1,000 steps, and never more than about a ninth of all steps. 0 turns the average off.
        precision: "float32", or "mixed_bfloat16" or "mixed_float16" on accelerators that support them.
        start_from: Initial weights: "starter", which is bundled with Copyart; another run's workdir or
            `.keras` file; or a style, with the starter for the networks that a style lacks. Training then needs a
            fraction of the steps. A light generator with fewer blocks keeps the most important ones. "none" starts from
            random weights. Defaults to none.
        seed: Seed of the initial weights, the split, the data order and the pools.
        validation_fraction: Share of each domain's pictures to hold out; at most 100 photos.
        checkpoint_minutes: Maximum minutes between checkpoints; a crash loses no more work than that.
        samples: Held-out pictures of each domain in a sample grid.
        evaluation_epochs: Epochs between two evaluations; the best style is kept. 0 turns evaluation off.
        evaluation_pictures: Maximum number of photos, and of paintings, in an evaluation. With 64 it takes seconds.
    """

    image_size: int = 256
    load_size: int | None = None
    resized_crops: bool = False
    batch_size: int = 1
    epochs: int = 100
    minutes: float | None = None
    decay_epochs: int = 0
    steps_per_epoch: int | None = None
    learning_rate: float = 2e-4
    beta_1: float = 0.5
    cycle_weight: float = 10.0
    identity_weight: float = 0.0
    checkerboard_weight: float = 0.0
    augment: bool | None = False
    pool_size: int = 50
    generator: str = "resnet"
    blocks: int | None = None
    filters: int | None = None
    discriminator: str = "patch"
    discriminator_filters: int = 64
    upsampling: str | None = None
    dropout: float = 0.0
    ema_decay: float = 0.999
    precision: str = "float32"
    start_from: str | None = None
    seed: int = 0
    validation_fraction: float = 0.05
    checkpoint_minutes: float = 10.0
    samples: int = 4
    evaluation_epochs: int = 1
    evaluation_pictures: int = 64

    def __post_init__(self) -> None:
        self._check_types()
        if self.start_from == "none":
            object.__setattr__(self, "start_from", None)
        if self.load_size is None:
            object.__setattr__(self, "load_size", round(self.image_size * 286 / 256))
        self._check_ranges()

    def _fill_generator_defaults(self) -> None:
        """Fill in the defaults that depend on the kind of generator."""
        spec = TRAINED[self.generator]
        if self.blocks is None:
            object.__setattr__(self, "blocks", spec.default_blocks(self.image_size))
        if self.filters is None:
            object.__setattr__(self, "filters", spec.filters)
        if self.upsampling is None:
            object.__setattr__(self, "upsampling", "resize" if self.generator == "light" else "transpose")

    def _check_types(self) -> None:
        for field in dataclasses.fields(self):
            value, kinds = getattr(self, field.name), typing.get_args(field.type) or (field.type,)
            if type(value) is int and float in kinds:
                object.__setattr__(self, field.name, float(value))
            elif type(value) not in kinds:
                kind = getattr(field.type, "__name__", str(field.type))
                raise ConfigError(f"{field.name} must be of type {kind}. Received: {field.name}={value!r}")

    def _check_ranges(self) -> None:
        def require(name: str, holds: bool, what: str) -> None:
            if not holds:
                raise ConfigError(f"{name} must be {what}. Received: {name}={getattr(self, name)!r}")

        require("image_size", self.image_size >= 24 and self.image_size % 4 == 0, "a multiple of 4, at least 24")
        require("load_size", (self.load_size or 0) >= self.image_size, "at least image_size")
        require("steps_per_epoch", self.steps_per_epoch is None or self.steps_per_epoch > 0, "at least 1")
        require("decay_epochs", 0 <= self.decay_epochs <= self.epochs, "between 0 and epochs")
        require("seed", 0 <= self.seed <= _LARGEST_SEED, f"between 0 and {_LARGEST_SEED}")
        require("generator", self.generator in CHOICES["generator"], f"one of {', '.join(CHOICES['generator'])}")
        self._fill_generator_defaults()
        for name, choices in CHOICES.items():
            require(name, getattr(self, name) in choices, f"one of {', '.join(choices)}")
        if self.discriminator == "projected":
            require("image_size", self.image_size % 16 == 0, "a multiple of 16 with projected discriminators")
        if self.generator == "light":
            require("upsampling", self.upsampling == "resize", "resize with the light generator")
            require("dropout", self.dropout == 0, "0 with the light generator")
        for name in ("batch_size", "epochs", "filters", "discriminator_filters", "samples"):
            require(name, getattr(self, name) >= 1, "at least 1")
        for name in ("pool_size", "blocks", "evaluation_epochs"):
            require(name, getattr(self, name) >= 0, "at least 0")
        require("evaluation_pictures", self.evaluation_pictures >= 2, "at least 2")
        for name in ("cycle_weight", "identity_weight", "checkerboard_weight"):
            require(name, 0 <= getattr(self, name) < float("inf"), "at least 0 and finite")
        require("minutes", self.minutes is None or 0 < self.minutes < float("inf"), "above 0 and finite")
        for name in ("learning_rate", "checkpoint_minutes"):
            require(name, 0 < getattr(self, name) < float("inf"), "above 0 and finite")
        for name in ("beta_1", "ema_decay", "dropout"):
            require(name, 0 <= getattr(self, name) < 1, "in [0, 1)")
        require("validation_fraction", 0 < self.validation_fraction < 1, "between 0 and 1")

    @classmethod
    def from_recipe(cls, recipe: str = "article", **changes: Any) -> "TrainingConfig":
        """Build the settings of a named recipe.

        Args:
            recipe: A key of `RECIPES`.
            **changes: Settings that differ from the recipe. None keeps the recipe's value.

        Raises:
            ConfigError: if there is no such recipe or setting, or a value is out of its range.
        """
        if recipe not in RECIPES:
            raise ConfigError(f"recipe must be one of {', '.join(RECIPES)}. Received: recipe={recipe!r}")
        changes = {name: value for name, value in changes.items() if value is not None}
        return cls.from_dict({**RECIPES[recipe], **changes})

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TrainingConfig":
        """Build the settings from the result of `to_dict`.

        Raises:
            ConfigError: if a name is unknown or a value is out of its range.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError(f"a setting must be one of {', '.join(known)}. Received: {name}")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return all resolved settings as plain values."""
        return dataclasses.asdict(self)

    def to_json(self) -> str:
        """Return the settings as JSON, one setting a line."""
        return json.dumps(self.to_dict(), indent=2) + "\n"


#: `article`: the settings of the article that Copyart is based on. `paper`: those of Zhu et al. for paintings. `quick`:
#: a style in minutes; its values were chosen by measurement (docs/decisions/0023-quick-recipe.md).
RECIPES: dict[str, dict[str, Any]] = {
    "article": {},
    "paper": {"epochs": 200, "decay_epochs": 100, "identity_weight": 5.0},
    "quick": {
        "minutes": 10.0,
        "generator": "light",
        "discriminator": "projected",
        "start_from": "starter",
        "image_size": 128,
        "load_size": 286,
        "resized_crops": True,
        "epochs": 1000,
        "steps_per_epoch": 125,
        "learning_rate": 3e-4,
        "cycle_weight": 0.7,
        "checkerboard_weight": 0.3,
        "augment": None,
        "ema_decay": 0.998,
        "validation_fraction": 0.2,
        "evaluation_epochs": 2,
    },
}
