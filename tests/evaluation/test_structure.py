import numpy as np
import pytest

from copyart.evaluation.pictures import luminance
from copyart.evaluation.structure import edge_agreement, structural_similarity
from tests.evaluation.scenes import scenes

WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def by_hand(x, y):
    """Multi-scale SSIM of two brightness images of 22 to 43 pixels, at two scales: every window on its own."""
    window = np.array([np.exp(-(i**2) / (2 * 1.5**2)) for i in range(-5, 6)])
    window = np.outer(window, window) / window.sum() ** 2
    total = 1.0
    for scale, weight in enumerate(np.array(WEIGHTS[:2]) / sum(WEIGHTS[:2])):
        terms = []
        for top in range(x.shape[0] - 10):
            for left in range(x.shape[1] - 10):
                a, b = (image[top : top + 11, left : left + 11].astype(np.float64) for image in (x, y))
                mean_a, mean_b = (window * a).sum(), (window * b).sum()
                var_a, var_b = (window * (a - mean_a) ** 2).sum(), (window * (b - mean_b) ** 2).sum()
                covariance = (window * (a - mean_a) * (b - mean_b)).sum()
                contrast = (2 * covariance + 58.5225) / (var_a + var_b + 58.5225)
                light = (2 * mean_a * mean_b + 6.5025) / (mean_a**2 + mean_b**2 + 6.5025)
                terms.append(contrast * (light if scale == 1 else 1))
        total *= max(np.mean(terms), 0) ** weight
        x, y = (image.reshape(len(image) // 2, 2, -1, 2).mean(axis=(1, 3)) for image in (x, y))
    return total


def noisy(pictures, strength=25, seed=1):
    noise = np.random.default_rng(seed).normal(0, strength, pictures.shape)
    return np.clip(pictures * 0.8 + 20 + noise, 0, 255).astype(np.uint8)


def test_a_picture_is_like_itself():
    pictures = scenes(2, 64)
    np.testing.assert_allclose(structural_similarity(pictures, pictures), 1, atol=1e-6)
    np.testing.assert_allclose(edge_agreement(pictures, pictures), 1, atol=1e-6)


def test_similarity_is_what_windows_taken_one_by_one_give():
    x, y = scenes(1, 32), noisy(scenes(1, 32))
    assert structural_similarity(x, y)[0] == pytest.approx(by_hand(luminance(x)[0], luminance(y)[0]), abs=1e-5)


def test_similarity_is_that_of_tensorflow():
    import tensorflow as tf

    x, y = scenes(2, 192), noisy(scenes(2, 192))
    expected = tf.image.ssim_multiscale(luminance(x)[..., None], luminance(y)[..., None], 255.0).numpy()
    np.testing.assert_allclose(structural_similarity(x, y), expected, atol=1e-4)


def test_unrelated_pictures_are_hardly_alike():
    x, y = scenes(6, 64), scenes(6, 64, seed=30)
    assert structural_similarity(x, y).mean() < 0.4
    assert abs(edge_agreement(x, y).mean()) < 0.4


def test_edges_do_not_mind_contrast_but_inversion():
    pictures = scenes(3, 64)
    np.testing.assert_allclose(edge_agreement(pictures, (pictures * 0.5 + 60).astype(np.uint8)), 1, atol=0.01)
    np.testing.assert_allclose(edge_agreement(pictures, 255 - pictures), -1, atol=1e-6)


def test_edges_survive_fine_strokes():
    pictures = scenes(3, 256)
    assert edge_agreement(pictures, noisy(pictures)).min() > 0.8


def test_an_even_picture_has_no_edges_to_agree_with():
    assert edge_agreement(scenes(1, 64), np.full((1, 64, 64, 3), 9, np.uint8)).tolist() == [0]
