"""Damaged and malicious weight files, generated with a fixed seed."""

import io
import pickle
import struct
import sys
import zipfile
from contextlib import contextmanager

import h5py
import numpy as np

from .pth_files import ORDERED_DICT, call, glob, legacy_file, numbers, one_tensor, pickled, row, table, text, zip_file

#: What no reader has reason to do: events of `sys.addaudithook`.
FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "socket.connect", "os.remove")
_WRITING = set("wax+")


def mutants(data, count, seed=0):
    """Yield `count` damaged versions of a file."""
    random = np.random.default_rng(seed)
    ways = (flipped, cut, zeroed, doubled, swapped, filled)
    for number in range(count):
        mutant = ways[number % len(ways)](data, random)
        yield mutant if mutant != data else data[:-1]


def flipped(data, random):
    """Change up to eight bytes, most of them near either end, where files keep what they say of themselves."""
    mutant = bytearray(data)
    for _ in range(random.integers(1, 9)):
        place = int(random.integers(len(data)) ** random.choice([1, 0.7]))
        mutant[place if random.random() < 0.5 else len(data) - 1 - place] ^= int(random.integers(1, 256))
    return bytes(mutant)


def cut(data, random):
    return data[: random.integers(len(data))]


def zeroed(data, random):
    start, length = random.integers(len(data)), random.integers(1, 4096)
    return data[:start] + bytes(min(length, len(data) - start)) + data[start + length :]


def doubled(data, random):
    start, length = random.integers(len(data)), random.integers(1, 1024)
    return data[: start + length] + data[start:]


def swapped(data, random):
    first, second = sorted(random.integers(len(data) - 64, size=2))
    return (
        data[:first] + data[second : second + 64] + data[first + 64 : second] + data[first:][:64] + data[second + 64 :]
    )


def filled(data, random):
    """Write a large number over eight bytes: a length, a count or an address."""
    place = random.integers(len(data) - 8)
    return data[:place] + random.choice([b"\xff" * 8, b"\xff" * 7 + b"\x7f", b"\0\0\0\x80\0\0\0\0"]) + data[place + 8 :]


def hostile_pth(target):
    """Return files by what they try; whoever runs them creates `target`."""
    run = f"touch {target}"
    calls = {
        f"{module}.{name}": call(glob(module, name), row(text(argument)))
        for module, name, argument in [
            ("os", "system", run),
            ("posix", "system", run),
            ("subprocess", "check_output", run),
            ("builtins", "eval", f"open({str(target)!r}, 'w')"),
            ("builtins", "exec", f"open({str(target)!r}, 'w')"),
            ("torch", "load", str(target)),
            ("torch._utils", "_rebuild_tensor_v3", "x"),
            ("copyart.export.torch_writer", "torch_file", "x"),
        ]
    }
    bodies = {**calls, **{f"state dict with {name}": table({"weight": body}) for name, body in calls.items()}}
    whole = call(glob("__main__", "Generator"), pickle.EMPTY_TUPLE) + table({}) + pickle.BUILD
    bodies |= {
        "whole module": whole,
        "build on a global": ORDERED_DICT + glob("torch", "FloatStorage") + table({"x": text("y")}) + pickle.BUILD,
        "object by its class": glob("os", "system") + row(text(run)) + b"\x81",
        "instance": pickle.MARK + text(run) + b"ios\nsystem\n",
        "extension": b"\x82\x01",
        "huge memo": pickle.NONE + b"r\xff\xff\xff\xff",
        "huge text": b"X\xff\xff\xff\xff",
        "huge bytes": b"\x8e" + b"\xff" * 7 + b"\x7f",
        "text number": b"I" + b"9" * 100_000 + b"\n",
        "deep list": b"]" * 20_000,
        "deep tuple": b")" + b"\x85" * 20_000,
        "doubling": b"]" + b"(" + b"".join(b"2" * 30 for _ in range(100)) + b"t",
        "huge tensor": one_tensor(numel=2**40, size=(2**20, 2**20), stride=(2**20, 1)),
        "stretched tensor": one_tensor(size=(2**31, 2**31), stride=(0, 0)),
        "negative sizes": one_tensor(size=(-1, 6), stride=(1, 1)),
        "sizes without end": table({"weight": numbers(*range(50))}),
    }
    files = {}
    for name, body in bodies.items():
        files[f"{name}, zip"] = zip_file(body, {"0": bytes(24)})
        files[f"{name}, legacy"] = legacy_file(body, {"0": (6, bytes(24))})
        files[f"{name}, bare"] = pickled(body)
    return files | _hostile_zips(target)


