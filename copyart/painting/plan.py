"""What a generator does, layer by layer: plain arrays from which any engine can paint without Keras."""

from dataclasses import dataclass

import numpy as np

from copyart.models.phases import late_transposed_phase_kernel, phase_kernel_between, reach, transposed_phase_kernel

#: Of the paper's implementation, as in `InstanceNormalization`.
EPSILON = 1e-5
#: The CUT project's blur downwards, along one side; and, for the two pixels that one becomes, its blur upwards.
_BLUR = np.array([1, 2, 1], np.float32) / 4
_BLUR_UP = np.array([[1, 3, 0], [0, 3, 1]], np.float32) / 4


@dataclass(frozen=True, eq=False)
class Stage:
    """One convolution and what surrounds it, in this order: pad, convolve, enlarge, normalise, ReLU.

    Args:
        name: Of the layer.
        kernel: float32, shape (height, width, channels in, channels out), in memory the other way round, as ONNX wants
            it; an enlarging stage has four times the channels out, for the four copies of a pixel.
        bias: float32, shape (channels out,), or None where normalisation would cancel it.
        stride: Pixels between two places of the kernel.
        pads: Pixels added at the top, left, bottom and right.
        mode: What is added: `"reflect"`, `"edge"` or `"constant"`, zeros.
        enlarges: Whether each pixel becomes two by two.
        between: Whether an enlarging stage computes them between the pixels, as `phase_kernel_between` does: the
            outermost rows and columns of its enlarged result are to be dropped.
        gain: float32, shape (channels out,): what the normalised result is multiplied by; None for nothing.
        offset: float32, shape (channels out,): what is added to that; None for nothing.
        epsilon: Added to the variance by the normalisation.
        groups: Into how many groups of their own the channels fall: 1, or each by itself. `kernel` then has a single
            channel in, and the copies of a pixel that an enlarging stage makes lie side by side.
        normed: Whether instance normalisation follows.
        relu: Whether ReLU follows that.
        opens: Whether a residual block begins with what comes in here.
        closes: Whether what the block began with is added to the result.
    """

    name: str
    kernel: np.ndarray
    bias: np.ndarray | None
    stride: int
    pads: tuple
    mode: str
    gain: np.ndarray | None = None
    offset: np.ndarray | None = None
    epsilon: float = EPSILON
    groups: int = 1
    enlarges: bool = False
    between: bool = False
    normed: bool = True
    relu: bool = True
    opens: bool = False
    closes: bool = False

    @property
    def channels(self):
        """Channels of the result."""
        return self.kernel.shape[3] // (4 if self.enlarges else 1)

    @property
    def channels_in(self):
        """Channels of the source."""
        return self.kernel.shape[2] * self.groups


def plan_of(generator, weights):
    """Read the stages of a generator; tanh follows the last one.

    Args:
        generator: `describe_generator`'s dictionary: `kind` and the arguments of that generator.
        weights: A dictionary of arrays, `"<layer>/kernel"` and `"<layer>/bias"`; of a normalisation that learns
            `"<layer>/scale"` and `"<layer>/offset"`.

    Returns:
        A list of `Stage`, or None for a generator of a kind that has no plan.

    Raises:
        KeyError: if a weight or an argument is missing.
        ValueError: if the weights are not those of the generator.
    """
    plans = {"resnet": _resnet, "light": _light, "cut": _cut, "keras_example": _keras_example}
    kind = generator.get("kind") if isinstance(generator, dict) else None
    if kind not in plans:
        return None
    layers = _Layers(weights)
    stages = plans[kind](generator, layers)
    if unused := weights.keys() - layers.used:
        raise ValueError(f"the weights must be those of {len(stages)} stages. Received: {min(unused)!r} besides")
    _check(stages, generator["filters"])
    return stages


def _check(stages, filters):
    channels = opened = 3
    for stage in stages:
        opened = channels if stage.opens else opened
        if stage.channels_in != channels:
            raise ValueError(f"{stage.name} must read {channels} channels. Received: shape {stage.kernel.shape}")
        channels = stage.channels
        if stage.closes and channels != opened:
            raise ValueError(f"{stage.name} must give the {opened} channels of its block. Received: {channels}")
    if (stages[0].channels, channels) != (filters, 3):
        raise ValueError(f"a plan must begin with {filters} channels and end with 3. Received: {stages[0].channels}")


def in_onnx_order(kernel):
    """Return a kernel of the same shape whose transpose is contiguous: ONNX Runtime takes it without a copy."""
    return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)).transpose(2, 3, 1, 0)


