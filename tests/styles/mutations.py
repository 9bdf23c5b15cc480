"""Damaged and malicious packed styles, and a guard that records what opening one does."""

import contextlib
import io
import json
import struct
import sys
import warnings
import zipfile

import numpy as np
import safetensors.numpy

from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS
from copyart.styles.packed_file import MANIFEST, describe_files
from copyart.styles.stored_zip import read_zip, write_zip

#: Audit events that reading a file does not need.
FORBIDDEN = {
    "compile",
    "marshal.loads",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.system",
    "pickle.find_class",
    "shutil.unpack_archive",
    "socket.connect",
    "subprocess.Popen",
}
_ESCAPES = [
    "../evil.py",
    "/tmp/evil.py",
    "a/../../evil.py",
    "..\\evil.py",
    "C:\\evil.py",
    "con",
    "a/b/weights.safetensors",
]
_SEEN, _ARMED = [], []


def mutants(pack, count, seed=0):
    """Yield pairs of a name and the bytes of a mutant; each kind comes up again and again."""
    random = np.random.default_rng(seed)
    files = read_zip(pack, 10)
    kinds = [*_BYTES.items(), *_FILES.items()]
    for number in range(count):
        name, mutate = kinds[number % len(kinds)]
        yield f"{name} {number}", mutate(random, pack if name in _BYTES else dict(files))


@contextlib.contextmanager
def guarded():
    """Yield a list of what was done in the block that opening a style must not do."""
    if not _ARMED:
        sys.addaudithook(_watch)  # for the life of the process: there is no way to take it off
        _ARMED.append(False)
    _SEEN.clear()
    _ARMED[0] = True
    try:
        yield _SEEN
    finally:
        _ARMED[0] = False


def _watch(event, arguments):
    if not _ARMED[0]:
        return
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in FORBIDDEN:
        _SEEN.append((event, str(arguments)[:200]))


def _flipped(random, pack):
    data = bytearray(pack)
    for _ in range(random.integers(1, 4)):
        data[random.integers(len(data))] ^= 1 << random.integers(8)
    return bytes(data) if bytes(data) != pack else pack[:-1]


def _flipped_in_a_header(random, pack):
    """Damage the bytes around the names of the files, of which there are few among many of weights."""
    data = bytearray(pack)
    places = [place for place in range(len(data) - 4) if data[place : place + 2] == b"PK"]
    place = int(random.choice(places)) + int(random.integers(4, 30))
    place = min(place, len(data) - 1)
    data[place] = (data[place] + int(random.integers(1, 255))) % 256
    return bytes(data)


def _cut(random, pack):
    return pack[: random.integers(len(pack))]


def _without_a_piece(random, pack):
    start = int(random.integers(len(pack) - 100))
    return pack[:start] + pack[start + int(random.integers(1, 100)) :]


def _with_more(random, pack):
    place = int(random.choice([0, len(pack), random.integers(len(pack))]))
    return pack[:place] + random.bytes(random.integers(1, 64)) + pack[place:]


def _noise(random, pack):
    return b"PK\3\4" + random.bytes(random.integers(0, 4096))


def _lying_size(random, pack):
    size = struct.pack("<I", int(random.choice([0, 1, 2**31, 2**32 - 1])))
    return pack[:18] + size + (pack[22:26] if random.integers(2) else size) + pack[26:]


