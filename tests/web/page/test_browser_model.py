"""What a browser paints with gives what ONNX Runtime gives, and is shared where it can be."""

import json

import numpy as np
import onnx
import pytest
from safetensors.numpy import load

from copyart.engine.strip_geometry import StripGeometry
from copyart.styles.bundled import bundled_styles
from copyart.styles.opening import open_style
from copyart.web.page.browser_model import generator_file, style_file


def plan(slug):
    return open_style(bundled_styles()[slug]).plan


def unpacked(file):
    """Return the head and the ONNX models of a generator file."""
    start = 4 + int.from_bytes(file[:4], "little")
    head, models = json.loads(file[4:start]), []
    for row in head["passes"]:
        models.append(onnx.ModelProto.FromString(file[start : start + row["bytes"]]))
        start += row["bytes"]
    assert start == len(file)
    return head, models


def test_styles_of_one_architecture_share_the_generator_file():
    assert len({generator_file(plan(slug)) for slug in bundled_styles()}) == 1


def test_every_pass_is_a_valid_model_that_takes_its_kernels_as_inputs():
    head, models = unpacked(generator_file(plan("monet")))
    for row, model in zip(head["passes"], models, strict=True):
        onnx.checker.check_model(model, full_check=True)
        inputs = {value.name for value in model.graph.input}
        assert {f"kernel_{index}" for index in range(row["first"], row["last"] + 1)} <= inputs
    assert sum(row["share"] for row in head["passes"]) == pytest.approx(1, abs=0.001)


def test_the_head_holds_the_geometry_of_the_strips():
    geometry = StripGeometry(plan("monet"))
    head, _ = unpacked(generator_file(plan("monet")))
    assert [(row["first"], row["last"]) for row in head["passes"]] == geometry.passes
    assert [stage["downscale"] for stage in head["stages"]] == geometry.downscales
    assert (head["lowest"], head["kept_channels"]) == (geometry.lowest, geometry.kept_channels)


def test_a_style_file_holds_every_value_exactly_and_in_float16_where_that_is_enough():
    stages = plan("monet")
    arrays = load(style_file(stages))
    for index, stage in enumerate(stages):
        kernel = arrays[f"kernel_{index}"]
        assert np.array_equal(kernel.astype(np.float32), stage.kernel.transpose(3, 2, 0, 1))
        assert kernel.dtype == (np.float32 if stage.upsamples else np.float16)
    assert {array.dtype for name, array in arrays.items() if not name.startswith("kernel")} == {np.dtype(np.float32)}


def test_no_style_file_is_larger_than_the_style_on_the_disk_by_much():
    assert len(style_file(plan("monet"))) < 810_000
