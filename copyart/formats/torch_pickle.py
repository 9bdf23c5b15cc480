"""Read the pickle inside a PyTorch weights file without running code from it.

This reader interprets the opcodes that a state dict needs, and refuses all others. Python's `pickle.Unpickler` with a
restricted `find_class` is not safe enough: a few bytes can still fill the memory (LONG_BINPUT with a huge index), make
hashing a nested tuple endless, or set attributes on the functions that `find_class` returned (BUILD). Here a global is
only a name, and a tensor only describes where its numbers are.

Reference: the opcodes as the standard library's `pickletools` documents them.
"""

import pickle
import pickletools
import struct
from collections.abc import Callable
from typing import Any, BinaryIO

from copyart.formats.torch_objects import ALLOWED_GLOBALS, CALLS, Global, Storage, key_of, storage_of
from copyart.formats.weights_file import RefusedError, printable


def load_pickle(stream: BinaryIO, storages: dict[str, Storage] | None = None) -> object:
    """Read one pickle, and leave the stream at the byte after it.

    Args:
        stream: A binary stream in memory. Its length limits how much the pickle can build.
        storages: Dictionary to fill with the storages that the pickle refers to, by key. Defaults to None.

    Returns:
        Numbers, text, lists, tuples and dicts; tensors as `Tensor`.

    Raises:
        RefusedError: if the pickle asks for a global or an opcode that no state dict needs.
    """
    return _Interpreter(stream, {} if storages is None else storages).run()


def _refused_opcode(opcode: bytes) -> RefusedError:
    name = next((known.name for known in pickletools.opcodes if known.code.encode("latin-1") == opcode), repr(opcode))
    return RefusedError(f"whose pickle uses {name} (refused, and not run)")


