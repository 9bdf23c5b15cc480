"""The moving averages of the generators' weights."""

import keras
from keras import ops


class Averages:
    """What keeps the averaged generators of a `CycleGAN` up to date, on every backend."""

    def follow(self):
        """Move the averaged generators towards the generators, faster in the first steps."""
        if not self.ema_decay:
            return
        steps = ops.cast(self.optimizer.iterations, "float32")
        keep = ops.minimum(self.ema_decay, (1.0 + steps) / (10.0 + steps))
        averages = (self.photo_to_art_average, self.art_to_photo_average)
        for average, network in zip(averages, (self.photo_to_art, self.art_to_photo), strict=True):
            for slow, fast in zip(average.variables, network.variables, strict=True):
                if keras.backend.is_float_dtype(slow.dtype):
                    slow.assign(fast + ops.cast(keep, slow.dtype) * (slow - fast))
