"""Describe a generator's layers without a framework. Keras networks and ONNX graphs are built from the same spec."""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from copyart.errors import ConfigError

if TYPE_CHECKING:
    import keras

#: Name of an upsampling by transposed convolution → which row and column of its result are dropped.
TRANSPOSED = {"transpose": "first", "transpose_same": "last"}


@dataclass(frozen=True)
class Norm:
    """Instance normalisation.

    Args:
        epsilon: Added to the variance. Defaults to 1e-5, as in the paper's implementation.
        gain: Initial value of a trained factor for each channel. Defaults to None: no factor.
        center: Whether each channel has a trained offset. Defaults to False.
    """

    epsilon: float = 1e-5
    gain: float | None = None
    center: bool = False


@dataclass(frozen=True)
class Conv:
    """A convolution, and the steps around it: upsample, pad, convolve, normalise, ReLU, blur.

    Args:
        name: Name of the convolution; the names of the layers around it begin with this name.
        filters: Channels of the result.
        size: Side of the kernel.
        stride: Stride of the convolution. Defaults to 1.
        padding: `"reflect"`; `"zeros"`, one pixel on each side; or `"zeros_after"`, a row at the bottom and a column at
            the right, as TensorFlow pads for stride 2. Defaults to `"reflect"`.
        upsampling: How the image is enlarged by 2. Defaults to None: not enlarged.

            - `"transpose"`: apply a transposed convolution, padded as in PyTorch;
            - `"transpose_same"`: apply a transposed convolution, padded as in TensorFlow;
            - `"nearest"`: repeat pixels, then pad, then convolve;
            - `"nearest_fused"`: pad, then repeat pixels and convolve in one step;
            - `"bilinear"`: interpolate bilinearly, then pad, then convolve.
        norm: Instance normalisation of the result, or None. Defaults to a normalisation without trained parameters.
        relu: Whether ReLU follows. Defaults to True.
        blur: Whether to blur the result with the weights 1, 2, 1 and keep every second pixel. Defaults to False.
    """

    name: str
    filters: int
    size: int
    stride: int = 1
    padding: str = "reflect"
    upsampling: str | None = None
    norm: Norm | None = Norm()
    relu: bool = True
    blur: bool = False

    def weight_shapes(self, channels: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the name and shape of each weight, given the number of input channels."""
        ends = (self.filters, channels) if self.upsampling in TRANSPOSED else (channels, self.filters)
        yield from _weight_shapes(self.name, self.name, (self.size, self.size, *ends), self.filters, self.norm)


@dataclass(frozen=True)
class ResidualBlock:
    """Two normalised 3 × 3 convolutions, with ReLU between them, whose result is added to their input.

    Args:
        name: Prefix of the layers' names.
        filters: Channels of the input and the result.
        dropout: Share of features dropped between the convolutions while training. Defaults to 0.
        norms: Normalisation after each convolution. Defaults to two without trained parameters.
    """

    name: str
    filters: int
    dropout: float = 0.0
    norms: tuple[Norm, Norm] = (Norm(), Norm())

    def weight_shapes(self, channels: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the name and shape of each weight, given the number of input channels."""
        for number, norm in enumerate(self.norms, 1):
            name, shape = f"{self.name}_conv_{number}", (3, 3, channels, self.filters)
            yield from _weight_shapes(name, f"{self.name}_{number}", shape, self.filters, norm)


@dataclass(frozen=True)
class GeneratorSpec:
    """The architecture of a generator: a subclass for each kind, an instance for each size.

    A subclass sets `kind`, gives every field a default, and implements `layers`; `copyart.models.generators.SPECS`
    lists it.

    Args:
        filters: Channels of the first layer. Defaults to 64, as in the paper.
        blocks: Residual blocks. Defaults to 9, as in the paper for 256 pixels.

    Raises:
        ConfigError: if an argument is of the wrong type or out of its range.
    """

    filters: int = 64
    blocks: int = 9

    #: Name of the kind, in style folders and on the command line.
    kind: ClassVar[str]
    #: Whether `CycleGAN` can train this kind. The others are imported from other projects.
    trained_here: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), cast(type, field.type)
            if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
                self._refuse(field.name, f"must be of type {kind.__name__}")
        if self.filters < 1:
            self._refuse("filters", "must be at least 1")
        if self.blocks < 0:
            self._refuse("blocks", "must not be negative")
        if not 0 <= getattr(self, "dropout", 0) < 1:
            self._refuse("dropout", "must lie in [0, 1)")

    def _refuse(self, name: str, must: str) -> NoReturn:
        raise ConfigError(f"{name} {must}. Received: {name}={getattr(self, name)!r}")

    @classmethod
    def default_blocks(cls, image_size: int) -> int:
        """Return the default number of residual blocks for images of a given side in pixels."""
        return cls.blocks

    def layers(self) -> Iterator[Conv | ResidualBlock]:
        """Yield the layers in order, from an RGB image to the three channels before tanh."""
        raise NotImplementedError

    def weight_shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the name, `"<layer>/<variable>"`, and the shape of each weight, layer by layer."""
        channels = 3
        for layer in self.layers():
            yield from layer.weight_shapes(channels)
            channels = layer.filters

    def has_more_weights_than(self, count: int) -> bool:
        """Tell whether the network has more than `count` weights, without building it."""
        total = 0
        return any((total := total + math.prod(shape)) > count for _, shape in self.weight_shapes())

    def build(self, name: str = "generator") -> "keras.Model":
        """Build the Keras network, with random weights.

        Returns:
            A model from (batch, height, width, 3) to the same shape, RGB in [-1, 1]. Height and width must be at
            least 8; those of the output are rounded up to multiples of 4. `spec_of_network` returns the network's spec.
        """
        from copyart.models.generator_network import build_network  # Keras takes seconds to import

        return build_network(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Return the kind and the arguments, as in a style's `config.json`."""
        return {"kind": self.kind, **dataclasses.asdict(self)}

    def description_parts(self) -> list[str]:
        """Return phrases that `str` adds after the kind and the size."""
        return ["trained with dropout"] if getattr(self, "dropout", 0) else []

    def __str__(self) -> str:
        size = [f"{(n := getattr(self, what))} {what if n != 1 else what[:-1]}" for what in ("filters", "blocks")]
        return ", ".join([self.kind.replace("_", " "), *size, *self.description_parts()])


def residual_blocks(count: int, filters: int, **arguments: Any) -> Iterator[ResidualBlock]:
    """Yield `count` residual blocks with the same arguments."""
    return (ResidualBlock(f"block_{number}", filters, **arguments) for number in range(1, count + 1))


def _weight_shapes(
    name: str, norm_prefix: str, kernel: tuple[int, ...], filters: int, norm: Norm | None
) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}/kernel", kernel
    yield f"{name}/bias", (filters,)
    if norm and norm.gain is not None:
        yield f"{norm_prefix}_norm/scale", (filters,)
    if norm and norm.center:
        yield f"{norm_prefix}_norm/offset", (filters,)
