"""`CycleGAN`: the Keras model that trains two generators and two discriminators on unpaired photos and art."""

import dataclasses
import os
from typing import Any

import keras
from keras import ops

from copyart.backend import Tensor
from copyart.errors import ConfigError
from copyart.models.augment import DiffAugment
from copyart.models.discriminators import patch_discriminator
from copyart.models.generators import build_generator, trainable_spec
from copyart.models.image_pool import ImagePool
from copyart.models.losses import absolute_error, checkerboard_energy, least_squares
from copyart.models.picture_range import RangeGuard, check_dtype, check_range
from copyart.models.precision import dtype_policy
from copyart.models.steps import TrainingSteps

NETWORKS = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")
#: The arguments of a `CycleGAN` that are plain values.
SETTINGS = (
    *("image_size", "generator", "blocks", "filters", "discriminator_filters", "upsampling", "dropout"),
    *("cycle_weight", "identity_weight", "checkerboard_weight", "augment", "pool_size", "ema_decay", "seed"),
)
GENERATOR_TERMS = ("art_adversarial", "photo_adversarial", "photo_cycle", "art_cycle")
IDENTITY_TERMS = ("art_identity", "photo_identity")
CHECKERBOARD_TERMS = ("art_checkerboard", "photo_checkerboard")
DISCRIMINATOR_TERMS = ("art_discriminator", "photo_discriminator")


