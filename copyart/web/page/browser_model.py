"""Write the two files with which a browser paints: a generator's ONNX graphs without weights, and a style's weights.

Styles of one architecture share the generator file. A browser downloads and opens it once, and can mix styles by mixing
their weights. `copyart/web/static/strip_painter.js` reads both.

Generator file:
    4 bytes     length of the head, little-endian
    head        JSON, see `generator_file`
    the rest    the ONNX models of the passes, one after the other

Style file: safetensors with `kernel_<stage>`, `bias_<stage>`, `gain_<stage>` and `offset_<stage>` for each stage of the
layer plan that has them, in float32. Kernels have ONNX's layout, (channels out, in, height, width). A kernel is stored
in float16 if that changes no value. The bundled styles' weights are float16, but polyphase kernels are sums of weights:
rounding them would change half a percent of all painted values by one level of 255, and some of large photos by three.
"""

import functools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from safetensors.numpy import save

from copyart.engine.graph_builder import GraphBuilder
from copyart.engine.plan import Stage
from copyart.engine.strip_geometry import FEWEST_ROWS, STRIP_NUMBERS, StripGeometry
from copyart.engine.strip_graph import strip_graph


def generator_file(plan: Sequence[Stage]) -> bytes:
    """Return the graphs of a generator, without its weights.

    Args:
        plan: A layer plan. Only the shapes of its weights are used.

    Returns:
        A generator file. Its head has `stages` (for each stage, the facts for `StripGeometry.rows_of_stage` and the
        normalisation), `passes` (first and last stage, bytes of the model, share of the generator's arithmetic),
        and the constants of the strip geometry.
    """
    geometry = StripGeometry(plan)
    models = [
        strip_graph(plan, first, last, geometry.is_stored(last), functools.partial(_WeightlessBuilder, plan))
        for first, last in geometry.passes
    ]
    costs = [geometry.cost(*each) for each in geometry.passes]
    passes = [
        {"first": first, "last": last, "bytes": len(model.file), "share": round(cost / sum(costs), 4)}
        for (first, last), model, cost in zip(geometry.passes, models, costs, strict=True)
    ]
    head = {
        "stages": [_stage_facts(stage, geometry.downscales[index]) for index, stage in enumerate(plan)],
        "passes": passes,
        "lowest": geometry.lowest,
        "kept_channels": geometry.kept_channels,
        "strip_numbers": STRIP_NUMBERS,
        "fewest_rows": FEWEST_ROWS,
    }
    encoded = json.dumps(head).encode()
    return len(encoded).to_bytes(4, "little") + encoded + b"".join(model.file for model in models)


def style_file(plan: Sequence[Stage]) -> bytes:
    """Return the weights of a layer plan as a style file."""
    arrays = {}
    for index, stage in enumerate(plan):
        kernel = _onnx_kernel(stage)
        half = kernel.astype(np.float16)
        arrays[f"kernel_{index}"] = half if np.array_equal(half, kernel) else kernel
        for name in ("bias", "gain", "offset"):
            if (array := getattr(stage, name)) is not None:
                arrays[f"{name}_{index}"] = np.ascontiguousarray(array, np.float32)
    return save(arrays)


class _WeightlessBuilder(GraphBuilder):
    """Builds graphs in which kernels and biases are inputs, `kernel_<stage>` and `bias_<stage>`."""

    def __init__(self, plan: Sequence[Stage]):
        super().__init__()
        self._places = {id(stage): index for index, stage in enumerate(plan)}

    def convolve(self, x: str, stage: Stage, pads: str | None = None) -> str:
        """Convolve with a kernel and a bias that are inputs of the graph, instead of constants."""
        x = x if pads is None else self.add("Pad", [x, pads], mode=stage.mode)
        index = self._places[id(stage)]
        weights = [self.input(f"kernel_{index}", np.float32, _onnx_kernel(stage).shape)]
        if stage.bias is not None:
            weights.append(self.input(f"bias_{index}", np.float32, stage.bias.shape))
        sides = stage.kernel.shape[:2]
        return self.add("Conv", [x, *weights], strides=[stage.stride] * 2, kernel_shape=sides, group=stage.groups)


def _onnx_kernel(stage: Stage) -> np.ndarray:
    return np.ascontiguousarray(stage.kernel.transpose(3, 2, 0, 1))


def _stage_facts(stage: Stage, downscale: int) -> dict[str, Any]:
    return {
        "size": stage.kernel.shape[0],
        "channels": stage.channels,
        "stride": stage.stride,
        "pads": stage.pads,
        "epsilon": stage.epsilon,
        "downscale": downscale,
        "upsamples": stage.upsamples,
        "half_pixel": stage.half_pixel,
        "normed": stage.normed,
        "ends_block": stage.ends_block,
    }
