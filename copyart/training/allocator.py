"""Keep freed memory in the process, so that a training step does not fetch it from the system again."""

import ctypes
import sys

#: Parameters of glibc's `mallopt` (malloc.h), and our values: free bytes above which memory is returned, bytes by which
#: the heap grows, largest block that is not mapped by itself (32 MB is glibc's limit), and number of arenas.
_PARAMETERS = {-1: 2**30, -2: 2**28, -3: 2**25, -8: 1}


def keep_freed_memory() -> bool:
    """Make glibc reuse freed memory instead of returning it to the system at once. Elsewhere, do nothing.

    A step allocates and frees hundreds of feature maps. By default, the threads' arenas give each one back, and the
    kernel clears its pages again and again: more than half of a step's processor time. Call this before the backend
    starts its threads; threads that have allocated memory already keep their arena. For the rest of the process, up to
    1 GB of free memory stays allocated.

    Returns:
        Whether glibc accepted the values.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):  # musl
        return False
    return all(libc.mallopt(parameter, value) for parameter, value in _PARAMETERS.items())
