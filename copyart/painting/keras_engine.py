"""Painting with the Keras network itself: any network from pictures to pictures, as it is at the moment."""

import keras
import numpy as np

from copyart.data.images import to_image
from copyart.errors import StyleError
from copyart.painting.padding import PaddedRows


class KerasEngine:
    """Paints with a Keras network.

    Args:
        network: A functional network from pictures to pictures of the same size, (batch, height, width, 3) in [-1, 1].

    Raises:
        StyleError: The network is of another kind, or has weights that are not numbers.
    """

    def __init__(self, network):
        _check(network)
        #: Height and width that the network wants, None where any will do.
        self.sides = network.input_shape[1:3]
        # A model of its own, so that the caller's keeps its own settings.
        self._compiled = keras.Model(network.input, network.output, name=network.name)
        if keras.backend.backend() == "tensorflow":
            # XLA would compile anew for every size of photo. JAX does so in any case: without it, op by op.
            self._compiled.jit_compile = False

    def paint(self, photo, progress=None):
        """Paint one photo, as `copyart.painting.onnx_engine.OnnxEngine.paint` does; there is no progress to tell."""
        rows = PaddedRows(photo, [side is not None for side in self.sides])[:]
        batch = rows[None].astype(np.float32) / np.float32(127.5) - 1
        painted = np.asarray(self._compiled.predict_on_batch(batch), np.float32)
        if painted.shape != batch.shape:
            raise StyleError(
                "a painter's network must keep the size of a picture. "
                f"Received: {painted.shape[1:]} for {batch.shape[1:]}. Give an image-to-image network."
            )
        return to_image(painted[0, : photo.height, : photo.width])


def _check(network):
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
                f"Received: NaN or infinity in {variable.path!r}. Go back to a checkpoint from before they broke."
            )