def _repacked(random, pack, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in read_zip(pack, 10).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _bomb(random, pack):
    buffer = io.BytesIO(_repacked(random, pack))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.safetensors", bytes(1 << 22))
    return buffer.getvalue()


def _link(random, pack):
    buffer = io.BytesIO(pack)
    with zipfile.ZipFile(buffer, "a") as archive:
        entry = zipfile.ZipInfo("preview.jpg" if random.integers(2) else "link")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that comes twice
            archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def _twice(random, pack):
    """Say everything twice: the second time with other content."""
    files = read_zip(pack, 10)
    name = str(random.choice(list(files)))
    one, other = write_zip({name: files[name]}), write_zip({name: files[name][::-1]})
    return pack[: pack.index(b"PK\1\2")] + one[: one.index(b"PK\1\2")] + other


def _named(random, files):
    files[str(random.choice(_ESCAPES))] = b"print('run')"
    return sealed(files)


def _renamed(random, files):
    old = str(random.choice([name for name in files if name != PREVIEW]))
    return write_zip({str(random.choice(_ESCAPES)) if name == old else name: files[name] for name in files})


def _missing(random, files):
    del files[str(random.choice([name for name in files if name != PREVIEW]))]
    return sealed(files) if random.integers(2) and MANIFEST in files else write_zip(files)


def _manifest(random, files):
    manifest = json.loads(files[MANIFEST])
    name = str(random.choice(list(manifest["files"])))
    spoilt = [
        {**manifest, "format": 2},
        {**manifest, "files": list(manifest["files"])},
        {**manifest, "files": {**manifest["files"], name: None}},
        {**manifest, "files": {**manifest["files"], "more.py": {"bytes": 1, "sha256": "0"}}},
        {**manifest, "files": {**manifest["files"], name: {**manifest["files"][name], "sha256": "0" * 64}}},
        {},
        [manifest],
        7,
    ]
    files[MANIFEST] = json.dumps(spoilt[random.integers(len(spoilt))]).encode()
    return write_zip(files)


def _swapped(random, files):
    """Put another file's content under a name, and leave the manifest as it is."""
    names = [name for name in files if name != MANIFEST]
    one, other = (str(name) for name in random.choice(names, 2, replace=False))
    files[one], files[other] = files[other], files[one]
    return write_zip(files)


def _config(random, files):
    config = json.loads(files[CONFIG])
    own = config["generator"]
    generators = [
        None,
        [],
        "light",
        {},
        {"kind": "keras", "config": {"module": "os", "class_name": "system", "config": {"command": "touch evil"}}},
        {"kind": "keras", "config": _LAMBDA},
        {**own, "kind": "unet"},
        {**own, "filters": 10**9},
        {**own, "filters": -1},
        {**own, "filters": "4"},
        {**own, "blocks": 10**12},
        {**own, "blocks": 0.5},
        {**own, "blocks": own["blocks"] + 1},
        {name: value for name, value in own.items() if name != "kind"},
        {**own, "upsampling": ["transpose"]} if own["kind"] == "resnet" else {**own, "blocks": None},
    ]
    wrong = [
        b"",
        b"[]",
        b"[" * 60_000,
        b"\xff\xfe",
        b'{"format": 1',
        b"NaN",
        json.dumps({**config, "format": 9}).encode(),
    ]
    wrong += [json.dumps({**config, "generator": generator}).encode() for generator in generators]
    files[CONFIG] = wrong[random.integers(len(wrong))]
    return sealed(files)


def _metadata(random, files):
    files[METADATA] = [b"", b"[]", b'"x"', b"{" * 60_000, b"\0", b'{"name": "x"'][random.integers(6)]
    return sealed(files)


def _weights(random, files):
    arrays = safetensors.numpy.load(files[WEIGHTS])
    name = str(random.choice(list(arrays)))
    array = arrays.pop(name)
    spoilt = [
        lambda: safetensors.numpy.save(arrays),
        lambda: safetensors.numpy.save({**arrays, f"{name}_2": array}),
        lambda: safetensors.numpy.save({**arrays, name: array, "more/kernel": array}),
        lambda: safetensors.numpy.save({**arrays, name: np.append(array.ravel(), array.ravel()[:1])}),
        lambda: safetensors.numpy.save({**arrays, name: np.full_like(array, np.nan)}),
        lambda: safetensors.numpy.save({**arrays, name: np.full_like(array, np.inf)}),
        lambda: files[WEIGHTS][: random.integers(len(files[WEIGHTS]))],
        lambda: struct.pack("<Q", 2**62) + files[WEIGHTS][8:],
        lambda: struct.pack("<Q", 2**27) + files[WEIGHTS][8:],
        lambda: files[WEIGHTS].replace(b'"F32"', b'"BF8"').replace(b'"F16"', b'"C64"'),
        lambda: files[WEIGHTS].replace(b"[0,", b"[9,", 1),
        lambda: b"\x80\x04\x8c\x05posix\x8c\x06system\x93.",
    ]
    files[WEIGHTS] = spoilt[random.integers(len(spoilt))]()
    return sealed(files)


def sealed(files):
    """Pack files with a manifest that fits them, as a stranger can who knows how."""
    rest = {name: content for name, content in files.items() if name != MANIFEST}
    manifest = {"copyart": "style", "format": 1, "files": describe_files(rest)}
    return write_zip({MANIFEST: json.dumps(manifest).encode(), **rest})


_LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {
        "function": {"class_name": "__lambda__", "config": {"code": "4wAAAAAAAAAAAAAAAAAAAAAAAAAA", "defaults": None}}
    },
    "registered_name": None,
}
_BYTES = {
    "flipped": _flipped,
    "flipped in a header": _flipped_in_a_header,
    "cut": _cut,
    "without a piece": _without_a_piece,
    "with more": _with_more,
    "noise": _noise,
    "lying size": _lying_size,
    "packed by another program": _repacked,
    "bomb": _bomb,
    "link": _link,
    "twice": _twice,
}
_FILES = {
    "escaping name": _named,
    "renamed": _renamed,
    "missing": _missing,
    "manifest": _manifest,
    "swapped": _swapped,
    "config": _config,
    "metadata": _metadata,
    "weights": _weights,
}
