"""The Keras engine: paint with any image-to-image network, using its current weights."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from PIL import Image

# Registers the generators' layers with Keras, so that an unpickled engine can build them.
import copyart.models.generator_network  # noqa: F401
from copyart.data.images import to_image
from copyart.engine.padding import PaddedRows
from copyart.errors import StyleError


class KerasEngine:
    """Paints with a Keras network.

    Args:
        network: A functional network from images to images of the same size, (batch, height, width, 3) in [-1, 1].

    Raises:
        StyleError: if `network` is not of this kind, or has weights that are not finite.
    """

    def __init__(self, network: keras.Model):
        _check_finite_weights(network)
        self.network = network
        #: Height and width that the network takes; None for a side of any length.
        self.sides = network.input_shape[1:3]
        # A separate model, so that compiling it does not change the caller's network.
        self._compiled = keras.Model(network.input, network.output, name=network.name)
        if keras.backend.backend() == "tensorflow":
            # With XLA, TensorFlow would compile the network again for every photo size. Under JAX the network stays
            # compiled, because JAX would otherwise run its operations one by one.
            self._compiled.jit_compile = False

    def __reduce__(self) -> tuple[type, tuple[keras.Model]]:
        return type(self), (self.network,)

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo, as `Engine.paint` does; `progress` is never called."""
        rows = PaddedRows(photo, tuple(side is not None for side in self.sides))[:]
        batch = rows[None].astype(np.float32) / np.float32(127.5) - 1
        painted = np.asarray(self._compiled.predict_on_batch(batch), np.float32)
        if painted.shape != batch.shape:
            raise StyleError(
                f"the network of a painter must keep the size of an image. Received: {painted.shape[1:]} for "
                f"{batch.shape[1:]}. Give an image-to-image network."
            )
        return to_image(painted[0, : photo.height, : photo.width])


def _check_finite_weights(network: Any) -> None:
    shapes = [getattr(network, name, None) for name in ("input_shape", "output_shape")]
    if not all(isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3 for shape in shapes):
        raise StyleError(
            "the network of a painter must turn RGB images into RGB images. Received: "
            f"{getattr(network, 'name', network)!r}, from {shapes[0]} to {shapes[1]}. Give a generator."
        )
    for variable in network.weights:
        if not np.isfinite(np.asarray(variable).astype(np.float32)).all():
            raise StyleError(
                f"the weights of a painter must be finite numbers. Received: NaN or infinity in {variable.path!r}. Go "
                "back to an earlier checkpoint."
            )
