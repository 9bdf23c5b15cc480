"""How the learning rate falls."""

import keras


def linear_decay(epoch, epochs, decay_epochs):
    """Return the factor on the learning rate: 1, then falling by equal steps in the last epochs, never to 0.

    Args:
        epoch: Number of the epoch, from 0.
        epochs: Epochs of the run.
        decay_epochs: How many of the last of them decay.

    Returns:
        1 − max(0, n − constant) / (decay_epochs + 1), with n counted from 1 and constant = epochs − decay_epochs.

    Example:
        >>> [round(linear_decay(epoch, 4, 3), 2) for epoch in range(4)]
        [1.0, 0.75, 0.5, 0.25]

    Reference:
        Zhu et al. 2017, arXiv:1703.10593, section 4, and the `linear` policy of their implementation.
    """
    return 1.0 - max(0, epoch + 1 - (epochs - decay_epochs)) / (decay_epochs + 1)


def learning_rate_schedule(config):
    """Return the callback that sets the learning rate of each epoch of a run.

    Args:
        config: A `TrainingConfig`.
    """
    return keras.callbacks.LearningRateScheduler(
        lambda epoch, _: config.learning_rate * linear_decay(epoch, config.epochs, config.decay_epochs)
    )
