"""Settings of the runs under JAX and of their comparisons, without imports, for processes without TensorFlow."""

TINY = {
    "image_size": 32,
    "load_size": 36,
    "filters": 2,
    "discriminator_filters": 2,
    "blocks": 0,
    "pool_size": 4,
    "steps_per_epoch": 3,
    "decay_epochs": 1,
    "samples": 1,
    "identity_weight": 5.0,
    "ema_decay": 0.9,
    "evaluation_epochs": 0,
}
