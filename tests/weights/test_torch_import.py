from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from copyart.errors import StyleError
from copyart.models.generators import describe_generator
from copyart.weights import import_torch
from copyart.weights.torch_layout import TorchBlur
from tests.formats.pth_files import read_state_dict, table, zip_file

from .torch_tensors import discriminator, generator, saved

ORACLES = Path(__file__).parent.parent / "oracles"
pytestmark = pytest.mark.usefixtures("quick")
NETWORKS = [
    "generator_6blocks_filters8",
    "generator_9blocks_filters8_legacy",
    "discriminator_filters8",
    "cut_both_filters3",
    "cut_down_filters3",
    "cut_up_filters3",
]


def refuse(tensors, match, **options):
    with pytest.raises(StyleError, match=match) as raised:
        import_torch(saved(tensors, **options))
    assert "Supported are" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_authors_results_are_reproduced(name):
    oracle = np.load(ORACLES / f"{name}.npz")
    difference = abs(ops.convert_to_numpy(import_torch(ORACLES / f"{name}.pth")(oracle["x"])) - oracle["y"]).max()
    print(f"{name}: largest difference {difference:.1e}")
    assert difference < 1e-4


@pytest.mark.parametrize("path", sorted(ORACLES.glob("*.pth")), ids=lambda path: path.stem)
def test_every_oracle_is_imported_whole(path):
    numbers = {key: array.size for key, array in read_state_dict(path).items()}
    kept = sum(n for key, n in numbers.items() if key.endswith((".weight", ".bias")))  # blurs are no weights here
    assert import_torch(path).count_params() == kept


@pytest.mark.parametrize("blocks", [0, 1, 3])
def test_blocks_and_filters_are_read_from_the_file(blocks):
    network = import_torch(saved(generator(filters=3, blocks=blocks)))
    assert describe_generator(network) == {
        "kind": "resnet", "filters": 3, "blocks": blocks, "upsampling": "transpose", "dropout": 0.0,
    }  # fmt: skip


def test_a_network_trained_with_dropout_is_read_and_paints_without_it():
    tensors = generator(second=6)
    network = import_torch(saved(tensors))
    plain = import_torch(saved({key.replace("conv_block.6", "conv_block.5"): v for key, v in tensors.items()}))
    photo = np.random.default_rng(0).uniform(-1, 1, (1, 16, 16, 3)).astype(np.float32)
    assert describe_generator(network)["dropout"] == 0.5
    assert np.array_equal(network(photo), plain(photo))


def test_kernels_are_turned_and_every_bias_is_kept():
    tensors = generator()
    network = import_torch(saved(tensors))
    places = [("stem", "model.1"), ("block_1_conv_2", "model.10.conv_block.5"), ("up_1", "model.11")]
    for layer, key in places:
        kernel = tensors[f"{key}.weight"].astype(np.float32).transpose(2, 3, 1, 0)
        assert np.array_equal(network.get_layer(layer).kernel, kernel)
        assert np.array_equal(network.get_layer(layer).bias, tensors[f"{key}.bias"].astype(np.float32))


def test_a_discriminator_is_told_by_its_names():
    network = import_torch(saved(discriminator(filters=3)))
    assert network.get_layer("conv_1").filters == 3
    assert network.output_shape == (None, None, None, 1)


def test_running_statistics_are_dropped():
    ballast = {
        "model.2.running_mean": np.ones(2),
        "model.2.running_var": np.ones(2),
        "model.2.num_batches_tracked": np.ones(1),
    }
    assert import_torch(saved(generator() | ballast)).count_params() == import_torch(saved(generator())).count_params()


@pytest.mark.parametrize(("kind", "dtype"), [("HalfStorage", "<f2"), ("DoubleStorage", "<f8")])
def test_other_floats_become_float32(kind, dtype):
    network = import_torch(saved(discriminator(), kind, dtype))
    assert {variable.dtype for variable in network.weights} == {"float32"}


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_the_global_policy_neither_matters_nor_changes(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        network = import_torch(saved(generator()))
        assert keras.config.dtype_policy().name == policy
    finally:
        keras.config.set_dtype_policy(before)
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}


@pytest.mark.parametrize("key", ["model.4.bias", "model.10.conv_block.5.weight", "model.18.weight"])
def test_a_missing_tensor_is_named(key):
    tensors = generator()
    del tensors[key]
    refuse(tensors, f"without '{key}'")


