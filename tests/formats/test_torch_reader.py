import contextlib
import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from copyart.errors import StyleError
from copyart.formats import read_torch

from .pth_files import (
    ORDERED_DICT,
    SIX,
    call,
    glob,
    legacy_file,
    number,
    one_tensor,
    read_state_dict,
    refuse,
    row,
    storage,
    table,
    tensor,
    text,
    zip_file,
)

ORACLES = Path(__file__).parent.parent / "oracles"
pytestmark = pytest.mark.usefixtures("quick")


def read_zip(body: bytes, data: bytes = SIX.tobytes(), **options) -> dict[str, np.ndarray]:
    return read_state_dict(zip_file(body, {"0": data}, **options))


def read_legacy(body: bytes, data: bytes = SIX.tobytes(), numel=6) -> dict[str, np.ndarray]:
    return read_state_dict(legacy_file(body, {"0": (numel, data)}))


# Files of PyTorch


@pytest.mark.parametrize("path", sorted(ORACLES.glob("*.pth")), ids=lambda path: path.stem)
def test_every_oracle_is_read_whole(path):
    weights = read_state_dict(path)
    assert len(weights) >= 10
    assert all(np.isfinite(array).all() for array in weights.values())


def test_zip_format_gives_names_shapes_and_dtypes():
    weights = read_state_dict(str(ORACLES / "generator_6blocks_filters8.pth"))
    assert len(weights) == 36
    assert next(iter(weights)) == "model.1.weight"
    assert weights["model.1.weight"].shape == (8, 3, 7, 7)
    assert weights["model.10.conv_block.5.bias"].shape == (32,)
    assert weights["model.1.weight"].dtype == np.float32
    assert 0.005 < weights["model.1.weight"].std() < 1


def test_legacy_format_gives_names_shapes_and_dtypes():
    weights = read_state_dict(ORACLES / "generator_9blocks_filters8_legacy.pth")
    assert weights["module.model.1.weight"].shape == (8, 3, 7, 7)
    assert weights["module.model.26.bias"].shape == (3,)
    assert weights["module.model.2.num_batches_tracked"].shape == ()
    assert weights["module.model.2.num_batches_tracked"].dtype == np.int64
    assert 0.005 < weights["module.model.1.weight"].std() < 1


def test_bytes_are_read_like_their_file():
    path = ORACLES / "discriminator_filters8.pth"
    from_path, from_bytes = read_state_dict(path), read_state_dict(path.read_bytes())
    assert list(from_path) == list(from_bytes) != []
    assert all(np.array_equal(from_path[name], from_bytes[name]) for name in from_path)


# Numbers


@pytest.mark.parametrize(("read", "view"), [(read_zip, b""), (read_legacy, pickle.NONE)])
def test_strides_are_honoured(read, view):
    weight = read(one_tensor(size=(3, 2), stride=(1, 3), view=view))["weight"]
    assert weight.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert weight.flags.c_contiguous
    assert weight.flags.writeable


@pytest.mark.parametrize(("read", "view"), [(read_zip, b""), (read_legacy, pickle.NONE)])
def test_storage_offset_is_honoured(read, view):
    assert read(one_tensor(offset=2, size=(2, 2), stride=(2, 1), view=view))["weight"].tolist() == [
        [2, 3],
        [4, 5],
    ]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("FloatStorage", np.array([0.5, -2, 3], "<f4")),
        ("DoubleStorage", np.array([0.1, -2, 3], "<f8")),
        ("HalfStorage", np.array([0.5, -2, 3], "<f2")),
        ("LongStorage", np.array([2**40, -2, 3], "<i8")),
        ("IntStorage", np.array([2**20, -2, 3], "<i4")),
        ("ShortStorage", np.array([2**10, -2, 3], "<i2")),
        ("CharStorage", np.array([100, -2, 3], "i1")),
        ("ByteStorage", np.array([200, 2, 3], "u1")),
        ("UntypedStorage", np.array([200, 2, 3], "u1")),
        ("BoolStorage", np.array([True, False, True])),
    ],
)
def test_every_storage_type_keeps_values_and_dtype(kind, values):
    weight = read_zip(one_tensor(3, size=(3,), stride=(1,), kind=kind), values.tobytes())["weight"]
    assert weight.dtype == values.dtype
    assert np.array_equal(weight, values)


@pytest.mark.parametrize("size", [(3,), (3, 1), ()])
def test_bfloat16_becomes_float32(size):
    halves = (np.array([1.5, -3, 0.0078125], "<f4").view("<u4") >> 16).astype("<u2")
    body = one_tensor(3, size=size, stride=(1,) * len(size), kind="BFloat16Storage")
    weight = read_zip(body, halves.tobytes())["weight"]
    assert isinstance(weight, np.ndarray)
    assert weight.dtype == np.float32
    assert weight.shape == size
    assert weight.ravel().tolist() == [1.5, -3, 0.0078125][: weight.size]