class _Layers:
    def __init__(self, weights, epsilon=EPSILON):
        self.weights = weights
        self.epsilon = epsilon
        #: Names of the weights that stages were made of.
        self.used = set()

    def stage(self, name, size, mode="reflect", stride=1, pads=None, **marks):
        """Return the stage of a plain convolution."""
        kernel = in_onnx_order(self._kernel(name, size))
        bias, norm = self._bias(name, marks, kernel.shape[3]), self._norm(name, kernel.shape[3])
        return Stage(name, kernel, bias, stride, pads or (size // 2,) * 4, mode, **norm, **marks)

    def enlarging(self, name, size, mode="reflect", **marks):
        """Return the stage of a convolution of an image whose pixels were repeated."""
        kernel = in_onnx_order(phase_kernel_between(self._kernel(name, size)))
        return self._doubling(name, kernel, (reach(size),) * 4, mode, {**marks, "between": True})

    def transposed(self, name, **marks):
        """Return the stage of a transposed convolution."""
        kernel = in_onnx_order(transposed_phase_kernel(self._kernel(name, 3)))
        return self._doubling(name, kernel, (0, 0, 1, 1), "constant", marks)

    def late_transposed(self, name, **marks):
        """Return the stage of a transposed convolution whose last row and column are dropped, not its first."""
        kernel = in_onnx_order(late_transposed_phase_kernel(self._kernel(name, 3)))
        return self._doubling(name, kernel, (1, 1, 0, 0), "constant", marks)

    def _doubling(self, name, kernel, pads, mode, marks):
        bias, norm = self._bias(name, marks, kernel.shape[3] // 4), self._norm(name, kernel.shape[3] // 4)
        bias = None if bias is None else np.tile(bias, 4)
        return Stage(name, kernel, bias, 1, pads, mode, enlarges=True, **norm, **marks)

    def _kernel(self, name, size):
        kernel = self._array(f"{name}/kernel")
        if kernel.ndim != 4 or kernel.shape[:2] != (size, size):
            raise ValueError(f"the kernel of {name} must be {size} by {size}. Received: shape {kernel.shape}")
        return kernel

    def _bias(self, name, marks, channels):
        bias = self._vector(f"{name}/bias", channels)
        return None if marks.get("normed", True) else bias

    def _norm(self, name, channels):
        """Return what the normalisation behind a convolution has learnt, and its epsilon."""
        norm = f"{name.replace('_conv_', '_')}_norm"
        found = {"gain": f"{norm}/scale", "offset": f"{norm}/offset"}
        learnt = {what: self._vector(key, channels) for what, key in found.items() if key in self.weights}
        return {**learnt, "epsilon": self.epsilon}

    def _vector(self, name, channels):
        vector = self._array(name)
        if vector.shape != (channels,):
            raise ValueError(f"{name} must have {channels} numbers. Received: shape {vector.shape}")
        return vector

    def _array(self, name):
        self.used.add(name)
        return np.asarray(self.weights[name], np.float32)


def _resnet(generator, layers):
    stages = [layers.stage("stem", 7)]
    stages += [layers.stage(f"down_{depth}", 3, "constant", stride=2) for depth in (1, 2)]
    stages += _blocks(generator, layers)
    if generator["upsampling"] == "resize":
        # The first row of an image whose pixels were repeated, mirrored, is that row again.
        stages += [layers.enlarging(f"up_{step}", 3, "edge") for step in (1, 2)]
    else:
        stages += [layers.transposed(f"up_{step}") for step in (1, 2)]
    return [*stages, layers.stage("head", 7, normed=False, relu=False)]


def _cut(generator, layers):
    ways = {"both": (True, True), "down": (True, False), "up": (False, True)}
    down, up = ways[generator["antialias"]]
    stages = [layers.stage("stem", 7)]
    for depth in (1, 2):
        stages.append(layers.stage(f"down_{depth}", 3, "constant", stride=1 if down else 2))
        stages += [_blur(stages[-1])] if down else []
    stages += _blocks(generator, layers)
    for step in (1, 2):
        if up:
            stages += [_blur_up(stages[-1]), layers.stage(f"up_{step}", 3, "constant")]
        else:
            stages.append(layers.transposed(f"up_{step}"))
    return [*stages, layers.stage("head", 7, normed=False, relu=False)]


def _blur(before):
    """Return the stage that blurs each channel and keeps every second pixel of every second row."""
    kernel = np.repeat(np.outer(_BLUR, _BLUR)[:, :, None, None], before.channels, axis=3)
    return _fixed(f"{before.name}_blur", kernel, 2, "reflect")


def _blur_up(before):
    """Return the stage that enlarges each channel bilinearly."""
    phases = np.einsum("pa,qb->abpq", _BLUR_UP, _BLUR_UP).reshape(3, 3, 1, 4)
    return _fixed(f"{before.name}_enlarged", np.tile(phases, before.channels), 1, "edge", enlarges=True)


def _fixed(name, kernel, stride, mode, enlarges=False):
    groups = kernel.shape[3] // (4 if enlarges else 1)
    marks = {"groups": groups, "enlarges": enlarges, "normed": False, "relu": False}
    return Stage(name, in_onnx_order(kernel), None, stride, (1,) * 4, mode, **marks)


def _keras_example(generator, layers):
    layers.epsilon = float(generator["epsilon"])
    stages = [layers.stage("stem", 7)]
    stages += [layers.stage(f"down_{depth}", 3, "constant", stride=2, pads=(0, 0, 1, 1)) for depth in (1, 2)]
    stages += _blocks(generator, layers)
    stages += [layers.late_transposed(f"up_{step}") for step in (1, 2)]
    return [*stages, layers.stage("head", 7, normed=False, relu=False)]


def _light(generator, layers):
    stages = [layers.stage("stem", 7, stride=2, normed=False), layers.stage("down", 3, stride=2, normed=False)]
    stages += _blocks(generator, layers)
    return [*stages, layers.enlarging("up", 3, normed=False), layers.enlarging("head", 7, normed=False, relu=False)]


def _blocks(generator, layers):
    stages = []
    for block in range(1, generator["blocks"] + 1):
        stages.append(layers.stage(f"block_{block}_conv_1", 3, opens=True))
        stages.append(layers.stage(f"block_{block}_conv_2", 3, relu=False, closes=True))
    return stages
