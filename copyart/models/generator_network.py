"""Build the Keras network of a `GeneratorSpec`."""

import dataclasses
from typing import Any

import keras
from keras import layers, ops

from copyart.backend import Tensor
from copyart.models.generators import read_spec
from copyart.models.layers import (
    EnlargingConv2D,
    InstanceNormalization,
    NormedConv2D,
    NormedConv2DTranspose,
    ReflectionPadding2D,
    initializer,
)
from copyart.models.precision import channels_last, precise_dtype
from copyart.models.spec import TRANSPOSED, Conv, GeneratorSpec, Norm, ResidualBlock

#: Which row and column to drop → rows at the top and bottom, and columns at the left and right, to crop.
_CROPS = {"first": ((1, 0), (1, 0)), "last": ((0, 1), (0, 1))}


@keras.saving.register_keras_serializable(package="copyart")
class GeneratorOutput(keras.layers.Layer):
    """The last layer of a generator: tanh. It stores the spec from which the network was built.

    This way, the spec is saved in `.keras` files and copied by `keras.models.clone_model`.

    Args:
        spec: The result of `GeneratorSpec.to_dict`.
    """

    def __init__(self, spec: GeneratorSpec | dict | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.spec = read_spec(spec)

    def call(self, inputs: Tensor) -> Tensor:
        """Return tanh of `inputs`."""
        return ops.tanh(inputs)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the layer."""
        return {**super().get_config(), "spec": self.spec and self.spec.to_dict()}


@channels_last()
def build_network(spec: GeneratorSpec, name: str) -> keras.Model:
    """Build the network of a `GeneratorSpec`. `GeneratorSpec.build` calls this."""
    photo = x = layers.Input((None, None, 3), name="image")
    for layer in spec.layers():
        x = _add_residual_block(x, layer) if isinstance(layer, ResidualBlock) else _add_conv(x, layer)
    painting = GeneratorOutput(spec.to_dict(), dtype=precise_dtype(), name="painting")(x)
    return keras.Model(photo, painting, name=name)


def _add_conv(x: keras.KerasTensor, layer: Conv) -> keras.KerasTensor:
    """Add the Keras layers of a `Conv`."""
    name, kernel = layer.name, {"kernel_initializer": _kernel_initializer(layer), "name": layer.name}
    if layer.upsampling in TRANSPOSED:
        x = NormedConv2DTranspose(layer.filters, layer.size, 2, "valid", **kernel)(x)
        x = layers.Cropping2D(_CROPS[TRANSPOSED[layer.upsampling]], name=f"{name}_crop")(x)
    elif layer.upsampling == "nearest_fused":
        x = EnlargingConv2D(layer.filters, layer.size, **kernel)(x)
    else:
        if layer.upsampling:
            suffix = {"nearest": "resize", "bilinear": "blur"}[layer.upsampling]
            x = layers.UpSampling2D(2, interpolation=layer.upsampling, name=f"{name}_{suffix}")(x)
        x = _padding_layer(layer)(x)
        convolution = NormedConv2D if layer.norm else layers.Conv2D
        x = convolution(layer.filters, layer.size, layer.stride, "valid", **kernel)(x)
    x = _add_norm(x, layer.norm, name) if layer.norm else x
    x = layers.ReLU(name=f"{name}_relu")(x) if layer.relu else x
    return _add_blur(x, name) if layer.blur else x


def _kernel_initializer(layer: Conv) -> Any:
    # He initialisation keeps the variance through a ReLU. This is needed where no normalisation restores the variance.
    return "he_normal" if layer.relu and not layer.norm else initializer()


def _padding_layer(layer: Conv) -> layers.Layer:
    # Padding, then "valid", equals PyTorch's padding=1. With stride 2, Keras' "same" can omit the top and left padding.
    name = f"{layer.name}_pad"
    if layer.padding == "reflect":
        return ReflectionPadding2D(layer.size // 2, name=name)
    return layers.ZeroPadding2D(1 if layer.padding == "zeros" else ((0, 1), (0, 1)), name=name)


def _add_norm(x: keras.KerasTensor, norm: Norm, name: str) -> keras.KerasTensor:
    return InstanceNormalization(**dataclasses.asdict(norm), name=f"{name}_norm")(x)


def _add_blur(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Blur with the weights 1, 2, 1 in both directions, and keep every second pixel. Averaging twice gives these."""
    x = ReflectionPadding2D(1, name=f"{name}_blur_pad")(x)
    x = layers.AveragePooling2D(2, 1, name=f"{name}_blur")(x)
    return layers.AveragePooling2D(2, 2, name=f"{name}_skip")(x)


def _add_residual_block(x: keras.KerasTensor, block: ResidualBlock) -> keras.KerasTensor:
    """Add the Keras layers of a `ResidualBlock`. No ReLU follows the sum, as in the paper's code."""
    name, y = block.name, x
    for number, norm in enumerate(block.norms, 1):
        y = ReflectionPadding2D(1, name=f"{name}_pad_{number}")(y)
        kernel = {"kernel_initializer": initializer(), "name": f"{name}_conv_{number}"}
        y = NormedConv2D(block.filters, 3, 1, "valid", **kernel)(y)
        y = _add_norm(y, norm, f"{name}_{number}")
        if number == 1:
            y = layers.ReLU(name=f"{name}_1_relu")(y)
            y = layers.Dropout(block.dropout, name=f"{name}_dropout")(y) if block.dropout else y
    return layers.Add(name=f"{name}_sum")([x, y])
