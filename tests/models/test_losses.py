import numpy as np
import pytest

from copyart.models.losses import absolute_error, checkerboard_energy, least_squares


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


def lattice(amplitude, size=64):
    """A pattern of ±amplitude that repeats every 4 pixels across."""
    row = np.tile(np.array([1, 1, -1, -1], "float32") * amplitude, size // 4)
    return np.broadcast_to(row[None, None, :, None], (1, size, size, 3))


def ramp(size=64):
    return np.broadcast_to(np.linspace(-1, 1, size, dtype="float32")[None, :, None, None], (1, size, size, 3))


def noise(size=64):
    return np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype("float32")


#: What a wave of ±1 has 16 times the energy of, spread over 15 waves, in units of photos' energy in the wave.
ACROSS_4, DIAGONAL_2 = 16 / 15 / 200e-6, 16 / 15 / 0.65e-6


@pytest.mark.parametrize("amplitude", [0.01, 0.5])
def test_a_checkerboard_is_measured_by_its_square(amplitude):
    assert float(checkerboard_energy(lattice(amplitude))) == pytest.approx(amplitude**2 * ACROSS_4, rel=1e-4)


def test_a_checkerboard_of_2_pixels_counts_as_much_more_as_photos_have_less_of_it():
    pattern = np.indices((64, 64)).sum(0) % 2 * 2.0 - 1
    found = float(checkerboard_energy(np.broadcast_to(pattern[None, :, :, None], (1, 64, 64, 3))))
    assert found == pytest.approx(DIAGONAL_2, rel=1e-4)


def test_what_varies_slowly_is_no_checkerboard():
    assert float(checkerboard_energy(ramp())) < 1e-5


def test_on_a_ramp_a_checkerboard_is_measured_as_on_grey():
    assert float(checkerboard_energy(0.5 * ramp() + lattice(0.1))) == pytest.approx(0.01 * ACROSS_4, rel=1e-3)


def test_texture_that_does_not_repeat_is_averaged_away():
    assert float(checkerboard_energy(noise(256))) < float(checkerboard_energy(noise(64))) / 10


def test_a_checkerboard_that_turns_round_halfway_is_found_all_the_same():
    pattern = lattice(0.1).copy()
    pattern[:, 32:] *= -1
    # One square lies across the seam.
    assert float(checkerboard_energy(pattern)) == pytest.approx(0.01 * ACROSS_4, rel=0.15)


def test_each_image_counts_by_itself():
    both = np.concatenate([lattice(0.1), -lattice(0.1)])
    assert float(checkerboard_energy(both)) == pytest.approx(0.01 * ACROSS_4, rel=1e-4)


@pytest.mark.parametrize("size", [12, 24, 36])
def test_small_images_have_a_checkerboard_too(size):
    assert float(checkerboard_energy(lattice(0.1, size))) == pytest.approx(0.01 * ACROSS_4, rel=1e-3)