class _Interpreter:
    def __init__(self, stream: BinaryIO, storages: dict[str, Storage]):
        self.stream, self.storages = stream, storages
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> object:
        while (opcode := self.take(1)) != pickle.STOP:
            if opcode not in _OPCODES:
                raise _refused_opcode(opcode)
            _OPCODES[opcode](self)
        return self.stack.pop()

    def take(self, count: int) -> bytes:
        data = self.stream.read(count)
        if len(data) != count:
            raise RefusedError("which is truncated, or whose pickle is too large for a state dict")
        return data

    def unsigned(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def since_mark(self) -> list:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def top(self, kind: type) -> Any:
        if type(self.stack[-1]) is not kind:
            raise RefusedError(f"whose pickle fills something that is not a {kind.__name__}")
        return self.stack[-1]

    def append(self, items: list) -> None:
        self.top(list).extend(items)

    def put(self, index: int) -> None:
        self.memo[index] = self.stack[-1]

    def tuple_of(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError("the pickle's stack is empty")
        self.stack[-count:] = [tuple(self.stack[-count:])]

    def set_items(self, items: list) -> None:
        target = self.top(dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[key_of(key)] = value

    def set_item(self) -> None:
        items = self.stack[-2:]
        del self.stack[-2:]
        self.set_items(items)

    def push_global(self, module: object, name: object) -> None:
        if type(module) is not str or type(name) is not str or (module, name) not in ALLOWED_GLOBALS:
            wanted = f"{printable(module)}.{printable(name)}" if type(module) is type(name) is str else "a global"
            raise RefusedError(
                f"which asks for {wanted} (refused, and not run; only a state dict can be read, not a whole pickled "
                "module)"
            )
        self.stack.append(Global(module, name))

    def text_global(self) -> None:
        module, name = (self.stream.readline().rstrip(b"\n").decode() for _ in range(2))
        self.push_global(module, name)

    def stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.push_global(module, name)

    def instance(self) -> None:
        self.text_global()
        raise _refused_opcode(pickle.INST)

    def persistent(self) -> None:
        storage = storage_of(self.stack.pop())
        if self.storages.setdefault(storage.key, storage).dtype != storage.dtype:
            raise RefusedError("which gives one storage two dtypes")
        self.stack.append(storage)

    def reduce(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        call = CALLS.get(function.name) if isinstance(function, Global) else None
        if call is None or type(arguments) is not tuple:
            raise RefusedError("whose pickle calls something that is not a function (refused, and not run)")
        self.stack.append(call(*arguments))

    def build(self) -> None:
        # The attributes of a state dict are the versions of its modules, which we do not need.
        self.stack.pop()
        self.top(dict)


def _pushing(read: Callable[[_Interpreter], object]) -> Callable[[_Interpreter], None]:
    return lambda machine: machine.stack.append(read(machine))


def _pushing_text(width: int) -> Callable[[_Interpreter], None]:
    return _pushing(lambda m: m.take(m.unsigned(width)).decode())


def _pushing_bytes(width: int) -> Callable[[_Interpreter], None]:
    return _pushing(lambda m: m.take(m.unsigned(width)))


_OPCODES: dict[bytes, Callable[[_Interpreter], object]] = {
    pickle.PROTO: lambda m: m.take(1),
    pickle.FRAME: lambda m: m.take(8),
    pickle.NONE: _pushing(lambda m: None),
    pickle.NEWTRUE: _pushing(lambda m: True),
    pickle.NEWFALSE: _pushing(lambda m: False),
    pickle.EMPTY_TUPLE: _pushing(lambda m: ()),
    pickle.EMPTY_LIST: _pushing(lambda m: []),
    pickle.EMPTY_DICT: _pushing(lambda m: {}),
    pickle.BININT1: _pushing(lambda m: m.unsigned(1)),
    pickle.BININT2: _pushing(lambda m: m.unsigned(2)),
    pickle.BININT: _pushing(lambda m: int.from_bytes(m.take(4), "little", signed=True)),
    pickle.LONG1: _pushing(lambda m: int.from_bytes(m.take(m.unsigned(1)), "little", signed=True)),
    pickle.BINFLOAT: _pushing(lambda m: struct.unpack(">d", m.take(8))[0]),
    pickle.SHORT_BINUNICODE: _pushing_text(1),
    pickle.BINUNICODE: _pushing_text(4),
    pickle.BINUNICODE8: _pushing_text(8),
    pickle.SHORT_BINSTRING: _pushing_text(1),
    pickle.BINSTRING: _pushing_text(4),
    pickle.SHORT_BINBYTES: _pushing_bytes(1),
    pickle.BINBYTES: _pushing_bytes(4),
    pickle.MARK: lambda m: m.marks.append(len(m.stack)),
    pickle.TUPLE: _pushing(lambda m: tuple(m.since_mark())),
    pickle.TUPLE1: lambda m: m.tuple_of(1),
    pickle.TUPLE2: lambda m: m.tuple_of(2),
    pickle.TUPLE3: lambda m: m.tuple_of(3),
    pickle.BINPUT: lambda m: m.put(m.unsigned(1)),
    pickle.LONG_BINPUT: lambda m: m.put(m.unsigned(4)),
    pickle.MEMOIZE: lambda m: m.put(len(m.memo)),
    pickle.BINGET: _pushing(lambda m: m.memo[m.unsigned(1)]),
    pickle.LONG_BINGET: _pushing(lambda m: m.memo[m.unsigned(4)]),
    pickle.APPEND: lambda m: m.append([m.stack.pop()]),
    pickle.APPENDS: lambda m: m.append(m.since_mark()),
    pickle.SETITEM: lambda m: m.set_item(),
    pickle.SETITEMS: lambda m: m.set_items(m.since_mark()),
    pickle.GLOBAL: lambda m: m.text_global(),
    pickle.STACK_GLOBAL: lambda m: m.stack_global(),
    pickle.INST: lambda m: m.instance(),
    pickle.BINPERSID: lambda m: m.persistent(),
    pickle.REDUCE: lambda m: m.reduce(),
    pickle.BUILD: lambda m: m.build(),
}
