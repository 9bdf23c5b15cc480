"""Keep freed memory in the process, so that a training step does not fetch it from the system again."""

import ctypes
import sys
from typing import Any

import keras

#: Parameter of glibc's `mallopt` (malloc.h) → our value.
_PARAMETERS = {
    -1: 2**30,  # return memory to the system only if more than 1 GB is free
    -2: 2**28,  # grow the heap by 256 MB at a time
    -3: 2**25,  # keep blocks of up to 32 MB in the heap; glibc allows no more
    -8: 1,  # use one arena for all threads
}


def keep_freed_memory() -> bool:
    """Make glibc reuse freed memory instead of returning it to the system at once. Without glibc, do nothing.

    A step allocates and frees hundreds of feature maps. By default, each one is returned to the system, which clears
    its pages before it lends them again. This takes more than half of a step's processor time. Call this before the
    backend starts its threads, because a thread that has already allocated memory keeps its arena. Until the process
    ends, up to 1 GB of free memory stays allocated.

    Returns:
        Whether glibc accepted the values.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):  # musl
        return False
    return all(libc.mallopt(parameter, value) for parameter, value in _PARAMETERS.items())


class KeepFreedMemory(keras.callbacks.Callback):
    """Call `keep_freed_memory` at the start of each epoch.

    After a validation, glibc maps and unmaps blocks of a few megabytes at every step again, and stops doing so when the
    values are set anew. This was measured (docs/decisions/0025-freed-memory.md); the cause is not known.
    """

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Set glibc's values anew."""
        keep_freed_memory()
