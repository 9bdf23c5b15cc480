"""Layers that the networks need and Keras does not have."""

import keras
from keras import ops

from copyart.models.phases import phase_kernel, reach


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
class EnlargingConv2D(keras.layers.Layer):
    """Double an image's height and width by repeating its pixels, then convolve: in one step at the small size.

    A pixel of the enlarged image and its three copies see the same few pixels of the small one, so the convolution is
    four smaller ones, one for each copy. Their kernels are sums of the large kernel's taps. The result is that of
    mirroring the border, `UpSampling2D(2)` and a `Conv2D` whose padding is cropped, at a fraction of the memory.

    Args:
        filters: Channels of the result.
        kernel_size: Side of the kernel at the large size, odd.
        kernel_initializer: Of the kernel. Defaults to that of `Conv2D`.

    Reference:
        Odena et al. 2016, "Deconvolution and Checkerboard Artifacts", doi:10.23915/distill.00003; Shi et al. 2016,
        "Is the deconvolution layer the same as a convolutional layer?", arXiv:1609.07009.
    """

    def __init__(self, filters, kernel_size=3, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        """Create the kernel, shape (kernel_size, kernel_size, channels, filters), and the bias."""
        size = self.kernel_size
        shape = (size, size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs):
        """Enlarge `inputs`, shape (batch, height, width, channels), to (batch, 2 height, 2 width, filters)."""
        edge = (reach(self.kernel_size),) * 2
        padded = ops.pad(inputs, ((0, 0), edge, edge, (0, 0)), mode="reflect")
        kernel = ops.cast(phase_kernel(self.kernel, ops), self.compute_dtype)
        copies = ops.conv(padded, kernel, padding="valid", data_format="channels_last")
        return _interleave(copies, self.filters) + self.bias

    def compute_output_shape(self, input_shape):
        """Double the sides."""
        batch, *sides, _ = input_shape
        return (batch, *(side and 2 * side for side in sides), self.filters)

    def get_config(self):
        """Return the arguments of the layer."""
        initializer = keras.initializers.serialize(self.kernel_initializer)
        own = {"filters": self.filters, "kernel_size": self.kernel_size}
        return {**super().get_config(), **own, "kernel_initializer": initializer}


def _interleave(copies, filters):
    _, height, width, _ = ops.shape(copies)
    copies = ops.reshape(copies, (-1, height, width, 2, 2, filters))
    return ops.reshape(ops.transpose(copies, (0, 1, 3, 2, 4, 5)), (-1, 2 * height, 2 * width, filters))


@keras.saving.register_keras_serializable(package="copyart")
class InstanceNormalization(keras.layers.Layer):
    """Bring every channel of every image to mean 0 and variance 1; nothing is learnt unless it is asked for.

    The arithmetic is that of `GroupNormalization(groups=-1, center=False, scale=False)`. Its gradient is written
    out, which needs two reductions where automatic differentiation takes apart mean, variance and division one
    by one (docs/decisions/0002). Statistics are float32 at least.

    Args:
        epsilon: Added to the variance. Defaults to 1e-5, as in the paper's implementation.
        gain: What a learnt factor for each channel starts from. Defaults to None: there is none.
        center: Whether there is a learnt addend for each channel, which starts from 0. Defaults to False.

    Reference:
        Ulyanov et al. 2016, "Instance Normalization", arXiv:1607.08022.
    """

    def __init__(self, epsilon=1e-5, gain=None, center=False, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.gain = gain
        self.center = center
        self.scale = self.offset = None

    def build(self, input_shape):
        """Create the gain and the addend, shape (channels,), where there are any."""
        if self.gain is not None:
            start = keras.initializers.Constant(self.gain)
            self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer=start)
        if self.center:
            self.offset = self.add_weight(name="offset", shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs):
        """Normalise `inputs`, shape (batch, height, width, channels), over height and width."""
        precise = keras.backend.result_type(inputs.dtype, "float32")
        normed = _standardise(ops.cast(inputs, precise), self.epsilon)
        if self.scale is not None:
            normed = normed * ops.cast(self.scale, precise)
        if self.offset is not None:
            normed = normed + ops.cast(self.offset, precise)
        return ops.cast(normed, inputs.dtype)

    def compute_output_shape(self, input_shape):
        """Keep the shape."""
        return input_shape

    def get_config(self):
        """Return the arguments of the layer."""
        own = {"epsilon": self.epsilon, "gain": self.gain, "center": self.center}
        return {**super().get_config(), **own}


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


@keras.saving.register_keras_serializable(package="copyart")
class RandomWindow(keras.layers.Layer):
    """Show a part of the images, elsewhere each time: what strides over it never meets the same pixels.

    A network of strides looks at some pixels more than at others. A generator that is taught by it learns to draw for
    those: a checkerboard.

    Args:
        margin: How many pixels fewer the part has each way. Defaults to 16.
        seed: Of the draws. Defaults to None, a random one.
    """

    def __init__(self, margin=16, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.margin, self.seed = margin, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        """Cut a part out of (batch, height, width, channels), the same one of each; the middle unless training."""
        batch, height, width, channels = ops.shape(images)
        size = (batch, height - self.margin, width - self.margin, channels)
        if not training:
            half = self.margin // 2
            return images[:, half : half + size[1], half : half + size[2]]
        down, across = ops.unstack(keras.random.randint((2,), 0, self.margin + 1, seed=self.seed_generator), 2)
        return ops.slice(images, (0, down, across, 0), size)

    def compute_output_shape(self, shape):
        """Return the shape of the parts."""
        height, width = (side and side - self.margin for side in shape[1:3])
        return (shape[0], height, width, shape[3])

    def save_own_variables(self, store):
        """Save the state of the draws."""
        store["draws"] = ops.convert_to_numpy(self.seed_generator.state)

    def load_own_variables(self, store):
        """Restore the state of the draws."""
        self.seed_generator.state.assign(store["draws"])

    def get_config(self):
        """Return the arguments of the layer."""
        return {**super().get_config(), "margin": self.margin, "seed": self.seed}