def _hostile_zips(target):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickled(one_tensor(2**24, size=(2**24,), stride=(1,))))
        archive.writestr("archive/data/0", bytes(2**26))
    paths = io.BytesIO()
    with zipfile.ZipFile(paths, "w") as archive:
        archive.writestr("../../data.pkl", pickled(one_tensor()))
        archive.writestr("../../data/0", bytes(24))
        archive.writestr(str(target), b"written")
        archive.writestr("archive/data.pkl", pickled(call(glob("os", "system"), row(text(f"touch {target}")))))
    outside = zip_file(table({"weight": b""}), {"../../../../etc/passwd": b"root"})
    many = {"many entries": many_entries(), "many entries, 64 bits": many_entries_64()}
    return many | {"zip bomb": bomb.getvalue(), "paths upwards": paths.getvalue(), "storage upwards": outside}


def many_entries(count=30_000):
    """Return a zip archive of empty files, which Python's reader lists one by one before it gives the first."""
    directory = (b"PK\1\2" + bytes(24) + b"\1" + bytes(17) + b"x") * count
    return b"PK\3\4" + bytes(26) + directory + _zip_end(len(directory), 30)


def many_entries_64():
    """Return the same, its length where only large archives have it."""
    plain = many_entries()
    length = len(plain) - 22 - 30
    record = b"PK\6\6" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, 30_000, 30_000, length, 30)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, len(plain) - 22, 1)
    return plain[:-22] + record + locator + _zip_end(0xFFFFFFFF, 0xFFFFFFFF)


def _zip_end(length, start):
    return b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, length, start, 0)


def hostile_h5(folder):
    """Return files by what they try; they point at a file of secrets in `folder`."""
    with h5py.File(folder / "secret.h5", "w") as secret:
        secret["kernel:0"] = np.zeros((7, 7, 3, 3), "f4")
    (folder / "secret.bin").write_bytes(bytes(7 * 7 * 3 * 3 * 4))

    def linked(layer):
        layer["kernel:0"] = h5py.ExternalLink(str(folder / "secret.h5"), "/kernel:0")

    def soft(layer):
        layer["kernel:0"] = h5py.SoftLink("/elsewhere")

    def external(layer):
        storage = [(str(folder / "secret.bin"), 0, h5py.h5f.UNLIMITED)]
        layer.create_dataset("kernel:0", (7, 7, 3, 3), "f4", external=storage)

    def virtual(layer):
        layout = h5py.VirtualLayout((7, 7, 3, 3), "f4")
        layout[...] = h5py.VirtualSource(str(folder / "secret.h5"), "kernel:0", (7, 7, 3, 3))
        layer.create_virtual_dataset("kernel:0", layout)

    def squeezed(layer):
        layer.create_dataset("kernel:0", (7, 7, 3, 2**18), "f4", compression="gzip", data=None)

    def claimed(layer):
        layer.create_dataset("kernel:0", (2**33, 2**31), "f4")

    def texts(layer):
        layer["kernel:0"] = np.array([b"x"] * 9)

    def group(layer):
        layer.create_group("kernel:0")

    makers = (linked, soft, external, virtual, squeezed, claimed, texts, group)
    files = {maker.__name__: _h5([b"stem"], [b"kernel:0"], maker) for maker in makers}
    files["names upwards"] = _h5([b"../../etc"], [b"kernel:0"], group)
    files["absolute weights"] = _h5([b"stem"], [b"/stem/kernel:0"], group)
    files["many names"] = _h5([b"stem"] * 6000, [], group)
    files["one long name"] = _h5(np.array(["x" * 50_000] * 4, object), [], group)
    files["long names"] = _h5([b"x" * 60_000], [], group)
    files["number for a name"] = _h5(np.arange(3), [], group)
    return files


def _h5(layers, weights, make):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", track_order=True) as root:
        root.attrs.create("layer_names", layers, dtype=h5py.string_dtype() if len(layers) == 4 else None)
        root.create_group("stem").attrs["weight_names"] = weights
        make(root["stem"])
    return buffer.getvalue()


_watched = []


def _audit(event, arguments):
    if not _watched:
        return
    starts = event in ("subprocess.Popen", "os.posix_spawn")  # from Python 3.13 on, both
    if starts and "from copyart.formats.sandbox import main" in str(arguments[1]):
        return  # the reader's own
    writes = event == "open" and isinstance(arguments[1], str) and _WRITING & set(arguments[1])
    if writes or event.startswith(FORBIDDEN):
        _watched[-1].append(f"{event} {arguments!r}"[:200])


@contextmanager
def watched():
    """Yield a list that fills with what is run, written or asked of the network meanwhile."""
    if _audit not in getattr(watched, "hooks", []):
        sys.addaudithook(_audit)
        watched.hooks = [_audit]
    seen = []
    _watched.append(seen)
    try:
        yield seen
    finally:
        _watched.remove(seen)