def test_a_block_that_is_left_out_is_noticed():
    tensors = {k: v for k, v in generator(blocks=3).items() if not k.startswith("model.11.")}
    refuse(tensors, r"without 'model\.")


def test_an_unknown_tensor_is_named():
    refuse(generator() | {"model.99.weight": np.ones((1, 1, 1, 1))}, "a file that also has 'model.99.weight'")


@pytest.mark.parametrize(
    ("key", "shape"),
    [("model.1.weight", (2, 4, 7, 7)), ("model.18.weight", (1, 2, 7, 7)), ("model.7.bias", (9,)), ("model.4.bias", ())],
)
def test_a_shape_that_does_not_fit_is_named_with_the_one_that_would(key, shape):
    refuse(generator() | {key: np.ones(shape)}, rf"'{key}' of shape \(.*expected \(.*\)")


@pytest.mark.parametrize("shape", [(0, 3, 7, 7), (), (2,)])
def test_a_first_kernel_of_no_use_is_refused(shape):
    refuse(generator() | {"model.1.weight": np.ones(shape)}, "tensors, among them")


def test_whole_numbers_are_refused():
    refuse(generator(), "of dtype int64, expected floats", kind="LongStorage", dtype="<i8")


def test_norms_that_learn_are_named():
    norms = {"model.2.weight": np.ones(2), "model.2.bias": np.ones(2)}
    refuse(generator() | norms, r"\(normalisation with weights: 'model.2.weight'")
    refuse(generator() | norms | {"model.2.running_mean": np.ones(2)}, r"\(batch normalisation, as the running stat")


@pytest.mark.parametrize(("ways", "blocks", "dropout"), [("both", 2, 0.0), ("down", 1, 0.5), ("up", 2, 0.0)])
def test_the_anti_aliased_variant_of_cut_is_told_by_its_blurs(ways, blocks, dropout):
    assert describe_generator(import_torch(ORACLES / f"cut_{ways}_filters3.pth")) == {
        "kind": "cut", "filters": 3, "blocks": blocks, "antialias": ways, "dropout": dropout,
    }  # fmt: skip


def test_a_blur_behind_a_single_block_is_not_taken_for_one_of_the_other_way():
    tensors, numbers = {}, {"11": "12", "14": "16", "18": "20"}  # one further for each blur before
    for key, array in generator(blocks=1).items():
        number = key.split(".")[1]
        turned = array.transpose(1, 0, 2, 3) if number in ("11", "14") and array.ndim == 4 else array
        tensors[key.replace(f".{number}.", f".{numbers.get(number, number)}.")] = turned
    blurs = TorchBlur("model.11", 8, (1, 3, 3, 1)), TorchBlur("model.15", 4, (1, 3, 3, 1))
    network = import_torch(saved(tensors | {f"{blur.key}.filt": blur.kernel for blur in blurs}))
    assert describe_generator(network)["antialias"] == "up"


@pytest.mark.parametrize("change", [np.ones_like, lambda blur: blur[:, :, :2, :2], lambda blur: blur[:2]])
def test_another_blur_is_refused(change):
    tensors = read_state_dict(ORACLES / "cut_down_filters3.pth")
    refuse(tensors | {"model.7.filt": change(tensors["model.7.filt"])}, "'model.7.filt'.*(which differs|expected)")


@pytest.mark.parametrize(
    ("key", "network"),
    [
        ("model.model.0.weight", "a U-Net of pix2pix"),
        ("mlp_0.0.weight", "the feature network of CUT"),
        ("net.0.weight", "a discriminator of single pixels"),
    ],
)
def test_networks_that_lie_beside_a_generator_are_named(key, network):
    refuse({key: np.ones((2, 3, 4, 4))}, network)


def test_the_state_of_an_optimiser_is_named():
    state = {"state": table({}), "param_groups": b"]"}
    with pytest.raises(StyleError, match="the state of an optimiser, and no network"):
        import_torch(zip_file(table(state), {}))


def test_names_of_another_network_are_shown_on_one_line_and_cut():
    refuse({"evil\n" + "x" * 200: np.ones(1)}, r"1 tensors, among them 'evil\\nx{1,60}'")


def test_a_huge_claim_is_refused_before_anything_is_built():
    tensors = generator() | {"model.1.weight": np.ones((40_000, 3, 7, 7), np.float32)}
    refuse(tensors, "expected ")
