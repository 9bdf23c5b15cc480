"""The Keras engine: it paints with any network from images to images, with the weights that it has at the moment."""

from collections.abc import Callable

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
        StyleError: if the network is of another kind, or has weights that are not finite.
    """

    def __init__(self, network: keras.Model):
        _check(network)
        self.network = network
        #: Height and width that the network takes, None where any will do.
        self.sides = network.input_shape[1:3]
        # A model of its own, so that the caller's keeps its settings.
        self._compiled = keras.Model(network.input, network.output, name=network.name)
        if keras.backend.backend() == "tensorflow":
            # XLA would compile again for every size of photo. JAX does so anyway: the alternative is op by op.
            self._compiled.jit_compile = False

    def __reduce__(self):
        return type(self), (self.network,)

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo, as `Engine.paint` does; `progress` is never called."""
        rows = PaddedRows(photo, tuple(side is not None for side in self.sides))[:]
        batch = rows[None].astype(np.float32) / np.float32(127.5) - 1
        painted = np.asarray(self._compiled.predict_on_batch(batch), np.float32)
        if painted.shape != batch.shape:
            raise StyleError(
                "a painter's network must keep the size of an image. "
                f"Received: {painted.shape[1:]} for {batch.shape[1:]}. Give an image-to-image network."
            )
        return to_image(painted[0, : photo.height, : photo.width])


def _check(network) -> None:
    shapes = [getattr(network, name, None) for name in ("input_shape", "output_shape")]
    if not all(isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3 for shape in shapes):
        raise StyleError(
            "a painter's network must turn RGB pictures into RGB pictures. Received: "
            f"{getattr(network, 'name', network)!r}, from {shapes[0]} to {shapes[1]}. Give a generator."
        )
    for variable in network.weights:
        if not np.isfinite(np.asarray(variable).astype(np.float32)).all():
            raise StyleError(
                "a painter's weights must be finite numbers. "
                f"Received: NaN or infinity in {variable.path!r}. Go back to an earlier checkpoint."
            )
