import numpy as np
import pytest

from copyart.models.losses import absolute_error, least_squares


def test_least_squares_is_the_mean_squared_distance_from_the_target():
    logits = np.array([[0.0, 2.0], [3.0, 1.0]], "float32")
    assert float(least_squares(logits, 1.0)) == pytest.approx((1 + 1 + 4 + 0) / 4)


def test_absolute_error_is_the_mean_absolute_difference():
    assert float(absolute_error(np.full((1, 2, 2, 3), 0.5), np.full((1, 2, 2, 3), -0.25))) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("given", "computed"), [("float16", "float32"), ("bfloat16", "float32"), ("float64", "float64")]
)
def test_losses_are_computed_in_float32_at_least(given, computed):
    from keras import ops

    values = ops.cast(np.ones((2, 2)), given)
    assert ops.dtype(least_squares(values, 0.0)) == ops.dtype(absolute_error(values, values)) == computed
