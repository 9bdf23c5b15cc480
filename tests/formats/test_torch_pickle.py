import builtins
import pickle
from pathlib import Path

import pytest

from copyart.errors import StyleError
from copyart.formats import torch_files

from .pth_files import (
    ORDERED_DICT,
    call,
    glob,
    legacy_file,
    number,
    numbers,
    pickled,
    read_state_dict,
    refuse,
    row,
    table,
    text,
    zip_file,
)

pytestmark = pytest.mark.usefixtures("quick")


class Canary:
    """A shell command that leaves a file behind, in every way a pickle can run it."""

    def __init__(self, folder: Path):
        self.path = folder / "canary"
        self.command = text(f"echo sang > {self.path}")


@pytest.fixture
def canary(tmp_path):
    return Canary(tmp_path)


def hostile(canary: Canary) -> dict[str, tuple[str, bytes]]:
    system, arguments = glob("os", "system"), row(canary.command)
    code = text(f"open({str(canary.path)!r}, 'w').close()")
    empty = pickle.EMPTY_TUPLE
    ordered = glob("collections", "OrderedDict")
    rebuild = glob("torch._utils", "_rebuild_tensor_v2")
    state = table({"__init__": number(1)}, start=pickle.EMPTY_DICT)
    return {
        "reduce": ("os.system", call(system, arguments)),
        "posix": ("posix.system", call(glob("posix", "system"), arguments)),
        "eval": ("builtins.eval", call(glob("builtins", "eval"), row(code))),
        "python 2 eval": ("__builtin__.eval", call(glob("__builtin__", "eval"), row(code))),
        "nested": ("OrderedDict.__reduce_ex__", glob("collections", "OrderedDict.__reduce_ex__")),
        "nested module": ("collections._sys", glob("collections", "_sys.modules")),
        "torch nested": ("torch.os.system", call(glob("torch", "os.system"), arguments)),
        "torch load": ("torch.load", call(glob("torch", "load"), arguments)),
        "stack global": ("os.system", call(text("os") + text("system") + pickle.STACK_GLOBAL, arguments)),
        "stack global of numbers": ("a global", number(1) + number(2) + pickle.STACK_GLOBAL),
        "inst": ("os.system", pickle.MARK + canary.command + pickle.INST + b"os\nsystem\n"),
        "inst allowed": ("INST", pickle.MARK + pickle.INST + b"collections\nOrderedDict\n"),
        "obj": ("os.system", pickle.MARK + system + canary.command + pickle.OBJ),
        "obj allowed": ("OBJ", pickle.MARK + ordered + pickle.OBJ),
        "newobj": ("subprocess.Popen", glob("subprocess", "Popen") + arguments + pickle.NEWOBJ),
        "newobj allowed": ("NEWOBJ", ordered + empty + pickle.NEWOBJ),
        "newobj_ex": ("os.system", system + arguments + pickle.EMPTY_DICT + pickle.NEWOBJ_EX),
        "newobj_ex allowed": ("NEWOBJ_EX", ordered + empty + pickle.EMPTY_DICT + pickle.NEWOBJ_EX),
        "build on a class": ("not a dict", ordered + state + pickle.BUILD),
        "build on a function": ("not a dict", rebuild + row(pickle.NONE, state) + pickle.BUILD),
        "call a storage type": ("not a function", call(glob("torch", "FloatStorage"), numbers(9))),
        "call text": ("not a function", call(text("os.system"), arguments)),
        "extension": ("EXT1", pickle.EXT1 + b"\x01"),
        "text persistent id": ("PERSID", pickle.PERSID + b"os\n"),
        "persistent module": ("not a tensor's storage", row(text("module"), ordered, text("a"), text("b"))),
        "out of band": ("NEXT_BUFFER", pickle.NEXT_BUFFER),
        "unknown opcode": ("refused", b"\xff"),
    }


CASES = list(hostile(Canary(Path())))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("wrap", ["whole", "value", "legacy"])
def test_hostile_pickle_is_refused_and_not_run(case, wrap, canary):
    reason, body = hostile(canary)[case]
    if case == "persistent module":
        body += pickle.BINPERSID
    if wrap == "value":
        body = table({"weight": body})
    refuse(reason, legacy_file(body, {}) if wrap == "legacy" else zip_file(body, {}))
    assert not canary.path.exists()


def test_canary_sings_where_a_pickle_is_trusted(canary):
    pickle.loads(pickled(hostile(canary)["reduce"][1]))
    assert canary.path.exists()


@pytest.mark.parametrize("place", [0, 1, 2, 4])
def test_every_pickle_of_the_legacy_format_is_restricted(place, canary):
    parts = [pickle.dumps(head, 2) for head in (torch_files._LEGACY_MAGIC, 1001, {})]
    parts += [pickled(ORDERED_DICT), pickle.dumps([], 2)]
    parts[place] = pickled(call(glob("os", "system"), row(canary.command)))
    refuse("os.system", b"".join(parts))
    assert not canary.path.exists()


def test_whole_module_is_refused_with_the_remedy():
    network = glob("torch.nn.modules.container", "Sequential") + pickle.EMPTY_TUPLE + pickle.NEWOBJ
    refuse(r"container.Sequential .*only a state dict.*state_dict\(\)", zip_file(network, {}))


def test_reader_leaves_builtins_alone(canary):
    before = dict(vars(builtins))
    for _, body in hostile(canary).values():
        with pytest.raises(StyleError):
            read_state_dict(zip_file(body, {}))
    assert dict(vars(builtins)) == before


@pytest.mark.parametrize(
    "body",
    [
        # Tuples of tuples, 2**200 leaves to hash: as a key, and as the name of a storage.
        pickle.EMPTY_DICT
        + number(0)
        + (pickle.BINPUT + b"\0" + pickle.BINGET + b"\0" + pickle.TUPLE2) * 200
        + number(1)
        + pickle.SETITEM,
        number(0) + (pickle.BINPUT + b"\0" + pickle.BINGET + b"\0" + pickle.TUPLE2) * 200 + pickle.BINPERSID,
        # The standard unpickler would make room for two thousand million entries.
        number(1) + pickle.LONG_BINPUT + b"\xff\xff\xff\x7f",
        pickle.BINUNICODE + b"\xff\xff\xff\xff",
        pickle.BINUNICODE8 + b"\xff" * 8,
        pickle.EMPTY_LIST + b"".join([pickle.EMPTY_LIST] * 50_000) + pickle.APPEND * 50_000,
        pickle.EMPTY_DICT + text("a") * 3 + pickle.MARK + pickle.SETITEMS,
        pickle.TUPLE3,
        pickle.SETITEM,
        pickle.BINGET + b"\x07",
        b"",
    ],
    ids=range(11),
)
def test_pickle_that_would_eat_time_or_memory_is_refused(body):
    refuse("Received", zip_file(body, {}))
    refuse("Received", legacy_file(body, {}))


def test_legacy_keys_that_take_for_ever_to_hash_are_refused():
    doubled = (pickle.BINPUT + b"\0" + pickle.BINGET + b"\0" + pickle.TUPLE2) * 200
    heads = b"".join(pickle.dumps(head, 2) for head in (torch_files._LEGACY_MAGIC, 1001, {}))
    keys = pickled(pickle.EMPTY_LIST + number(0) + doubled + pickle.APPEND)
    refuse("by name", heads + pickled(ORDERED_DICT) + keys)
