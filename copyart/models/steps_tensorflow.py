"""The training step in TensorFlow, on one replica or several."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from copyart.backend import Tensor
from copyart.models.image_pool import ImagePool


class TrainingSteps(keras.Model):
    """`train_step` and `test_step` of a `CycleGAN`.

    Generators and discriminators are updated together. The paper's code updates the generators first, but then shows
    the discriminators images that were made before this update. So the result is the same.
    """

    def make_train_function(self, force: bool = False) -> Callable:
        """Create the optimizer's variables before tracing, because a replica cannot create them."""
        if not self.optimizer.built:
            with self.distribute_strategy.scope():
                self.optimizer.build(self.trainable_variables)
        return super().make_train_function(force)

    def train_step(self, data: tuple) -> dict[str, Tensor]:
        """Take one step on a batch `(photos, art)` and return the logs of that step."""
        photos, art = self.photos_and_art(data)
        with tf.GradientTape(persistent=True) as tape:
            terms, painted, unpainted = self.generator_terms(photos, art)
            generator_loss = sum(terms.values())
            discriminator_terms = self.discriminator_terms(
                photos,
                art,
                self._exchange_with_pool(self.art_pool, painted),
                self._exchange_with_pool(self.photo_pool, unpainted),
            )
            losses = [self._scale_loss(generator_loss), self._scale_loss(sum(discriminator_terms.values()))]
        generator_variables = self.photo_to_art.trainable_variables + self.art_to_photo.trainable_variables
        discriminator_variables = (
            self.art_discriminator.trainable_variables + self.photo_discriminator.trainable_variables
        )
        gradients = tape.gradient(losses[0], generator_variables)
        # TensorFlow may update the discriminators before the generators' loss has read the discriminators' weights.
        # Without this dependency, the generators are sometimes trained against the next step's discriminators.
        with tf.control_dependencies([generator_loss]):
            gradients += [tf.identity(gradient) for gradient in tape.gradient(losses[1], discriminator_variables)]
        del tape
        self.optimizer.apply(gradients, generator_variables + discriminator_variables)
        self.update_ema()
        return self._update_logs({**terms, "generator_loss": generator_loss, **discriminator_terms})

    def test_step(self, data: tuple) -> dict[str, Tensor]:
        """Return the logs of a batch `(photos, art)` without training on it. The pools do not change."""
        photos, art = self.photos_and_art(data)
        terms, painted, unpainted = self.generator_terms(photos, art, training=False)
        discriminator_terms = self.discriminator_terms(photos, art, painted, unpainted, training=False)
        return self._update_logs({**terms, "generator_loss": sum(terms.values()), **discriminator_terms})

    def _exchange_with_pool(self, pool: ImagePool | None, images: Tensor) -> Tensor:
        images = ops.stop_gradient(images)
        if pool is None:
            return images
        replica = tf.distribute.get_replica_context()
        if replica is None or replica.num_replicas_in_sync == 1:
            return pool(images)
        # All replicas have the same pool: each passes the whole batch to it, and takes its own part of the result.
        share = ops.shape(images)[0]
        first = replica.replica_id_in_sync_group * share
        return pool(replica.all_gather(images, axis=0))[first : first + share]

    def _scale_loss(self, loss: Tensor) -> Tensor:
        """Divide a loss by the number of replicas, whose gradients the optimizer adds. Scale it for half precision."""
        return self.optimizer.scale_loss(loss / tf.distribute.get_strategy().num_replicas_in_sync)

    def _update_logs(self, terms: dict[str, Tensor]) -> dict[str, Tensor]:
        values = ops.stack([terms[name] for name in self.log_names])
        strategy = tf.distribute.get_strategy()
        if strategy.num_replicas_in_sync > 1:
            values = tf.distribute.get_replica_context().all_reduce("mean", values)
        for tracker, value in zip(self.metrics, tf.unstack(values), strict=True):
            tracker.update_state(value)
        # Keras 3 reduces logs over their first axis under this strategy (keras#20585), so they need such an axis.
        shape = (1,) if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy) else ()
        return {name: ops.reshape(values[i], shape) for i, name in enumerate(self.log_names)}

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Skip Keras' symbolic build: the networks are built already, and with several workers it fails
        (keras#20585)."""


def compile_network(network: keras.Model) -> Callable[[Tensor], Tensor]:
    """Return a function that eagerly applies a network with its current weights. Compiling it would not be faster.

    Args:
        network: A `keras.Model` from images to images.
    """
    return functools.partial(network, training=False)