def test_big_endian_archive_is_turned():
    weight = read_zip(one_tensor(), SIX.astype(">f4").tobytes(), byteorder="big")["weight"]
    assert weight.dtype.isnative
    assert weight.ravel().tolist() == [0, 1, 2, 3, 4, 5]


def test_tensors_may_share_a_storage():
    shared = storage("FloatStorage", "0", 6)
    body = table({"a": tensor(shared, 0, (6,), (1,)), "b": tensor(shared, 4, (2,), (1,))})
    weights = read_zip(body)
    weights["a"][:] = 9
    assert weights["b"].tolist() == [4, 5]


def test_legacy_storage_view_is_honoured():
    view = row(text("view"), number(3), number(2))
    body = one_tensor(size=(2,), stride=(1,), view=view)
    assert read_legacy(body)["weight"].tolist() == [3, 4]


def test_parameters_and_empty_tensors_are_read():
    empty = tensor(storage("FloatStorage", "0", 6), 0, (0, 4), (4, 1))
    parameter = call(glob("torch._utils", "_rebuild_parameter"), row(empty, pickle.NEWTRUE, ORDERED_DICT))
    assert read_zip(table({"weight": parameter}))["weight"].shape == (0, 4)


def test_ordered_dict_of_python_2_is_read():
    pair = row(text("weight"), tensor(storage("FloatStorage", "0", 6), 0, (6,), (1,)))
    pairs = pickle.EMPTY_LIST + pickle.MARK + pair + pickle.APPENDS
    body = call(glob("collections", "OrderedDict"), row(pairs))
    assert read_zip(body)["weight"].tolist() == [0, 1, 2, 3, 4, 5]


# Wrapped state dicts


@pytest.mark.parametrize("name", ["state_dict", "model"])
def test_wrapped_state_dict_is_unwrapped(name):
    body = table({"epoch": number(3), name: one_tensor(), "options": table({"lr": number(1)})})
    assert list(read_zip(body)) == ["weight"]


def test_two_state_dicts_are_two_networks_by_name():
    body = table({"epoch": number(3), "generator": one_tensor(), "models": table({"discriminator": one_tensor()})})
    networks = read_torch(zip_file(body, {"0": SIX.tobytes()})).networks
    assert {name: [weight.name for weight in weights] for name, weights in networks.items()} == {
        "generator": ["weight"],
        "models.discriminator": ["weight"],
    }


def test_one_state_dict_under_two_names_is_read_once():
    shared = one_tensor() + pickle.BINPUT + b"\x09"
    body = table({"a": shared, "b": pickle.BINGET + b"\x09"})
    assert len(read_torch(zip_file(body, {"0": SIX.tobytes()})).networks) == 1


def test_names_that_lead_to_a_network_are_shortened_and_stay_on_one_line():
    body = table({"a\n" + "x" * 500: table({"weights": one_tensor()})})
    (name,) = read_torch(zip_file(body, {"0": SIX.tobytes()})).networks
    assert name == "a?" + "x" * 58 + ".weights"


def test_networks_are_sought_eight_levels_deep():
    body = one_tensor()
    for _ in range(7):
        body = table({"d": body})
    assert [*read_torch(zip_file(body, {"0": SIX.tobytes()})).networks] == [".".join("d" * 7)]
    refuse("holds no tensors", zip_file(table({"d": body}), {"0": SIX.tobytes()}))


def test_more_dicts_than_a_checkpoint_has_are_refused():
    refuse("more than 10,000 dicts and lists", zip_file(pickle.EMPTY_LIST + b"(" + b"}" * 10_001 + b"e", {}))


@pytest.mark.parametrize("body", [number(3), ORDERED_DICT, table({"epoch": number(3)}), pickle.EMPTY_LIST])
def test_file_without_tensors_is_refused(body):
    refuse("holds no tensors", zip_file(body, {}))


# Tensors that reach too far


