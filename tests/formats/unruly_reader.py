"""A reader for the sandbox's tests that crashes, loops or answers as its file says."""

import os
from pathlib import Path

import numpy as np

from copyart.formats.weights_file import RefusedError, Weight, WeightsFile


def read(source):
    text = source if isinstance(source, bytes) else Path(source).read_bytes()
    if text == b"abort":
        os.abort()
    if text == b"loop":
        while True:
            pass
    if text == b"memory":
        return np.ones(5 << 30, np.uint8)
    if text == b"refuse":
        raise RefusedError("which is refused", "Give another.")
    if text == b"import":
        import copyart_has_no_such_module  # noqa: F401
    if text.startswith(b"write "):
        Path(text[6:].decode()).write_text("written")
    print("noise of a library")
    return WeightsFile(
        {"a": [Weight("x", np.arange(6.0).reshape(2, 3).T), Weight("x", np.array(True))], "b": []}, {"k": 1}
    )
