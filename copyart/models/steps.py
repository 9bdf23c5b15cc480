"""Choose the training and test steps for Keras' backend. Nothing else in the model depends on the backend."""

import keras

from copyart.errors import ConfigError

if keras.backend.backend() == "tensorflow":
    from copyart.models.steps_tensorflow import TrainingSteps, compile_network
elif keras.backend.backend() == "jax":
    from copyart.models.steps_jax import TrainingSteps, compile_network
else:
    raise ConfigError(
        f"a CycleGAN trains on TensorFlow or JAX. Received: KERAS_BACKEND={keras.backend.backend()}. "
        "Set it to tensorflow or jax."
    )

__all__ = ["TrainingSteps", "compile_network"]
