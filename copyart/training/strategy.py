"""Which devices train, chosen by name: the same words for the backend that Keras runs on, whichever it is."""

import keras

if keras.backend.backend() == "tensorflow":
    from copyart.training.strategy_tensorflow import agree, choose_strategy, hardware, holding, is_chief
else:
    from copyart.training.strategy_jax import agree, choose_strategy, hardware, holding, is_chief

__all__ = ["agree", "choose_strategy", "hardware", "holding", "is_chief"]
