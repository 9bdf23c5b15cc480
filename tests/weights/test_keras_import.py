"""Networks saved by Keras 2 and tensorflow_addons paint the same here, and other networks are refused with a reason."""

import json
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import ops

from copyart.errors import StyleError
from copyart.formats import read_keras_h5
from copyart.formats.weights_file import Weight, WeightsFile
from copyart.models.generators import describe_generator
from copyart.weights import import_keras

ORACLES = Path(__file__).parent.parent / "oracles"
RESULTS = np.load(ORACLES / "keras_example.npz")
pytestmark = pytest.mark.usefixtures("quick")
SAVED = ["model.h5", "weights.h5", "cyclegan.h5", "checkpoint.index"]


def oracle(name):
    return ORACLES / f"keras_example_{name}"


@pytest.fixture(scope="module")
def whole():
    """The whole-model file as it is read."""
    return read_keras_h5(oracle("model.h5"))


@pytest.fixture
def held(monkeypatch):
    """Let a file hold what is given."""

    def hold(networks, config=None):
        monkeypatch.setattr("copyart.weights.keras_import.read_keras_h5", lambda path: WeightsFile(networks, config))

    return hold


def refuse(match, path="generator.h5", network=None):
    with pytest.raises(StyleError, match=match) as raised:
        import_keras(path, network)
    assert "\n" not in str(raised.value)


def difference(network, wanted):
    return abs(ops.convert_to_numpy(network(RESULTS["x"])) - RESULTS[wanted]).max()


@pytest.mark.parametrize("name", SAVED)
def test_every_form_paints_what_keras_2_painted(name):
    network = import_keras(oracle(name))
    print(f"{name}: largest difference {difference(network, 'y'):.1e}")
    assert difference(network, "y") < 1e-4
    assert describe_generator(network) == {"kind": "keras_example", "filters": 3, "blocks": 2, "epsilon": 1e-3}


@pytest.mark.parametrize(("name", "network"), [("cyclegan.h5", "generator_F"), ("checkpoint.index", "gen_F")])
def test_another_network_of_the_file_is_taken_by_its_name(name, network):
    assert difference(import_keras(oracle(name), network), "back") < 1e-4


def test_a_name_that_is_not_there_gets_the_list():
    refuse("'generator_G', 'generator_F', 'discriminator_X'.*no 'gen_G'", oracle("cyclegan.h5"), "gen_G")


def test_a_discriminator_is_no_generator():
    refuse("3 convolutions, the first with shape", oracle("cyclegan.h5"), "discriminator_X")


def test_the_epsilon_is_read_where_it_is_described(whole, held):
    config = json.loads(json.dumps(whole.config).replace('"epsilon": 0.001', '"epsilon": 1e-05'))
    held(whole.networks, config)
    assert describe_generator(import_keras("generator.h5"))["epsilon"] == 1e-5


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('"class_name": "Add"', '"class_name": "Lambda"', r"other layers \(Lambda; not built, and not run\)"),
        ('"activation": "tanh"', '"activation": "sigmoid"', "activations other than relu"),
        ('"strides": [2, 2]', '"strides": [1, 1]', "other strides"),
        ('"strides": [2, 2]', '"strides": [2, 1]', "other strides"),
        ('"padding": "valid"', '"padding": "same"', "other strides, padding"),
        ('"epsilon": 0.001', '"epsilon": 7', "epsilon"),
        ('"epsilon": 0.001', '"epsilon": "small"', "not of a network"),
        ('"layers"', '"levels"', "not of a network"),
        ('"class_name"', '"class"', "not of a network"),
        ('"activation": "linear"', '"activation": "relu"', "padding or activations"),
    ],
)
def test_a_description_of_another_network_is_refused(whole, held, old, new, match):
    text = json.dumps(whole.config)
    assert old in text
    held(whole.networks, json.loads(text.replace(old, new)))
    refuse(match)


def test_a_lambda_in_a_file_is_named_and_not_run(tmp_path):
    data = oracle("model.h5").read_bytes()
    assert data.count(b'{"class_name": "Add"') == 2  # of the same length as what takes its place
    (tmp_path / "m.h5").write_bytes(data.replace(b'{"class_name": "Add"', b'{"class_name": "Lam"'))
    refuse("other layers .Lam; not built, and not run", tmp_path / "m.h5")


@pytest.mark.parametrize(
    ("place", "role", "shape", "match"),
    [
        (0, "kernel", (7, 7, 4, 3), "the first with shape"),
        (1, "gamma", (4,), r"a gamma of stem of shape \(4,\), expected \(3,\)"),
        (2, "moving_mean", (3,), "a weight 'moving_mean'"),
        (2, "gamma", (3,), "a weight 'gamma'"),
        (3, "kernel", (3, 3, 3, 5), "a kernel of down_1"),
        (28, "gamma", (3,), "head with gamma, kernel, expected bias, kernel"),
    ],
)
def test_weights_of_another_network_are_refused(whole, held, place, role, shape, match):
    weights = list(whole.networks[""])
    weights[place] = Weight(role, np.zeros(shape, np.float32))
    held({"": weights})
    refuse(match if place else "no 'generator'|the first with shape")


def test_a_network_without_a_layer_is_refused(whole, held):
    held({"": whole.networks[""][:-5]})
    refuse(r"a kernel of up_1 of shape \(3, 3, 12, 12\), expected")
    held({"": []})
    refuse("one without a name, and no generator")


def test_a_bias_before_a_norm_is_kept_for_it_changes_nothing(whole, held):
    weights = list(whole.networks[""])
    weights.insert(1, Weight("bias", np.ones(3, np.float32)))
    held({"": weights})
    assert difference(import_keras("generator.h5"), "y") < 1e-4


@pytest.mark.parametrize("policy", ["mixed_float16"])
def test_the_global_policy_does_not_matter(whole, held, policy):
    held(whole.networks)
    keras.config.set_dtype_policy(policy)
    assert {variable.dtype for variable in import_keras("generator.h5").weights} == {"float32"}


def test_a_file_of_keras_3_is_refused_for_what_it_lacks(tmp_path):
    with h5py.File(tmp_path / "new.h5", "w") as file:
        file["layers/conv2d/vars/0"] = np.zeros((7, 7, 3, 3), "f4")
    refuse("no list of layers; Keras 2 writes one, Keras 3 does not", tmp_path / "new.h5")


@pytest.mark.parametrize("file", ["nowhere.h5", "nowhere.index"])
def test_a_file_that_is_not_there_is_one_line(tmp_path, file):
    refuse("No such file|Received: .*nowhere", tmp_path / file)


def test_a_checkpoint_without_its_data_is_one_line(tmp_path):
    (tmp_path / "c.index").write_bytes(oracle("checkpoint.index").read_bytes())
    refuse("its .data files in one folder", tmp_path / "c.index")
