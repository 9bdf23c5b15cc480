"""The layer plan: a generator's convolutions as plain arrays. ONNX graphs are built from it, without Keras."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from copyart.models.generators import read_spec
from copyart.models.polyphase import half_pixel_kernel, polyphase_radius, transposed_polyphase_kernel
from copyart.models.spec import TRANSPOSED, Conv, GeneratorSpec, Norm, ResidualBlock

#: One-dimensional kernel of the blur before downsampling.
_BLUR = np.array([1, 2, 1], np.float32) / 4
#: One-dimensional polyphase kernels of bilinear upsampling.
_BLUR_UP = np.array([[1, 3, 0], [0, 3, 1]], np.float32) / 4
#: Padding of 3 × 3 convolutions, plain and transposed: rows above, columns left, rows below, columns right.
_ZERO_PADS = {"zeros": (1, 1, 1, 1), "zeros_after": (0, 0, 1, 1)}
_TRANSPOSED_PADS = {"first": (0, 0, 1, 1), "last": (1, 1, 0, 0)}


@dataclass(frozen=True, eq=False)
class Stage:
    """One convolution with the operations around it, in this order: pad, convolve, upsample, normalise, ReLU.

    Args:
        kernel: float32, shape (height, width, channels in, channels out). An upsampling stage has four times
            as many channels out, because each pixel becomes four.
        bias: float32, shape (channels out,), or None if the normalisation would cancel it.
        stride: Stride of the convolution.
        pads: Pixels added above, to the left, below and to the right.
        mode: How the padding is filled: `"reflect"`, `"edge"` or `"constant"` (zeros).
        gain: float32, shape (channels,): trained factor of the normalisation, or None.
        offset: float32, shape (channels,): trained offset of the normalisation, or None.
        epsilon: Added to the variance by the normalisation.
        groups: 1, or the number of channels for a depthwise convolution. A depthwise kernel has one channel in, and
            computes the four pixels of an upsampling stage as adjacent channels.
        upsamples: Whether each pixel becomes 2 × 2 pixels, by depth-to-space.
        half_pixel: Whether an upsampling stage computes at the corners between pixels, as `half_pixel_kernel` does. The
            outermost rows and columns of its upsampled result must then be dropped.
        normed: Whether instance normalisation follows.
        relu: Whether ReLU follows the normalisation, or the convolution if there is none.
        starts_block: Whether the stage's input is the input of a residual block.
        ends_block: Whether the residual block's input is added to the stage's result.
    """

    kernel: np.ndarray
    bias: np.ndarray | None
    stride: int
    pads: tuple[int, int, int, int]
    mode: str
    gain: np.ndarray | None = None
    offset: np.ndarray | None = None
    epsilon: float = Norm.epsilon
    groups: int = 1
    upsamples: bool = False
    half_pixel: bool = False
    normed: bool = True
    relu: bool = True
    starts_block: bool = False
    ends_block: bool = False

    def __post_init__(self) -> None:
        # In ONNX's memory order, so that ONNX Runtime uses the kernel without a copy.
        kernel = np.ascontiguousarray(self.kernel.transpose(3, 2, 0, 1)).transpose(2, 3, 1, 0)
        object.__setattr__(self, "kernel", kernel)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # pickling loses the memory order

    @property
    def channels(self) -> int:
        """Number of channels of the result."""
        return self.kernel.shape[3] // (4 if self.upsamples else 1)


def layer_plan(description: Any, weights: Mapping[str, np.ndarray]) -> list[Stage] | None:
    """Return the stages of a generator; tanh follows the last one.

    Args:
        description: The generator as `GeneratorSpec.to_dict` describes it, for example from a style's `config.json`.
        weights: Arrays by name, `"<layer>/<variable>"`.

    Returns:
        A list of `Stage`, or None if `description` does not describe one of our generators.

    Raises:
        ValueError: if the description has an invalid argument, or the weights do not fit the generator.
    """
    spec = read_spec(description)
    if spec is None:
        return None
    arrays = _checked_weights(spec, weights)
    stages: list[Stage] = []
    for layer in spec.layers():
        stages += _block_stages(layer, arrays) if isinstance(layer, ResidualBlock) else _conv_stages(layer, arrays)
    return stages


def _checked_weights(spec: GeneratorSpec, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the weights in float32, after checking each shape against the spec."""
    arrays = {}
    for name, shape in spec.weight_shapes():
        if name not in weights:
            raise ValueError(f"the weights must have {name!r}. Received: no array of that name")
        arrays[name] = np.asarray(weights[name], np.float32)
        if arrays[name].shape != shape:
            raise ValueError(f"{name!r} must have the shape {shape}. Received: {arrays[name].shape}")
    if unused := weights.keys() - arrays.keys():
        raise ValueError(f"the weights must be those of {spec}. Received: also {min(unused)!r}")
    return arrays


