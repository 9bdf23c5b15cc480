"""Map HDR colours to SDR: PQ and HLG with BT.2020 primaries to sRGB for a plain screen.

Reference:
    ITU-R BT.2100-2 (PQ, HLG), BT.2087-0 (primaries), BT.2408-7 (diffuse white at 203 cd/m²).
"""

import numpy as np

#: Luminance of an SDR screen's white, and HDR luminance that is mapped to this white, in cd/m². More is clipped.
WHITE, PEAK = 203.0, 1000.0
#: Luminance up to this fraction of `WHITE` is kept; higher luminance is compressed.
_KNEE = 0.6
#: BT.2087, table 1 inverted: linear BT.2020 to linear BT.709.
_TO_BT709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
#: BT.2020's weights of red, green and blue in the luminance.
_LUMINANCE = np.array([0.2627, 0.6780, 0.0593])


def to_sdr(colours: np.ndarray, transfer: str) -> np.ndarray:
    """Map HDR colours to sRGB.

    Args:
        colours: Non-linear BT.2020 RGB in [0, 1], shape (..., 3).
        transfer: `"pq"` or `"hlg"`.

    Returns:
        sRGB in [0, 1], in the same shape. Grey stays grey.
    """
    light = (_decode_pq if transfer == "pq" else _decode_hlg)(colours.astype(np.float64)) / WHITE
    luminance = (light @ _LUMINANCE)[..., None]
    # One factor for all three colours keeps the hue.
    light = light * (_compress_highlights(luminance) / np.maximum(luminance, 1e-6))
    return _encode_srgb(np.clip(light @ _TO_BT709.T, 0, 1))


def _decode_pq(values: np.ndarray) -> np.ndarray:
    """Convert PQ values to cd/m² (BT.2100-2, table 4)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = values ** (1 / m2)
    return 10000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)


def _decode_hlg(values: np.ndarray) -> np.ndarray:
    """Convert HLG values to cd/m² on a screen of 1000 cd/m² (BT.2100-2, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    return PEAK * np.maximum((scene @ _LUMINANCE)[..., None], 1e-9) ** 0.2 * scene


def _compress_highlights(luminance: np.ndarray) -> np.ndarray:
    """Compress luminance above the knee by a power function, so that the peak becomes white."""
    peak = PEAK / WHITE
    above = np.clip((luminance - _KNEE) / (peak - _KNEE), 0, 1)
    # The slope of the curve is 1 at the knee, and 0 at the peak.
    steep = (peak - _KNEE) / (1 - _KNEE)
    return np.where(luminance <= _KNEE, luminance, _KNEE + (1 - _KNEE) * (1 - (1 - above) ** steep))


def _encode_srgb(light: np.ndarray) -> np.ndarray:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
