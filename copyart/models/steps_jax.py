"""One training step in JAX: from the state of the model and a batch to the next state."""

import jax
import keras

from copyart.models.averages import Averages
from copyart.models.domains import domains


class TrainingSteps(Averages):
    """`train_step` and `test_step` of a `CycleGAN`, free of side effects, as Keras wants them under JAX.

    Generators and discriminators step at once, as under TensorFlow. Where several devices share a batch, each step
    still sees the whole of it, and one pool: XLA decides who computes what, so the result is that of one device.
    """

    def __setattr__(self, name, value):
        """Set an attribute. `fit` stores all variables' values at each step, which Keras would search for layers."""
        if name == "_jax_state":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def train_step(self, state, data):
        """Take one step on a batch `(photos, art)`.

        Args:
            state: Values of the trainable variables, the other variables, the optimizer's and the metrics'.
            data: What `fit` hands over.

        Returns:
            The logs of the step, and the new state.
        """
        photos, art = domains(data)
        trainable, fixed, slots, metrics = state
        makers = self._places(self.photo_to_art, self.art_to_photo)
        judges = self._places(self.art_discriminator, self.photo_discriminator)

        def generators_loss(weights):
            with self._holding(_put(trainable, makers, weights), fixed, slots) as scope:
                terms, painted, unpainted = self.generator_terms(photos, art)
                loss = sum(terms.values())
                scaled = self.optimizer.scale_loss(loss)
            return scaled, ({**terms, "generator_loss": loss}, painted, unpainted, self._fixed(scope))

        gradient = jax.grad(generators_loss, has_aux=True)
        maker_gradients, (terms, painted, unpainted, fixed) = gradient([trainable[place] for place in makers])
        with self._holding(trainable, fixed, slots) as scope:
            painted, unpainted = _pooled(self.art_pool, painted), _pooled(self.photo_pool, unpainted)
        fixed = self._fixed(scope)

        def judges_loss(weights):
            with self._holding(_put(trainable, judges, weights), fixed, slots) as scope:
                judged = self.discriminator_terms(photos, art, painted, unpainted)
                scaled = self.optimizer.scale_loss(sum(judged.values()))
            return scaled, (judged, self._fixed(scope))

        gradient = jax.grad(judges_loss, has_aux=True)
        judge_gradients, (judged, fixed) = gradient([trainable[place] for place in judges])
        gradients = _put(_put(trainable, makers, maker_gradients), judges, judge_gradients)
        trainable, slots = self.optimizer.stateless_apply(slots, gradients, trainable)
        with self._holding(trainable, fixed, slots, metrics) as scope:
            self.follow()
            logs = self._log({**terms, **judged})
        return logs, (list(trainable), self._fixed(scope), list(slots), self._metrics_of(scope))

    def test_step(self, state, data):
        """Return the logs of a batch `(photos, art)`, and the state, in which only metrics and draws are new.

        Args:
            state: Values of the trainable variables, the other variables, and the metrics'.
            data: What `evaluate` hands over.
        """
        photos, art = domains(data)
        trainable, fixed, metrics = state
        with self._holding(trainable, fixed, metrics=metrics) as scope:
            terms, painted, unpainted = self.generator_terms(photos, art, training=False)
            judged = self.discriminator_terms(photos, art, painted, unpainted, training=False)
            logs = self._log({**terms, "generator_loss": sum(terms.values()), **judged})
        return logs, (trainable, self._fixed(scope), self._metrics_of(scope))

    def _holding(self, trainable, fixed, slots=(), metrics=()):
        """Return a scope in which the variables of the model have these values, and assignments are noted down."""
        pairs = [
            *zip(self.trainable_variables, trainable, strict=True),
            *zip(self.non_trainable_variables, fixed, strict=True),
        ]
        pairs += zip(self.optimizer.variables, slots, strict=True) if slots else ()
        pairs += zip(self.metrics_variables, metrics, strict=True) if metrics else ()
        return keras.StatelessScope(state_mapping=pairs)

    def _places(self, *networks):
        """Return where the trainable variables of networks stand among the model's."""
        wanted = {id(variable) for network in networks for variable in network.trainable_variables}
        return [place for place, variable in enumerate(self.trainable_variables) if id(variable) in wanted]

    def _fixed(self, scope):
        return [scope.get_current_value(variable) for variable in self.non_trainable_variables]

    def _metrics_of(self, scope):
        return [scope.get_current_value(variable) for variable in self.metrics_variables]

    def _log(self, terms):
        for tracker, name in zip(self.metrics, self.log_names, strict=True):
            tracker.update_state(terms[name])
        return {name: terms[name] for name in self.log_names}


def compiled(network):
    """Return a function that applies a network as it then is; it is compiled once for each shape of images.

    Args:
        network: A `keras.Model` from images to images.
    """

    @jax.jit
    def apply(trainable, fixed, images):
        return network.stateless_call(trainable, fixed, images, training=False)[0]

    def values(variables):
        return [variable.value for variable in variables]

    return lambda images: apply(values(network.trainable_variables), values(network.non_trainable_variables), images)


def _put(values, places, others):
    values = list(values)
    for place, other in zip(places, others, strict=True):
        values[place] = other
    return values


def _pooled(pool, images):
    return images if pool is None else pool(images)