def _block_stages(block: ResidualBlock, arrays: Mapping[str, np.ndarray]) -> Iterator[Stage]:
    marks: tuple[dict[str, Any], ...] = ({"starts_block": True}, {"relu": False, "ends_block": True})
    for number, norm in enumerate(block.norms, 1):
        kernel = arrays[f"{block.name}_conv_{number}/kernel"]
        fields = _norm_fields(f"{block.name}_{number}", norm, arrays)
        yield Stage(kernel, None, 1, (1,) * 4, "reflect", **fields, **marks[number - 1])


def _conv_stages(layer: Conv, arrays: Mapping[str, np.ndarray]) -> Iterator[Stage]:
    kernel, bias = arrays[f"{layer.name}/kernel"], None if layer.norm else arrays[f"{layer.name}/bias"]
    after = {**_norm_fields(layer.name, layer.norm, arrays), "relu": layer.relu}
    if layer.upsampling in (None, "bilinear"):
        if layer.upsampling:
            yield _bilinear_stage(kernel.shape[2])
        reflect = layer.padding == "reflect"
        pads = (layer.size // 2,) * 4 if reflect else _ZERO_PADS[layer.padding]
        yield Stage(kernel, bias, layer.stride, pads, "reflect" if reflect else "constant", **after)
        if layer.blur:
            yield _blur_stage(layer.filters)
        return
    bias = None if bias is None else np.tile(bias, 4)
    if layer.upsampling in TRANSPOSED:
        crop = TRANSPOSED[layer.upsampling]
        kernel, pads, mode = transposed_polyphase_kernel(kernel, crop), _TRANSPOSED_PADS[crop], "constant"
    else:
        # Mirroring an upsampled image by one pixel repeats its first row, which equals edge-padding the small image.
        mode = "edge" if layer.upsampling == "nearest" else "reflect"
        kernel, pads = half_pixel_kernel(kernel), (polyphase_radius(layer.size),) * 4
        after["half_pixel"] = True
    yield Stage(kernel, bias, 1, pads, mode, upsamples=True, **after)


def _norm_fields(name: str, norm: Norm | None, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return the fields of a `Stage` that describe its normalisation."""
    if norm is None:
        return {"normed": False}
    learnt = {field: arrays.get(f"{name}_norm/{key}") for field, key in (("gain", "scale"), ("offset", "offset"))}
    return {**learnt, "epsilon": norm.epsilon}


def _blur_stage(channels: int) -> Stage:
    """Return the stage that blurs each channel and keeps every second pixel of every second row."""
    kernel = np.repeat(np.outer(_BLUR, _BLUR)[:, :, None, None], channels, axis=3)
    return Stage(kernel, None, 2, (1,) * 4, "reflect", groups=channels, normed=False, relu=False)


def _bilinear_stage(channels: int) -> Stage:
    """Return the stage that upsamples each channel bilinearly."""
    polyphase = np.einsum("pa,qb->abpq", _BLUR_UP, _BLUR_UP).reshape(3, 3, 1, 4)
    kernel = np.tile(polyphase, channels)
    return Stage(kernel, None, 1, (1,) * 4, "edge", groups=channels, upsamples=True, normed=False, relu=False)
