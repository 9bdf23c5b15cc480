"""The CUT project's generator: its blurs."""

import numpy as np
from keras import ops

from copyart.models.cut import CutSpec
from copyart.models.layers import ReflectionPadding2D


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


def test_the_blur_is_that_of_one_two_one():
    network = CutSpec(filters=1, blocks=0).build()
    x = noise(1, 8, 12, 2)
    for name in ("down_1_blur_pad", "down_1_blur", "down_1_skip"):
        x = network.get_layer(name)(x)
    kernel = np.outer([1, 2, 1], [1, 2, 1])[:, :, None, None] / 16 * np.ones((1, 1, 2, 1))
    padded = ReflectionPadding2D(1)(noise(1, 8, 12, 2))
    assert np.allclose(x, ops.depthwise_conv(padded, kernel.astype("float32"), strides=2), atol=1e-6)


def test_enlarging_is_that_of_one_three_three_one_with_the_border_repeated():
    x = noise(1, 4, 5, 1)
    enlarged = ops.convert_to_numpy(CutSpec(filters=1, blocks=0).build().get_layer("up_1_blur")(x))
    padded = np.pad(x[0, :, :, 0], 1, "edge")
    rows = np.stack([0.25 * padded[:-2] + 0.75 * padded[1:-1], 0.75 * padded[1:-1] + 0.25 * padded[2:]], 1)
    rows = rows.reshape(8, 7)
    columns = np.stack([0.25 * rows[:, :-2] + 0.75 * rows[:, 1:-1], 0.75 * rows[:, 1:-1] + 0.25 * rows[:, 2:]], 2)
    assert np.allclose(enlarged[0, :, :, 0], columns.reshape(8, 10), atol=1e-6)
