"""The settings of a training run: one place for every default, each with its reason."""

import dataclasses
import json
import typing
from dataclasses import dataclass
from typing import Any

from copyart.errors import ConfigError
from copyart.models.generators import TRAINED
from copyart.models.resnet import UPSAMPLINGS

#: Settings that take one of a few words.
CHOICES = {
    "generator": tuple(TRAINED),
    "discriminator": ("patch", "projected"),
    "upsampling": UPSAMPLINGS,
    "precision": ("float32", "mixed_bfloat16", "mixed_float16"),
}
#: What `--devices` takes; copyart.training.strategy says what each means.
DEVICES = ("auto", "cpu", "gpu", "tpu", "all")
#: TensorFlow and NumPy take no larger seed, and the second pool's is one more.
_LARGEST_SEED = 2**31 - 2


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides how a run trains.

    Args:
        image_size: Side of the training crops in pixels, a multiple of 4. The paper trains at 256.
        load_size: Side to which pictures are resized before cropping. Defaults to 286/256 of `image_size`, the paper's.
        batch_size: Pairs a step, over all replicas. The paper takes 1: instance normalisation needs no more.
        epochs: Passes over the larger domain. The article trains for 100.
        minutes: Wall-clock time after which the run ends, with the best it has; the learning rate falls in the second
            half of it. Defaults to none: `epochs` decide.
        decay_epochs: How many of the last epochs lower the learning rate linearly towards 0; the paper's 200 have 100.
        steps_per_epoch: Steps after which an epoch ends. Defaults to a whole pass over the larger domain.
        learning_rate: Of Adam, 2e-4 in the paper and in the article.
        beta_1: Decay of Adam's first moment. The paper's 0.5 forgets quickly, as adversaries that move must.
        cycle_weight: 10 in the paper and in the article.
        identity_weight: 0 in the article. The paper uses 5 (half of the cycle weight) for paintings: it keeps colours.
        checkerboard_weight: Weight of the loss on patterns of 4 by 4 pixels that repeat in a painting. 0 in the paper,
            0.3 for the bundled styles.
        augment: Whether the discriminators see augmented images (DiffAugment, arXiv:2006.10738), which helps with few
            paintings. None augments where there are fewer than 60 to learn from. Off in the paper, which is older.
        pool_size: Earlier images shown to the discriminators; 50 in the paper.
        generator: Kind of generator. "resnet" is the paper's; "light" takes a thirtieth of its arithmetic.
        blocks: Residual blocks. Defaults to the paper's for "resnet": 6 up to 128 px, 9 above; and to 4 for "light".
        filters: Channels of the generators' first layer. Defaults to the paper's 64 for "resnet", 32 for "light".
        discriminator: Kind of discriminator. "patch" is the paper's; "projected" sees the feature
            maps of a pretrained network (arXiv:2111.01007): a fraction of the steps suffices. Needs extra `projected`.
        discriminator_filters: Channels of the discriminators' first layer, 64 in the paper, or of the projected ones'.
        upsampling: "transpose" as in the paper, or "resize", which leaves no checkerboard. Defaults to "transpose" for
            "resnet"; "light" only has "resize".
        dropout: Share of features dropped in the blocks; the paper's models were trained without.
        ema_decay: Decay of the average of the generators' weights that paints: 0.999 looks back on 1,000 steps.
            0 turns the average off.
        precision: "float32", or "mixed_bfloat16" and "mixed_float16" on accelerators made for them.
        start_from: What the networks start from: "starter", which comes with Copyart; another run's workdir or
            `.keras` file; or a style, with the starter for the networks that a style lacks. A new artist then needs a
            fraction of the steps. A light generator of fewer blocks keeps the strongest. "none" starts from random
            weights. Defaults to none.
        seed: Of the initial weights, the split, the data order and the pools.
        validation_fraction: Share of the pictures of each domain held out, from 1 picture to 100.
        checkpoint_minutes: Most minutes of work that a crash may cost.
        samples: Held-out pictures of each domain in a sample grid.
        judge_epochs: Epochs between two evaluations; the style with the best one is kept. 0 turns evaluation off.
        judge_pictures: Most photos, and most paintings, in an evaluation; 64 rank styles in seconds.
    """

    image_size: int = 256
    load_size: int | None = None
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
    judge_epochs: int = 1
    judge_pictures: int = 64

    def __post_init__(self) -> None:
        self._check_kinds()
        if self.start_from == "none":
            object.__setattr__(self, "start_from", None)
        if self.load_size is None:
            object.__setattr__(self, "load_size", round(self.image_size * 286 / 256))
        self._check_ranges()

    def _settle_generator(self) -> None:
        """Fill in the defaults that depend on the kind of generator."""
        spec = TRAINED[self.generator]
        if self.blocks is None:
            object.__setattr__(self, "blocks", spec.default_blocks(self.image_size))
        if self.filters is None:
            object.__setattr__(self, "filters", spec.filters)
        if self.upsampling is None:
            object.__setattr__(self, "upsampling", "resize" if self.generator == "light" else "transpose")

    def _check_kinds(self) -> None:
        for field in dataclasses.fields(self):
            value, kinds = getattr(self, field.name), typing.get_args(field.type) or (field.type,)
            if type(value) is int and float in kinds:
                object.__setattr__(self, field.name, float(value))
            elif type(value) not in kinds:
                kind = getattr(field.type, "__name__", str(field.type))
                raise ConfigError(f"{field.name} must be of type {kind}. Received: {field.name}={value!r}")

    def _check_ranges(self) -> None:
        require = _Requirement(self)
        require("image_size", self.image_size >= 24 and self.image_size % 4 == 0, "a multiple of 4, at least 24")
        require("load_size", (self.load_size or 0) >= self.image_size, "at least image_size")
        require("steps_per_epoch", self.steps_per_epoch is None or self.steps_per_epoch > 0, "at least 1")
        require("decay_epochs", 0 <= self.decay_epochs <= self.epochs, "between 0 and epochs")
        require("seed", 0 <= self.seed <= _LARGEST_SEED, f"between 0 and {_LARGEST_SEED}")
        require("generator", self.generator in CHOICES["generator"], f"one of {', '.join(CHOICES['generator'])}")
        self._settle_generator()
        for name, choices in CHOICES.items():
            require(name, getattr(self, name) in choices, f"one of {', '.join(choices)}")
        if self.discriminator == "projected":
            require("image_size", self.image_size % 16 == 0, "a multiple of 16 with projected discriminators")
        if self.generator == "light":
            require("upsampling", self.upsampling == "resize", "resize with the light generator")
            require("dropout", self.dropout == 0, "0 with the light generator")
        for name in ("batch_size", "epochs", "filters", "discriminator_filters", "samples"):
            require(name, getattr(self, name) >= 1, "at least 1")
        for name in ("pool_size", "blocks", "judge_epochs"):
            require(name, getattr(self, name) >= 0, "at least 0")
        require("judge_pictures", self.judge_pictures >= 2, "at least 2")
        for name in ("cycle_weight", "identity_weight", "checkerboard_weight"):
            require(name, 0 <= getattr(self, name) < float("inf"), "at least 0 and finite")
        require("minutes", self.minutes is None or 0 < self.minutes < float("inf"), "above 0 and finite")
        for name in ("learning_rate", "checkpoint_minutes"):
            require(name, 0 < getattr(self, name) < float("inf"), "above 0 and finite")
        for name in ("beta_1", "ema_decay", "dropout"):
            require(name, 0 <= getattr(self, name) < 1, "in [0, 1)")
        require("validation_fraction", 0 < self.validation_fraction < 1, "between 0 and 1")

    @classmethod
    def from_recipe(cls, recipe: str = "article", **changes):
        """Build the settings of a named recipe.

        Args:
            recipe: A key of `RECIPES`.
            **changes: Settings that differ from the recipe; those that are None keep its value.

        Raises:
            ConfigError: if there is no such recipe or setting, or a value is out of its range.
        """
        if recipe not in RECIPES:
            raise ConfigError(f"recipe must be one of {', '.join(RECIPES)}. Received: recipe={recipe!r}")
        changes = {name: value for name, value in changes.items() if value is not None}
        return cls.from_dict({**RECIPES[recipe], **changes})

    @classmethod
    def from_dict(cls, values):
        """Build the settings from `to_dict()`.

        Raises:
            ConfigError: if a name is unknown or a value is out of its range.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError(f"a setting must be one of {', '.join(known)}. Received: {name}")
        return cls(**values)

    def to_dict(self):
        """Return every setting, resolved, as plain values."""
        return dataclasses.asdict(self)

    def to_json(self):
        """Return the settings as JSON, one a line."""
        return json.dumps(self.to_dict(), indent=2) + "\n"


class _Requirement:
    def __init__(self, config):
        self.config = config

    def __call__(self, name, holds, what) -> None:
        if not holds:
            raise ConfigError(f"{name} must be {what}. Received: {name}={getattr(self.config, name)!r}")


#: `article`: as the article that Copyart comes from trained. `paper`: as Zhu et al. trained for paintings.
#: `quick`: a style in minutes; its values were chosen by measurement (docs/decisions/0023-quick-recipe.md).
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
        "epochs": 1000,
        "steps_per_epoch": 125,
        "learning_rate": 3e-4,
        "cycle_weight": 0.7,
        "checkerboard_weight": 0.3,
        "augment": None,
        "ema_decay": 0.998,
        "validation_fraction": 0.2,
        "judge_epochs": 2,
    },
}
