"""Choose the training devices, with `strategy_tensorflow` or `strategy_jax`, depending on the backend of Keras."""

from typing import Any

import keras

_backend: Any
if keras.backend.backend() == "tensorflow":
    from copyart.training import strategy_tensorflow as _backend
else:
    from copyart.training import strategy_jax as _backend

choose_strategy = _backend.choose_strategy
device_context = _backend.device_context
is_chief = _backend.is_chief
check_workers_agree = _backend.check_workers_agree


def describe_hardware(strategy: Any) -> str:
    """Describe the training devices: `"this CPU"`, `"these 4 GPUs"`."""
    kind, count = _backend.device_kind(strategy), strategy.num_replicas_in_sync
    return f"this {kind}" if count == 1 else f"these {count} {kind}s"
