"""Structural similarity of photos and paintings: multi-scale SSIM and the correlation of edges."""

from collections.abc import Iterator

import numpy as np

from copyart.evaluation.pictures import luminance

#: Weights of the scales, finest first, which Wang et al. measured with observers.
_WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])
#: Window and constants of SSIM from the same paper, for brightness from 0 to 255.
_WINDOW, _DEVIATION = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
#: Standard deviation of the blur that removes strokes before edges are compared, as a share of the side.
_EDGE_BLUR = 1 / 128
#: Pictures in a batch: few enough for the processor's cache.
_BATCH = 8


def structural_similarity(photos: np.ndarray, paintings: np.ndarray) -> np.ndarray:
    """Return the multi-scale SSIM of the brightness of each pair of pictures.

    Args:
        photos: uint8, shape (pictures, height, width, 3), sides of at least 11 pixels.
        paintings: The same shape.

    Returns:
        Shape (pictures,): 1 for identical pictures, near 0 for unrelated ones. Pictures that are too small for five
        scales are compared at fewer, with weights that sum to 1.

    Reference:
        Wang, Simoncelli and Bovik 2003, "Multi-scale structural similarity for image quality assessment".
    """
    return np.concatenate([_multi_scale_ssim(*pair) for pair in _luminance_batches(photos, paintings)])


def edge_agreement(photos: np.ndarray, paintings: np.ndarray) -> np.ndarray:
    """Return the correlation of the brightness gradients of each pair of pictures.

    It is 1 for the same edges, 0 for unrelated ones, and -1 for the same edges with dark and light exchanged. It does
    not depend on contrast.

    Args:
        photos: uint8, shape (pictures, height, width, 3).
        paintings: The same shape.

    Returns:
        Shape (pictures,).
    """
    return np.concatenate([_correlate_gradients(*pair) for pair in _luminance_batches(photos, paintings)])


def _luminance_batches(photos: np.ndarray, paintings: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, len(photos), _BATCH):
        part = slice(start, start + _BATCH)
        yield luminance(photos[part]), luminance(paintings[part])


def _multi_scale_ssim(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    smallest = min(x.shape[1:])
    scales = min(len(_WEIGHTS), max(1, 1 + int(np.log2(smallest / _WINDOW))))
    weights = _WEIGHTS[:scales] / _WEIGHTS[:scales].sum()
    result = np.ones(len(x))
    for scale, weight in enumerate(weights):
        luminance_term, contrast_term = _ssim_terms(x, y)
        term = luminance_term * contrast_term if scale == scales - 1 else contrast_term
        # Inverted pictures have a negative mean, which has no real root.
        result *= np.maximum(term.mean(axis=(1, 2), dtype=np.float64), 0) ** weight
        x, y = _halve(x), _halve(y)
    return result


def _ssim_terms(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return SSIM's luminance term, and its combined contrast and structure term, for every window."""
    mean_x, mean_y, xx, yy, xy = _blur(np.stack([x, y, x * x, y * y, x * y]), _DEVIATION, _WINDOW // 2)
    both = mean_x * mean_y
    squares = mean_x**2 + mean_y**2
    return (2 * both + _C1) / (squares + _C1), (2 * (xy - both) + _C2) / (xx + yy - squares + _C2)


def _blur(images: np.ndarray, deviation: float, reach: int) -> np.ndarray:
    """Blur images with a Gaussian, and return only the pixels whose window lies inside the picture."""
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    window = (window / window.sum()).astype(images.dtype)
    height, width = (side - 2 * reach for side in images.shape[-2:])
    rows = sum(weight * images[..., place : place + height, :] for place, weight in enumerate(window))
    return sum(weight * rows[..., place : place + width] for place, weight in enumerate(window))


def _halve(images: np.ndarray) -> np.ndarray:
    height, width = (side // 2 * 2 for side in images.shape[1:])
    images = images[:, :height, :width]
    return (images[:, ::2, ::2] + images[:, 1::2, ::2] + images[:, ::2, 1::2] + images[:, 1::2, 1::2]) / 4


def _correlate_gradients(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    deviation = max(min(x.shape[1:]) * _EDGE_BLUR, 0.5)
    gradients = [np.gradient(_blur(images, deviation, int(3 * deviation + 0.5)), axis=(1, 2)) for images in (x, y)]
    (down_x, right_x), (down_y, right_y) = gradients
    product = (down_x * down_y + right_x * right_y).sum(axis=(1, 2), dtype=np.float64)
    strength = np.sqrt(
        (down_x**2 + right_x**2).sum(axis=(1, 2), dtype=np.float64)
        * (down_y**2 + right_y**2).sum(axis=(1, 2), dtype=np.float64)
    )
    return product / np.maximum(strength, np.finfo(np.float64).tiny)
