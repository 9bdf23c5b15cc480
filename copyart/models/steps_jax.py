"""The training step in JAX: a function from the model's state and a batch to the next state."""

from collections.abc import Callable, Sequence

import jax
import keras

from copyart.backend import Tensor
from copyart.models.image_pool import ImagePool


class TrainingSteps(keras.Model):
    """`train_step` and `test_step` of a `CycleGAN` without side effects, as Keras requires under JAX.

    Generators and discriminators are updated together, as under TensorFlow. If several devices share a batch, a step
    still sees the whole batch and one pool, because XLA distributes the computation. The result equals that of one
    device.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute. `fit` sets `_jax_state` to the values of all variables; do not let Keras search these."""
        if name == "_jax_state":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def train_step(self, state: tuple, data: tuple) -> tuple[dict[str, Tensor], tuple]:
        """Take one step on a batch `(photos, art)`.

        Args:
            state: Values of the trainable, non-trainable, optimizer's and metrics' variables, in this order.
            data: The batch from `fit`.

        Returns:
            The logs of the step, and the new state.
        """
        photos, art = self.photos_and_art(data)
        trainable, non_trainable, optimizer_values, metrics = state
        generators = self._trainable_indices(self.photo_to_art, self.art_to_photo)
        discriminators = self._trainable_indices(self.art_discriminator, self.photo_discriminator)

        def generators_loss(weights: list[Tensor]) -> tuple[Tensor, tuple]:
            with self._scope_with_values(
                _replace_values(trainable, generators, weights), non_trainable, optimizer_values
            ) as scope:
                terms, painted, unpainted = self.generator_terms(photos, art)
                loss = sum(terms.values())
                scaled = self.optimizer.scale_loss(loss)
            return scaled, ({**terms, "generator_loss": loss}, painted, unpainted, self._non_trainable_values(scope))

        gradient = jax.grad(generators_loss, has_aux=True)
        generator_gradients, (terms, painted, unpainted, non_trainable) = gradient(
            [trainable[index] for index in generators]
        )
        with self._scope_with_values(trainable, non_trainable, optimizer_values) as scope:
            painted = _exchange_with_pool(self.art_pool, painted)
            unpainted = _exchange_with_pool(self.photo_pool, unpainted)
        non_trainable = self._non_trainable_values(scope)

        def discriminators_loss(weights: list[Tensor]) -> tuple[Tensor, tuple]:
            with self._scope_with_values(
                _replace_values(trainable, discriminators, weights), non_trainable, optimizer_values
            ) as scope:
                discriminator_terms = self.discriminator_terms(photos, art, painted, unpainted)
                scaled = self.optimizer.scale_loss(sum(discriminator_terms.values()))
            return scaled, (discriminator_terms, self._non_trainable_values(scope))

        gradient = jax.grad(discriminators_loss, has_aux=True)
        discriminator_gradients, (discriminator_terms, non_trainable) = gradient(
            [trainable[index] for index in discriminators]
        )
        gradients = _replace_values(
            _replace_values(trainable, generators, generator_gradients), discriminators, discriminator_gradients
        )
        trainable, optimizer_values = self.optimizer.stateless_apply(optimizer_values, gradients, trainable)
        with self._scope_with_values(trainable, non_trainable, optimizer_values, metrics) as scope:
            self.update_ema()
            logs = self._update_logs({**terms, **discriminator_terms})
        return logs, (
            list(trainable),
            self._non_trainable_values(scope),
            list(optimizer_values),
            self._metric_values(scope),
        )

    def test_step(self, state: tuple, data: tuple) -> tuple[dict[str, Tensor], tuple]:
        """Return the logs of a batch `(photos, art)`, and the new state: only metrics and random generators change.

        Args:
            state: Values of the trainable, non-trainable and metrics' variables, in this order.
            data: The batch from `evaluate`.
        """
        photos, art = self.photos_and_art(data)
        trainable, non_trainable, metrics = state
        with self._scope_with_values(trainable, non_trainable, metrics=metrics) as scope:
            terms, painted, unpainted = self.generator_terms(photos, art, training=False)
            discriminator_terms = self.discriminator_terms(photos, art, painted, unpainted, training=False)
            logs = self._update_logs({**terms, "generator_loss": sum(terms.values()), **discriminator_terms})
        return logs, (trainable, self._non_trainable_values(scope), self._metric_values(scope))

    def _scope_with_values(
        self,
        trainable: Sequence[Tensor],
        non_trainable: Sequence[Tensor],
        optimizer_values: Sequence[Tensor] = (),
        metrics: Sequence[Tensor] = (),
    ) -> keras.StatelessScope:
        """Return a scope in which the model's variables have these values, and assignments are recorded."""
        pairs = [
            *zip(self.trainable_variables, trainable, strict=True),
            *zip(self.non_trainable_variables, non_trainable, strict=True),
        ]
        pairs += zip(self.optimizer.variables, optimizer_values, strict=True) if optimizer_values else ()
        pairs += zip(self.metrics_variables, metrics, strict=True) if metrics else ()
        return keras.StatelessScope(state_mapping=pairs)

    def _trainable_indices(self, *networks: keras.Model) -> list[int]:
        """Return the indices of the networks' trainable variables among the model's."""
        wanted = {id(variable) for network in networks for variable in network.trainable_variables}
        return [index for index, variable in enumerate(self.trainable_variables) if id(variable) in wanted]

    def _non_trainable_values(self, scope: keras.StatelessScope) -> list[Tensor]:
        return [scope.get_current_value(variable) for variable in self.non_trainable_variables]

    def _metric_values(self, scope: keras.StatelessScope) -> list[Tensor]:
        return [scope.get_current_value(variable) for variable in self.metrics_variables]

    def _update_logs(self, terms: dict[str, Tensor]) -> dict[str, Tensor]:
        for tracker, name in zip(self.metrics, self.log_names, strict=True):
            tracker.update_state(terms[name])
        return {name: terms[name] for name in self.log_names}


def compile_network(network: keras.Model) -> Callable[[Tensor], Tensor]:
    """Return a function that applies a network with its current weights, compiled once for each image shape.

    Args:
        network: A `keras.Model` from images to images.
    """

    @jax.jit
    def apply(trainable: Sequence[Tensor], non_trainable: Sequence[Tensor], images: Tensor) -> Tensor:
        return network.stateless_call(trainable, non_trainable, images, training=False)[0]

    def values(variables: list[keras.Variable]) -> list[Tensor]:
        return [variable.value for variable in variables]

    return lambda images: apply(values(network.trainable_variables), values(network.non_trainable_variables), images)


def _replace_values(values: Sequence[Tensor], indices: Sequence[int], others: Sequence[Tensor]) -> list[Tensor]:
    values = list(values)
    for index, other in zip(indices, others, strict=True):
        values[index] = other
    return values


def _exchange_with_pool(pool: ImagePool | None, images: Tensor) -> Tensor:
    return images if pool is None else pool(images)