@keras.saving.register_keras_serializable(package="copyart")
class CycleGAN(TrainingSteps):
    """Two generators and two discriminators, trained together by `fit` on batches of `(photos, art)`.

    Calling the model paints: `model(photos)` is `model.photo_to_art(photos)`.

    Args:
        image_size: Height and width of the training crops in pixels, a multiple of 4. Defaults to 256.
        generator: Kind of generator, `"resnet"` or `"light"`. Defaults to `"resnet"`, the paper's.
        blocks: Number of residual blocks. For `"resnet"`, the default is the paper's: 6 if `image_size` is at most 128,
            else 9. For `"light"`, the default is 4.
        filters: Channels of the generators' first layer. Defaults to 64 for `"resnet"`, 32 for `"light"`.
        discriminator_filters: Channels of the discriminators' first layer. Defaults to 64.
        upsampling: `"transpose"` or `"resize"`. Defaults to `"transpose"`, the paper's. Only for `"resnet"`.
        dropout: Share of features dropped in the residual blocks while training. Only for `"resnet"`. Defaults to 0.
        cycle_weight: Weight of both cycle terms. Defaults to 10.
        identity_weight: Weight of both identity terms; at 0 they are not computed. Defaults to 0.
        checkerboard_weight: Weight of both checkerboard terms (`copyart.models.losses.checkerboard_energy`); at 0
            neither is computed. Defaults to 0, as in the paper.
        augment: Whether the discriminators see augmented images (`copyart.models.augment.DiffAugment`), which helps
            with few paintings. Defaults to False.
        pool_size: Number of earlier images stored for each discriminator; 0 turns the pools off. Defaults to 50.
        ema_decay: Decay of the moving average of the generators' weights, in [0, 1). The averaged generators
            are separate networks, `photo_to_art_average` and `art_to_photo_average`. Defaults to 0: no average.
        photo_to_art: A ready-made network to use as the generator that paints. Defaults to None: a new one.
        art_to_photo: A ready-made network to use as the generator that turns art into photos. Defaults to None.
        photo_discriminator: A ready-made network to use as the discriminator of photos. Defaults to None.
        art_discriminator: A ready-made network to use as the discriminator of art. Defaults to None.
        seed: Seed of the pools' random draws. Defaults to None: a random seed.

    Raises:
        ConfigError: if an argument is out of its range.

    Example:
        >>> model = CycleGAN(image_size=128)
        >>> model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
        >>> model.fit(data.train, epochs=100)

    Reference:
        Zhu et al. 2017, arXiv:1703.10593.
    """

    def __init__(
        self,
        image_size: int = 256,
        generator: str = "resnet",
        blocks: int | None = None,
        filters: int | None = None,
        discriminator_filters: int = 64,
        upsampling: str = "transpose",
        dropout: float = 0.0,
        cycle_weight: float = 10.0,
        identity_weight: float = 0.0,
        checkerboard_weight: float = 0.0,
        augment: bool = False,
        pool_size: int = 50,
        ema_decay: float = 0.0,
        photo_to_art: keras.Model | None = None,
        art_to_photo: keras.Model | None = None,
        photo_discriminator: keras.Model | None = None,
        art_discriminator: keras.Model | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        _check_settings(image_size, cycle_weight, identity_weight, checkerboard_weight, pool_size, ema_decay)
        self.image_size = image_size
        self.generator = generator
        self.blocks = trainable_spec(generator).default_blocks(image_size) if blocks is None else blocks
        self.filters = trainable_spec(generator).filters if filters is None else filters
        self.discriminator_filters = discriminator_filters
        self.upsampling = upsampling
        self.dropout = dropout
        self.cycle_weight = cycle_weight
        self.identity_weight = identity_weight
        self.checkerboard_weight = checkerboard_weight
        self.augment = augment
        self.pool_size = pool_size
        self.ema_decay = ema_decay
        self.seed = seed
        self._ready_made = {
            "photo_to_art": photo_to_art,
            "art_to_photo": art_to_photo,
            "photo_discriminator": photo_discriminator,
            "art_discriminator": art_discriminator,
        }
        with dtype_policy(self.dtype_policy):
            self._build_networks()
            self._build_state()
        self.built = True

    def _build_networks(self) -> None:
        def generator(name: str) -> keras.Model:
            return self._ready_made[name] or build_generator(self.generator, **_generator_arguments(self), name=name)

        def discriminator(name: str) -> keras.Model:
            return self._ready_made[name] or patch_discriminator(self.discriminator_filters, name=name)

        self.photo_to_art = generator("photo_to_art")
        self.art_to_photo = generator("art_to_photo")
        self.photo_discriminator = discriminator("photo_discriminator")
        self.art_discriminator = discriminator("art_discriminator")

    def _build_state(self) -> None:
        self.augmentation = DiffAugment(self.seed, name="augmentation") if self.augment else None
        self.photo_pool = self.art_pool = None
        if self.pool_size:
            seeds = (None, None) if self.seed is None else (self.seed, self.seed + 1)
            self.photo_pool = ImagePool(self.pool_size, self.image_size, seeds[0], name="photo_pool")
            self.art_pool = ImagePool(self.pool_size, self.image_size, seeds[1], name="art_pool")
        self.photo_to_art_average: Any = None
        self.art_to_photo_average: Any = None
        if self.ema_decay:
            self.photo_to_art_average = _averaged_copy(self.photo_to_art)
            self.art_to_photo_average = _averaged_copy(self.art_to_photo)
        self._trackers = {name: keras.metrics.Mean(name=name) for name in self.log_names}

    @property
    def log_names(self) -> tuple[str, ...]:
        """Names of a step's logs, in order: each weighted term and `generator_loss`, the sum of the generator terms."""
        identity = IDENTITY_TERMS if self.identity_weight else ()
        checkerboard_terms = CHECKERBOARD_TERMS if self.checkerboard_weight else ()
        return (*GENERATOR_TERMS, *identity, *checkerboard_terms, "generator_loss", *DISCRIMINATOR_TERMS)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The mean of each log over an epoch."""
        return list(self._trackers.values())

    @property
    def painter_network(self) -> keras.Model:
        """The network to paint with: the averaged generator if there is one."""
        return self.photo_to_art_average or self.photo_to_art

    @property
    def reverse_network(self) -> keras.Model:
        """The network that turns art into photos: the averaged generator if there is one."""
        return self.art_to_photo_average or self.art_to_photo

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Paint photos, shape (batch, height, width, 3) in [-1, 1]."""
        return self.photo_to_art(inputs, training=training)

    def generator_terms(
        self, photos: Tensor, art: Tensor, training: bool = True
    ) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Compute the generators' loss terms.

        If there are identity terms, photos and art pass through each generator as one batch, so each is called twice
        instead of three times. This is exact, because instance normalisation treats each image separately.

        Args:
            photos: Shape (batch, image_size, image_size, 3), in [-1, 1].
            art: The same shape.
            training: Whether dropout, augmentation and the other random layers are active.

        Returns:
            A dictionary of weighted float32 terms, the paintings of the photos, and the photos made from the art.
        """
        photo_to_art, art_to_photo = self.photo_to_art, self.art_to_photo
        terms = {}
        if self.identity_weight:
            painted, same_art = _split_in_halves(
                photo_to_art(ops.concatenate([photos, art], axis=0), training=training)
            )
            unpainted, same_photos = _split_in_halves(
                art_to_photo(ops.concatenate([art, photos], axis=0), training=training)
            )
            terms["art_identity"] = self.identity_weight * absolute_error(same_art, art)
            terms["photo_identity"] = self.identity_weight * absolute_error(same_photos, photos)
        else:
            painted, unpainted = photo_to_art(photos, training=training), art_to_photo(art, training=training)
        terms["art_adversarial"] = least_squares(self._logits("art", painted, training), 1.0)
        terms["photo_adversarial"] = least_squares(self._logits("photo", unpainted, training), 1.0)
        if self.checkerboard_weight:
            terms["art_checkerboard"] = self.checkerboard_weight * checkerboard_energy(painted)
            terms["photo_checkerboard"] = self.checkerboard_weight * checkerboard_energy(unpainted)
        terms["photo_cycle"] = self.cycle_weight * absolute_error(art_to_photo(painted, training=training), photos)
        terms["art_cycle"] = self.cycle_weight * absolute_error(photo_to_art(unpainted, training=training), art)
        return terms, painted, unpainted

    def discriminator_terms(
        self, photos: Tensor, art: Tensor, painted: Tensor, unpainted: Tensor, training: bool = True
    ) -> dict[str, Tensor]:
        """Compute the discriminators' loss terms: the mean of the errors on real and on generated images."""
        return {
            "art_discriminator": self._discriminator_loss("art", art, painted, training),
            "photo_discriminator": self._discriminator_loss("photo", photos, unpainted, training),
        }

    def _discriminator_loss(self, domain: str, real: Tensor, generated: Tensor, training: bool) -> Tensor:
        both = self._logits(domain, ops.concatenate([real, generated], axis=0), training)
        on_real, on_generated = _split_in_halves(both)
        return 0.5 * (least_squares(on_real, 1.0) + least_squares(on_generated, 0.0))

    def _logits(self, domain: str, images: Tensor, training: bool) -> Tensor:
        """Return the logits of a domain's discriminator for images. If `augment` is true, augment them in training."""
        if self.augmentation and training:
            images = self.augmentation(images)
        discriminator = self.art_discriminator if domain == "art" else self.photo_discriminator
        return discriminator(images, training=training)

    def update_ema(self) -> None:
        """Update the moving averages of the generators' weights, faster in the first steps."""
        if not self.ema_decay:
            return
        steps = ops.cast(self.optimizer.iterations, "float32")
        keep = ops.minimum(self.ema_decay, (1.0 + steps) / (10.0 + steps))
        pairs = (self.photo_to_art_average, self.photo_to_art), (self.art_to_photo_average, self.art_to_photo)
        for average, network in pairs:
            for slow, fast in zip(average.variables, network.variables, strict=True):
                if keras.backend.is_float_dtype(slow.dtype):
                    slow.assign(fast + ops.cast(keep, slow.dtype) * (slow - fast))

    def fit(
        self, x: Any = None, y: Any = None, *args: Any, callbacks: Any = None, **kwargs: Any
    ) -> keras.callbacks.History:
        """Train like `keras.Model.fit`, on batches `(photos, art)`. Pictures outside [-1, 1] are refused.

        Raises:
            DataError: if the pictures are not in [-1, 1].
        """
        check_range(x, y)
        if isinstance(callbacks, keras.callbacks.Callback):
            callbacks = [callbacks]
        if callbacks is None or isinstance(callbacks, (list, tuple)):
            callbacks = [RangeGuard(), *(callbacks or ())]
        return super().fit(x, y, *args, callbacks=callbacks, **kwargs)

    def export(self, filepath: str | os.PathLike, format: str = "tf_saved_model", **kwargs: Any) -> None:
        """Export the painting network like `keras.Model.export`. `copyart.export` has more formats."""
        self.painter_network.export(filepath, format=format, **kwargs)

    @staticmethod
    def photos_and_art(data: tuple) -> tuple[Tensor, Tensor]:
        """Unpack photos and art from a batch that `fit` or `train_on_batch` passes."""
        photos, art = (data[0] if isinstance(data[0], (tuple, list)) else data)[:2]
        check_dtype(photos, art)
        return photos, art

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the model, with ready-made networks serialised."""
        config = {name: getattr(self, name) for name in SETTINGS}
        for name, network in self._ready_made.items():
            config[name] = network and keras.saving.serialize_keras_object(network)
        return {**super().get_config(), **config}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as before saving, but let this backend and machine decide whether XLA compiles the steps."""
        # Keras saves the choice that it made for `jit_compile`. A model that was saved under TensorFlow without a GPU
        # would then run uncompiled under JAX.
        super().compile_from_config({**config, "jit_compile": "auto"})

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "CycleGAN":
        """Build the model from `get_config()`."""
        ready_made = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in NETWORKS
            if config.get(name)
        }
        return cls(**{**config, **ready_made})


