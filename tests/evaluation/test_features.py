import keras
import numpy as np
import pytest

from copyart.errors import StyleError
from copyart.evaluation import features
from copyart.evaluation.features import FeatureNetwork, feature_networks
from copyart.models import efficientnet
from tests.evaluation.scenes import scenes


def mean_colour(side=8):
    """A network that sees the mean of each colour."""
    image = keras.Input((side, side, 3))
    return keras.Model(image, keras.layers.GlobalAveragePooling2D()(image), name="mean")


def test_features_are_those_of_pictures_in_minus_1_to_1():
    pictures = np.stack([np.full((8, 8, 3), value, np.uint8) for value in (0, 255)])
    assert FeatureNetwork("mean", mean_colour(), 8)(pictures).tolist() == [[-1, -1, -1], [1, 1, 1]]


def test_pictures_of_any_size_are_brought_to_its_own():
    pictures = scenes(3, 48)
    found = FeatureNetwork("mean", mean_colour(), 8)(pictures)
    np.testing.assert_allclose(found, pictures.mean(axis=(1, 2)) / 127.5 - 1, atol=0.02)


def test_a_last_batch_may_be_short():
    network, pictures, told = FeatureNetwork("mean", mean_colour(), 8), scenes(35, 8), []
    found = network(pictures, lambda *count: told.append(count))
    assert found.shape == (35, 3)
    np.testing.assert_allclose(found[33:], network(pictures[33:]), atol=1e-6)
    assert told == [(32, 35), (35, 35)]


def test_none_means_none():
    assert feature_networks("none") == ()


def test_squeezenet_judges_always(monkeypatch):
    monkeypatch.setattr(efficientnet, "weights_file", lambda variant="lite0": None)
    assert [network.name for network in feature_networks()] == ["SqueezeNet"]


def test_efficientnet_judges_beside_it_where_it_is_installed():
    assert [network.name for network in feature_networks()] == ["SqueezeNet", "EfficientNet-lite0"]


def test_asked_for_by_name_it_must_be_there(monkeypatch):
    monkeypatch.setattr(efficientnet, "weights_file", lambda variant="lite0": None)
    with pytest.raises(StyleError, match=r"copyart\[judge\]"):
        feature_networks("efficientnet")


def test_a_network_is_taken_as_it_is():
    network = FeatureNetwork("mean", mean_colour(), 8)
    assert feature_networks(network) == (network,)
    assert feature_networks([network, network]) == (network, network)


def test_a_file_of_weights_is_inception(monkeypatch, tmp_path):
    asked = {}
    monkeypatch.setattr(
        keras.applications, "InceptionV3", lambda **arguments: asked.update(arguments) or mean_colour(299)
    )
    path = tmp_path / "inception.h5"
    path.write_bytes(b"weights")
    (network,) = feature_networks(path)
    assert (network.name, network.side) == ("InceptionV3", 299)
    assert asked == {"include_top": False, "weights": str(path), "input_shape": (299, 299, 3), "pooling": "avg"}


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(StyleError, match=r"'nowhere\.h5', which is not a file"):
        feature_networks("nowhere.h5")


def test_damaged_weights_are_one_line(monkeypatch, tmp_path):
    def fail(**arguments):
        raise OSError("file signature\nnot found")

    monkeypatch.setattr(keras.applications, "InceptionV3", fail)
    (tmp_path / "inception.h5").write_bytes(b"no weights")
    with pytest.raises(StyleError, match=r"\(file signature not found\)") as raised:
        feature_networks(tmp_path / "inception.h5")
    assert "\n" not in str(raised.value)


def test_the_word_to_install_names_the_extra():
    assert "copyart[judge]" in features.INSTALL
