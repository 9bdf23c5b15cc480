"""`ImagePool`: earlier generated images, which are shown to the discriminators again to stabilise training."""

from typing import Any

import keras
from keras import ops

from copyart.backend import Tensor
from copyart.models.layers import SeededLayer
from copyart.models.precision import precise_dtype


@keras.saving.register_keras_serializable(package="copyart")
class ImagePool(SeededLayer):
    """Mixes earlier generated images into the batch for a discriminator.

    While the pool fills, each new image is stored and returned. Once it is full, one of two things happens, each with
    probability 1/2: a random stored image is returned and the new one takes its place, or the new image is returned and
    not stored.

    The pool is stored in variables of the layer, so it is saved with the model. If there are several replicas, each
    must receive the whole batch. Then all of them make the same draws and have the same pool.

    Args:
        size: Number of stored images. Defaults to 50, as in the paper.
        image_size: Height and width of the images in pixels.
        seed: Seed of the random draws. Defaults to None: a random seed.

    Reference:
        Shrivastava et al. 2017, arXiv:1612.07828, section 2.3; Zhu et al. 2017, section 4.
    """

    def __init__(self, size: int = 50, image_size: int = 256, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **{"dtype": precise_dtype(), **kwargs})
        self.size = size
        self.image_size = image_size
        self.build()

    def build(self, input_shape: Any = None) -> None:
        """Create the empty pool."""
        shape = (self.size, self.image_size, self.image_size, 3)
        self.images = self._add_variable("images", shape, self.variable_dtype)
        self.count = self._add_variable("count", (), "int32")
        self.built = True

    def _add_variable(self, name: str, shape: tuple[int, ...], dtype: str) -> keras.Variable:
        # All replicas compute the same new value, so writing the first replica's value is enough.
        return self.add_weight(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer="zeros",
            trainable=False,
            aggregation="only_first_replica",
        )

    def call(self, batch: Tensor) -> Tensor:
        """Exchange a batch with the pool.

        Args:
            batch: New images, shape (batch, image_size, image_size, 3).

        Returns:
            The same number of images, each new or from the pool.
        """
        batch = ops.cast(batch, self.variable_dtype)
        draws = keras.random.uniform((ops.shape(batch)[0], 2), seed=self.seed_generator)
        swaps = draws[:, 0] < 0.5
        places = ops.cast(draws[:, 1] * self.size, "int32")
        slots, places, answers, count = self._exchange(swaps, places)
        answer = self._pick_images(answers, batch)
        # Only the drawn slots are written. A slot that keeps its image is written with the same image.
        kept = self._pick_images(ops.take(slots, places), batch)
        self.images.assign(ops.scatter_update(self.images, places[:, None], kept))
        self.count.assign(count)
        return answer

    def _exchange(self, swaps: Tensor, places: Tensor) -> tuple[Tensor, ...]:
        """Compute the exchange with image numbers instead of images: 0 … size-1 are in the pool, others are new."""
        new = ops.shape(swaps)[0]

        def step(index: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            slots, taken, answers, count = state
            filling = count < self.size
            place = ops.minimum(ops.where(filling, count, places[index]), self.size - 1)
            mine = self.size + index
            stored = ops.logical_or(filling, swaps[index])
            swapped = ops.logical_and(stored, ops.logical_not(filling))
            answer = ops.where(swapped, ops.take(slots, place), mine)
            here = ops.logical_and(ops.arange(self.size, dtype="int32") == place, stored)
            now = ops.arange(new, dtype="int32") == index
            return (
                ops.where(here, mine, slots),
                ops.where(now, place, taken),
                ops.where(now, answer, answers),
                count + ops.cast(filling, "int32"),
            )

        none = ops.zeros((new,), dtype="int32")
        start = (ops.arange(self.size, dtype="int32"), none, none, ops.convert_to_tensor(self.count))
        return ops.fori_loop(0, new, step, start)

    def _pick_images(self, numbers: Tensor, batch: Tensor) -> Tensor:
        """Return the images with the given numbers, from the old pool and the batch."""
        pooled = ops.take(self.images, ops.minimum(numbers, self.size - 1), axis=0)
        new = ops.take(batch, ops.maximum(numbers - self.size, 0), axis=0)
        return ops.where((numbers >= self.size)[:, None, None, None], new, pooled)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "size": self.size, "image_size": self.image_size}