def _check_settings(
    image_size: int,
    cycle_weight: float,
    identity_weight: float,
    checkerboard_weight: float,
    pool_size: int,
    ema_decay: float,
) -> None:
    if image_size < 24 or image_size % 4:
        raise ConfigError(f"image_size must be a multiple of 4, at least 24. Received: {image_size=}")
    if min(cycle_weight, identity_weight, checkerboard_weight, pool_size) < 0:
        raise ConfigError(
            "cycle_weight, identity_weight, checkerboard_weight and pool_size must not be negative. "
            f"Received: {cycle_weight=}, {identity_weight=}, {checkerboard_weight=}, {pool_size=}"
        )
    if not 0 <= ema_decay < 1:
        raise ConfigError(f"ema_decay must lie in [0, 1). Received: {ema_decay=}")


def _generator_arguments(model: CycleGAN) -> dict[str, Any]:
    return {field.name: getattr(model, field.name) for field in dataclasses.fields(trainable_spec(model.generator))}


def _averaged_copy(network: keras.Model) -> keras.Model:
    average = keras.models.clone_model(network)
    average.name = f"{network.name}_average"
    average.trainable = False
    average.set_weights(network.get_weights())
    return average


def _split_in_halves(batch: Tensor) -> tuple[Tensor, Tensor]:
    half = ops.shape(batch)[0] // 2
    return batch[:half], batch[half:]
