import keras
import numpy as np
from safetensors.numpy import load_file

from copyart.evaluation.squeezenet import SIDE, WEIGHTS, feature_maps, layer_features, pooled_features


def pictures():
    """A smooth picture and a coarse one, uint8."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1)
    smooth = np.stack([255 * rows, 255 * columns, 127 + 127 * np.sin(40 * rows * columns)], axis=-1)
    coarse = np.kron(np.random.default_rng(7).integers(0, 256, (29, 29, 3)), np.ones((8, 8, 1)))
    return np.stack([smooth, coarse[:SIDE, :SIDE]]).round().astype(np.uint8)


def convolve(arrays, name, x, stride=1):
    kernel, bias = (arrays[f"{name}.{part}"].astype(np.float64) for part in ("kernel", "bias"))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(0, 1))[::stride, ::stride]
    return np.maximum(np.einsum("hwcij,ijcf->hwf", windows, kernel, optimize=True) + bias, 0)


def pool(x):
    return np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(0, 1))[::2, ::2].max((3, 4))


def by_hand(picture):
    """The network of the paper, in NumPy and float64, on blue, green and red minus their means."""
    arrays = load_file(WEIGHTS)
    arrays["conv1.kernel"] = arrays["conv1.kernel"][:, :, ::-1]
    x = picture[..., ::-1].astype(np.float64) - (104.006, 116.669, 122.679)
    x = pool(convolve(arrays, "conv1", np.pad(x, [(0, 1), (0, 1), (0, 0)]), stride=2))
    for number in range(2, 10):
        if number in (4, 6):
            x = pool(x)
        squeezed = convolve(arrays, f"fire{number}/squeeze1x1", x)
        padded = np.pad(squeezed, [(1, 1), (1, 1), (0, 0)])
        wide = [(squeezed, "expand1x1"), (padded, "expand3x3")]
        x = np.concatenate([convolve(arrays, f"fire{number}/{part}", y) for y, part in wide], axis=-1)
    return x


def test_it_computes_the_network_of_the_paper():
    picture = pictures()[0]
    maps = by_hand(picture)
    found = feature_maps().predict_on_batch(picture[None] / np.float32(127.5) - 1)[0]
    assert found.shape == (13, 13, 512)
    np.testing.assert_allclose(found, maps, atol=1e-4 * maps.max())


def test_its_features_are_the_means_of_the_last_maps():
    batch = pictures() / np.float32(127.5) - 1
    maps, features = (build().predict_on_batch(batch) for build in (feature_maps, pooled_features))
    np.testing.assert_allclose(features, maps.mean((1, 2)), rtol=1e-4, atol=1e-4)


def test_layer_features_are_the_means_of_every_second_module_s_maps():
    batch = pictures() / np.float32(127.5) - 1
    found = layer_features().predict_on_batch(batch)
    assert found.shape == (2, 128 + 256 + 384 + 512)
    np.testing.assert_allclose(found[:, -512:], pooled_features().predict_on_batch(batch), rtol=1e-4, atol=1e-4)


def test_it_is_built_in_float32_whatever_the_policy():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        assert {layer.compute_dtype for layer in pooled_features().layers} == {"float32"}
    finally:
        keras.config.set_dtype_policy("float32")


def test_its_weights_are_small_and_their_licence_lies_beside_them():
    assert WEIGHTS.stat().st_size < 2_000_000
    assert "MIT License" in WEIGHTS.with_name("squeezenet.LICENSE.txt").read_text()