@pytest.mark.parametrize(
    ("reason", "options"),
    [
        ("beyond its storage", {"offset": 1}),
        ("beyond its storage", {"offset": 2**62}),
        ("beyond its storage", {"stride": (4, 1)}),
        ("beyond its storage", {"stride": (3, 2**61)}),
        ("beyond its storage", {"size": (2, 4)}),
        ("larger than the file", {"size": (2**40, 2**40), "stride": (0, 0)}),
        ("truncated", {"numel": 7}),
        ("larger than the file", {"numel": 2**60, "size": (2**60,), "stride": (1,)}),
        ("non-negative", {"offset": -1}),
        ("non-negative", {"size": (-2, -3)}),
        ("non-negative", {"stride": (-3, 1)}),
        ("do not match", {"size": (6,)}),
        ("at most 32", {"size": (1,) * 40, "stride": (1,) * 40}),
        ("damaged", {"size": (0, 2**62)}),
        ("view that reaches beyond", {"view": row(text("view"), number(4), number(3))}),
        ("non-negative", {"view": row(text("view"), number(-1), number(3))}),
    ],
    ids=str,
)
def test_tensor_beyond_its_storage_is_refused(reason, options):
    body = one_tensor(**options)
    refuse(reason, zip_file(body, {"0": SIX.tobytes()}))
    refuse(reason, legacy_file(body, {"0": (6, SIX.tobytes())}))


def test_storage_of_wider_numbers_than_it_holds_is_refused():
    body = one_tensor(kind="DoubleStorage")
    refuse("truncated", zip_file(body, {"0": SIX.tobytes()}))
    refuse("beyond its end", legacy_file(body, {"0": (6, SIX.tobytes())}))


def test_one_storage_with_two_types_is_refused():
    items = {kind: tensor(storage(kind, "0", 6), 0, (6,), (1,)) for kind in ("FloatStorage", "IntStorage")}
    refuse("two dtypes", zip_file(table(items), {"0": SIX.tobytes()}))


def test_storage_that_the_archive_lacks_is_refused():
    refuse("damaged", zip_file(one_tensor(), {"1": SIX.tobytes()}))


def test_tensor_with_a_negative_bit_is_refused():
    metadata = table({"neg": pickle.NEWTRUE}, start=pickle.EMPTY_DICT)
    body = table({"weight": tensor(storage("FloatStorage", "0", 6), 0, (6,), (1,), metadata)})
    refuse("negative bit", zip_file(body, {"0": SIX.tobytes()}))


def test_tensors_that_add_up_to_too_much_are_refused(monkeypatch):
    data = zip_file(
        table({f"w{i}": tensor(storage("FloatStorage", "0", 6), 0, (6,), (1,)) for i in range(200)}),
        {"0": SIX.tobytes()},
    )
    monkeypatch.setattr("copyart.formats.torch_reader.MAX_BYTES", 200 * 24 - 1)
    refuse("take more than", data)


# Damage


def read_or_refuse(data: bytes) -> None:
    with contextlib.suppress(StyleError):
        read_state_dict(data)


def mutated(data: bytes, generator: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(generator.randint(1, 6)):
        at = generator.randrange(len(result))
        match generator.randrange(4):
            case 0:
                result[at] = generator.randrange(256)
            case 1:
                result[at] ^= 1 << generator.randrange(8)
            case 2:
                del result[at : at + generator.randint(1, 8)]
            case _:
                result[at:at] = generator.randbytes(generator.randint(1, 8))
    return bytes(result)


SOUND = table(
    {
        "a": tensor(storage("FloatStorage", "0", 6), 1, (2, 2), (1, 2)),
        "b": tensor(storage("BFloat16Storage", "1", 4), 0, (), ()),
        "c": tensor(storage("BoolStorage", "2", 3), 0, (3,), (1,)),
    }
)
PARTS = {"0": (6, bytes(24)), "1": (4, bytes(8)), "2": (3, bytes(3))}


@pytest.mark.parametrize("seed", range(4))
def test_mutated_zip_gives_arrays_or_style_error(seed):
    generator = random.Random(seed)
    storages = {key: data for key, (_, data) in PARTS.items()}
    sound = zip_file(SOUND, storages)
    assert list(read_state_dict(sound)) == ["a", "b", "c"]
    for _ in range(100):
        read_or_refuse(mutated(sound, generator))
        # Under a right checksum, so that the damage reaches the pickle.
        read_or_refuse(zip_file(mutated(SOUND, generator), storages))


@pytest.mark.parametrize("seed", range(4))
def test_mutated_legacy_file_gives_arrays_or_style_error(seed):
    generator = random.Random(seed)
    sound = legacy_file(SOUND, PARTS)
    assert list(read_state_dict(sound)) == ["a", "b", "c"]
    for _ in range(200):
        read_or_refuse(mutated(sound, generator))


@pytest.mark.parametrize("name", ["discriminator_filters8", "generator_9blocks_filters8_legacy"])
def test_truncated_file_is_refused(name):
    data = (ORACLES / f"{name}.pth").read_bytes()
    for part in range(60):
        refuse("Received", data[: len(data) * part // 60])
    refuse("Received", data[:-1])
