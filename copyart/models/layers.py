"""Layers that the networks need and Keras lacks: reflection padding, polyphase upsampling, instance normalisation."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from copyart.backend import Tensor
from copyart.models.polyphase import polyphase_kernel, polyphase_radius


def initializer() -> keras.initializers.Initializer:
    """Return the kernel initialiser of the paper's implementation: normal, with standard deviation 0.02."""
    return keras.initializers.RandomNormal(stddev=0.02)


@keras.saving.register_keras_serializable(package="copyart")
class ReflectionPadding2D(keras.layers.Layer):
    """Pad an image by mirroring it at its border, without repeating the outermost pixels.

    Args:
        padding: Pixels added on each of the four sides; less than the height and the width.

    Example:
        >>> ReflectionPadding2D(3)(keras.ops.zeros((1, 8, 8, 3))).shape
        (1, 14, 14, 3)
    """

    def __init__(self, padding: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs: Tensor) -> Tensor:
        """Pad `inputs`, shape (batch, height, width, channels)."""
        edge = (self.padding, self.padding)
        return ops.pad(inputs, ((0, 0), edge, edge, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Add the padding to both sides of the height and the width."""
        batch, *sides, channels = input_shape
        return (batch, *(side and side + 2 * self.padding for side in sides), channels)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "padding": self.padding}


class _FrozenBias(keras.layers.Layer):
    """Mixin that makes the bias untrainable, because the following instance normalisation cancels it.

    The true gradient of the bias is 0. The computed gradient is rounding noise. Adam would scale this noise up to full
    steps, which differ between devices (docs/decisions/0003). The bias is still a variable, so that published weights
    can be imported and exported unchanged.
    """

    def add_weight(self, *args: Any, **kwargs: Any) -> keras.Variable:
        """Create a weight; the bias is not trainable."""
        if kwargs.get("name") == "bias":
            kwargs["trainable"] = False
        return super().add_weight(*args, **kwargs)


@keras.saving.register_keras_serializable(package="copyart")
class NormedConv2D(_FrozenBias, keras.layers.Conv2D):
    """A `Conv2D` before an instance normalisation: its bias is not trainable."""


@keras.saving.register_keras_serializable(package="copyart")
class NormedConv2DTranspose(_FrozenBias, keras.layers.Conv2DTranspose):
    """A `Conv2DTranspose` before an instance normalisation: its bias is not trainable."""


@keras.saving.register_keras_serializable(package="copyart")
class EnlargingConv2D(keras.layers.Layer):
    """Nearest-neighbour upsampling by 2 and a convolution, computed in one step at low resolution.

    It gives the same result as reflection padding, `UpSampling2D(2)`, `Conv2D` and cropping, but needs a fraction of
    the memory. The stored weight is the kernel at high resolution; `polyphase_kernel` derives the kernel at low
    resolution from it.

    Args:
        filters: Channels of the result.
        kernel_size: Side of the kernel at high resolution, odd. Defaults to 3.
        kernel_initializer: Initialiser of the kernel. Defaults to that of `Conv2D`.

    Reference:
        Odena et al. 2016, "Deconvolution and Checkerboard Artifacts", doi:10.23915/distill.00003; Shi et al. 2016,
        "Is the deconvolution layer the same as a convolutional layer?", arXiv:1609.07009.
    """

    def __init__(self, filters: int, kernel_size: int = 3, kernel_initializer: Any = "glorot_uniform", **kwargs: Any):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the kernel, shape (kernel_size, kernel_size, channels, filters), and the bias."""
        size = self.kernel_size
        shape = (size, size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(name="kernel", shape=shape, initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs: Tensor) -> Tensor:
        """Upsample `inputs`, shape (batch, height, width, channels), to (batch, 2 height, 2 width, filters)."""
        edge = (polyphase_radius(self.kernel_size),) * 2
        padded = ops.pad(inputs, ((0, 0), edge, edge, (0, 0)), mode="reflect")
        kernel = ops.cast(polyphase_kernel(self.kernel, ops), self.compute_dtype)
        packed = ops.conv(padded, kernel, padding="valid", data_format="channels_last")
        return _depth_to_space(packed, self.filters) + self.bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Double the sides."""
        batch, *sides, _ = input_shape
        return (batch, *(side and 2 * side for side in sides), self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        initializer = keras.initializers.serialize(self.kernel_initializer)
        own = {"filters": self.filters, "kernel_size": self.kernel_size}
        return {**super().get_config(), **own, "kernel_initializer": initializer}


def _depth_to_space(images: Tensor, filters: int) -> Tensor:
    _, height, width, _ = ops.shape(images)
    pixels = ops.reshape(images, (-1, height, width, 2, 2, filters))
    return ops.reshape(ops.transpose(pixels, (0, 1, 3, 2, 4, 5)), (-1, 2 * height, 2 * width, filters))


@keras.saving.register_keras_serializable(package="copyart")
class InstanceNormalization(keras.layers.Layer):
    """Normalises every channel of every image to mean 0 and variance 1; by default without trained parameters.

    It computes the same as `GroupNormalization(groups=-1, center=False, scale=False)`. The gradient is written by hand:
    it needs two reductions, and automatic differentiation needs more (docs/decisions/0002). Means and variances are
    computed in float32 or better.

    Args:
        epsilon: Added to the variance. Defaults to 1e-5, as in the paper's implementation.
        gain: Initial value of a trained factor for each channel. Defaults to None: no factor.
        center: Whether each channel has a trained offset, starting at 0. Defaults to False.

    Reference:
        Ulyanov et al. 2016, "Instance Normalization", arXiv:1607.08022.
    """

    def __init__(self, epsilon: float = 1e-5, gain: float | None = None, center: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.gain = gain
        self.center = center
        self.scale = self.offset = None

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the factor and the offset, shape (channels,), if they are enabled."""
        if self.gain is not None:
            start = keras.initializers.Constant(self.gain)
            self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer=start)
        if self.center:
            self.offset = self.add_weight(name="offset", shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs: Tensor) -> Tensor:
        """Normalise `inputs`, shape (batch, height, width, channels), over height and width."""
        precise = keras.backend.result_type(inputs.dtype, "float32")
        normed = _standardise(ops.cast(inputs, precise), self.epsilon)
        if self.scale is not None:
            normed = normed * ops.cast(self.scale, precise)
        if self.offset is not None:
            normed = normed + ops.cast(self.offset, precise)
        return ops.cast(normed, inputs.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Keep the shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        own = {"epsilon": self.epsilon, "gain": self.gain, "center": self.center}
        return {**super().get_config(), **own}


def _standardise(images: Tensor, epsilon: float) -> Tensor:
    @ops.custom_gradient
    def standardise(images: Tensor) -> tuple[Tensor, Callable]:
        mean, variance = ops.moments(images, axes=(1, 2), keepdims=True)
        inverse = ops.rsqrt(variance + epsilon)
        normed = (images - mean) * inverse

        def gradient(*args: Any, upstream: Tensor = None) -> Tensor:
            (upstream,) = args or (upstream,)
            mean_slope = ops.mean(upstream, axis=(1, 2), keepdims=True)
            mean_product = ops.mean(upstream * normed, axis=(1, 2), keepdims=True)
            return inverse * (upstream - mean_slope - normed * mean_product)

        return normed, gradient

    return standardise(images)


class SeededLayer(keras.layers.Layer):
    """Base class of layers with random draws. After loading, the draws continue where they stopped at saving.

    Args:
        seed: Seed of the draws. Defaults to None: a random seed.
    """

    def __init__(self, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def save_own_variables(self, store: Any) -> None:
        """Save the weights and the state of the random generator."""
        super().save_own_variables(store)
        store["draws"] = ops.convert_to_numpy(self.seed_generator.state)

    def load_own_variables(self, store: Any) -> None:
        """Restore the weights and the state of the random generator."""
        self.seed_generator.state.assign(store["draws"])
        for index, weight in enumerate(self.weights):
            weight.assign(store[str(index)])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "seed": self.seed}


@keras.saving.register_keras_serializable(package="copyart")
class RandomWindow(SeededLayer):
    """Crops the images at a random position, so that the next network, which has strides, sees another pixel grid.

    A network with strides weights some pixels more than others. If its grid were always the same, a generator trained
    against it would draw checkerboard artifacts.

    Args:
        margin: Number of pixels by which both the height and the width shrink. Defaults to 16.
        seed: Seed of the crops. Defaults to None: a random seed.
    """

    def __init__(self, margin: int = 16, seed: int | None = None, **kwargs: Any):
        super().__init__(seed, **kwargs)
        self.margin = margin

    def call(self, images: Tensor, training: bool = False) -> Tensor:
        """Crop images (batch, height, width, channels), all at the same position: random in training, else central."""
        batch, height, width, channels = ops.shape(images)
        size = (batch, height - self.margin, width - self.margin, channels)
        if not training:
            half = self.margin // 2
            return images[:, half : half + size[1], half : half + size[2]]
        down, across = ops.unstack(keras.random.randint((2,), 0, self.margin + 1, seed=self.seed_generator), 2)
        return ops.slice(images, (0, down, across, 0), size)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Subtract the margin from both sides."""
        height, width = (side and side - self.margin for side in shape[1:3])
        return (shape[0], height, width, shape[3])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "margin": self.margin}
