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

from copyart.formats.torch_objects import ALLOWED_GLOBALS, CALLS, Global, Storage, checked_key, parse_storage
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


def _refused_opcode_error(opcode: bytes) -> RefusedError:
    name = next((known.name for known in pickletools.opcodes if known.code.encode("latin-1") == opcode), repr(opcode))
    return RefusedError(f"whose pickle uses {name} (refused, and not run)")


class _Interpreter:
    def __init__(self, stream: BinaryIO, storages: dict[str, Storage]):
        self.stream, self.storages = stream, storages
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> object:
        while (opcode := self.read_bytes(1)) != pickle.STOP:
            if opcode not in _OPCODES:
                raise _refused_opcode_error(opcode)
            _OPCODES[opcode](self)
        return self.stack.pop()

    def read_bytes(self, count: int) -> bytes:
        data = self.stream.read(count)
        if len(data) != count:
            raise RefusedError("which is truncated, or whose pickle is too large for a state dict")
        return data

    def read_unsigned(self, width: int) -> int:
        return int.from_bytes(self.read_bytes(width), "little")

    def pop_to_mark(self) -> list:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def top_of_stack(self, kind: type) -> Any:
        if type(self.stack[-1]) is not kind:
            raise RefusedError(f"whose pickle fills something that is not a {kind.__name__}")
        return self.stack[-1]

    def append(self, items: list) -> None:
        self.top_of_stack(list).extend(items)

    def memoise(self, index: int) -> None:
        self.memo[index] = self.stack[-1]

    def make_tuple(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError("the pickle's stack is empty")
        self.stack[-count:] = [tuple(self.stack[-count:])]

    def set_items(self, items: list) -> None:
        target = self.top_of_stack(dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            target[checked_key(key)] = value

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

    def push_global_from_text(self) -> None:
        module, name = (self.stream.readline().rstrip(b"\n").decode() for _ in range(2))
        self.push_global(module, name)

    def push_global_from_stack(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.push_global(module, name)

    def refuse_instance(self) -> None:
        self.push_global_from_text()
        raise _refused_opcode_error(pickle.INST)

    def push_storage(self) -> None:
        storage = parse_storage(self.stack.pop())
        if self.storages.setdefault(storage.key, storage).dtype != storage.dtype:
            raise RefusedError("which gives one storage two dtypes")
        self.stack.append(storage)

    def call_function(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        call = CALLS.get(function.name) if isinstance(function, Global) else None
        if call is None or type(arguments) is not tuple:
            raise RefusedError("whose pickle calls something that is not a function (refused, and not run)")
        self.stack.append(call(*arguments))

    def drop_state(self) -> None:
        # The attributes of a state dict are the versions of its modules, which we do not need.
        self.stack.pop()
        self.top_of_stack(dict)


def _push(read: Callable[[_Interpreter], object]) -> Callable[[_Interpreter], None]:
    return lambda machine: machine.stack.append(read(machine))


def _push_text(length_width: int) -> Callable[[_Interpreter], None]:
    return _push(lambda m: m.read_bytes(m.read_unsigned(length_width)).decode())


def _push_bytes(length_width: int) -> Callable[[_Interpreter], None]:
    return _push(lambda m: m.read_bytes(m.read_unsigned(length_width)))


_OPCODES: dict[bytes, Callable[[_Interpreter], object]] = {
    pickle.PROTO: lambda m: m.read_bytes(1),
    pickle.FRAME: lambda m: m.read_bytes(8),
    pickle.NONE: _push(lambda m: None),
    pickle.NEWTRUE: _push(lambda m: True),
    pickle.NEWFALSE: _push(lambda m: False),
    pickle.EMPTY_TUPLE: _push(lambda m: ()),
    pickle.EMPTY_LIST: _push(lambda m: []),
    pickle.EMPTY_DICT: _push(lambda m: {}),
    pickle.BININT1: _push(lambda m: m.read_unsigned(1)),
    pickle.BININT2: _push(lambda m: m.read_unsigned(2)),
    pickle.BININT: _push(lambda m: int.from_bytes(m.read_bytes(4), "little", signed=True)),
    pickle.LONG1: _push(lambda m: int.from_bytes(m.read_bytes(m.read_unsigned(1)), "little", signed=True)),
    pickle.BINFLOAT: _push(lambda m: struct.unpack(">d", m.read_bytes(8))[0]),
    pickle.SHORT_BINUNICODE: _push_text(1),
    pickle.BINUNICODE: _push_text(4),
    pickle.BINUNICODE8: _push_text(8),
    pickle.SHORT_BINSTRING: _push_text(1),
    pickle.BINSTRING: _push_text(4),
    pickle.SHORT_BINBYTES: _push_bytes(1),
    pickle.BINBYTES: _push_bytes(4),
    pickle.MARK: lambda m: m.marks.append(len(m.stack)),
    pickle.TUPLE: _push(lambda m: tuple(m.pop_to_mark())),
    pickle.TUPLE1: lambda m: m.make_tuple(1),
    pickle.TUPLE2: lambda m: m.make_tuple(2),
    pickle.TUPLE3: lambda m: m.make_tuple(3),
    pickle.BINPUT: lambda m: m.memoise(m.read_unsigned(1)),
    pickle.LONG_BINPUT: lambda m: m.memoise(m.read_unsigned(4)),
    pickle.MEMOIZE: lambda m: m.memoise(len(m.memo)),
    pickle.BINGET: _push(lambda m: m.memo[m.read_unsigned(1)]),
    pickle.LONG_BINGET: _push(lambda m: m.memo[m.read_unsigned(4)]),
    pickle.APPEND: lambda m: m.append([m.stack.pop()]),
    pickle.APPENDS: lambda m: m.append(m.pop_to_mark()),
    pickle.SETITEM: lambda m: m.set_item(),
    pickle.SETITEMS: lambda m: m.set_items(m.pop_to_mark()),
    pickle.GLOBAL: lambda m: m.push_global_from_text(),
    pickle.STACK_GLOBAL: lambda m: m.push_global_from_stack(),
    pickle.INST: lambda m: m.refuse_instance(),
    pickle.BINPERSID: lambda m: m.push_storage(),
    pickle.REDUCE: lambda m: m.call_function(),
    pickle.BUILD: lambda m: m.drop_state(),
}
