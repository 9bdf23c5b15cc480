"""Layers that the networks need and Keras does not have."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="copyart")
class ReflectionPadding2D(keras.layers.Layer):
    """Mirror the border of an image outwards, without repeating the edge itself.

    Args:
        padding: Pixels added on each of the four sides; less than the height and the width.

    Example:
        >>> ReflectionPadding2D(3)(keras.ops.zeros((1, 8, 8, 3))).shape
        (1, 14, 14, 3)
    """

    def __init__(self, padding=1, **kwargs):
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs):
        """Pad `inputs`, shape (batch, height, width, channels)."""
        edge = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), edge, edge, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape):
        """Add the padding to both sides of the height and the width."""
        batch, *sides, channels = input_shape
        return (batch, *(side and side + 2 * self.padding for side in sides), channels)

    def get_config(self):
        """Return the arguments of the layer."""
        return {**super().get_config(), "padding": self.padding}


class _BiasAtRest:
    """A bias that instance normalisation cancels right after it, and that therefore does not learn.

    Its true gradient is 0. The rounding noise that is computed in its place would be blown up by Adam to full steps,
    different on every device. The bias stays a variable, so that published weights come in and go out unchanged.
    """

    def add_weight(self, *args, **kwargs):
        """Create a weight; the bias is not trainable."""
        if kwargs.get("name") == "bias":
            kwargs["trainable"] = False
        return super().add_weight(*args, **kwargs)


@keras.saving.register_keras_serializable(package="copyart")
class NormedConv2D(_BiasAtRest, keras.layers.Conv2D):
    """A `Conv2D` that instance normalisation follows: its bias does not learn."""


@keras.saving.register_keras_serializable(package="copyart")
class NormedConv2DTranspose(_BiasAtRest, keras.layers.Conv2DTranspose):
    """A `Conv2DTranspose` that instance normalisation follows: its bias does not learn."""


@keras.saving.register_keras_serializable(package="copyart")
class InstanceNormalization(keras.layers.Layer):
    """Bring every channel of every image to mean 0 and variance 1; nothing is learnt.

    The arithmetic is that of `GroupNormalization(groups=-1, center=False, scale=False)`. Its gradient is written
    out, which needs two reductions where automatic differentiation takes apart mean, variance and division one
    by one (docs/decisions/0002). Statistics are float32 at least.

    Args:
        epsilon: Added to the variance. Defaults to 1e-5, as in the paper's implementation.

    Reference:
        Ulyanov et al. 2016, "Instance Normalization", arXiv:1607.08022.
    """

    def __init__(self, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs):
        """Normalise `inputs`, shape (batch, height, width, channels), over height and width."""
        precise = keras.backend.result_type(inputs.dtype, "float32")
        return ops.cast(_standardise(ops.cast(inputs, precise), self.epsilon), inputs.dtype)

    def compute_output_shape(self, input_shape):
        """Keep the shape."""
        return input_shape

    def get_config(self):
        """Return the arguments of the layer."""
        return {**super().get_config(), "epsilon": self.epsilon}


def _standardise(images, epsilon):
    @ops.custom_gradient
    def standardise(images):
        mean, variance = ops.moments(images, axes=(1, 2), keepdims=True)
        inverse = ops.rsqrt(variance + epsilon)
        normed = (images - mean) * inverse

        def gradient(*args, upstream=None):
            (upstream,) = args or (upstream,)
            mean_slope = ops.mean(upstream, axis=(1, 2), keepdims=True)
            mean_product = ops.mean(upstream * normed, axis=(1, 2), keepdims=True)
            return inverse * (upstream - mean_slope - normed * mean_product)

        return normed, gradient

    return standardise(images)
