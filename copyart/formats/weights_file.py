"""`WeightsFile`, which every reader of foreign files returns, and `RefusedError`, which readers raise."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

_CONTROL_CHARACTERS = dict.fromkeys((*range(32), 127), "?")


class Weight(NamedTuple):
    """One array and its name: a key of a PyTorch state dict, or the role of a Keras weight (`kernel`, `gamma`, …)."""

    name: str
    array: np.ndarray


@dataclass(frozen=True)
class WeightsFile:
    """The networks of a file, as plain arrays.

    Args:
        networks: The weights of each network by name, in the file's order. The name is `""` if the file holds one
            unnamed network.
        config: Keras' JSON description of the network, if the file has one. Defaults to None.
    """

    networks: dict[str, list[Weight]]
    config: dict | None = None


class RefusedError(Exception):
    """Raised when a file is refused. The reason completes the sentence "Received: FILE, …".

    Args:
        reason: Why the file is refused.
        remedy: What the user can do. Defaults to `""`: the usual remedy for the file's format.
    """

    def __init__(self, reason: str, remedy: str = ""):
        super().__init__(reason)
        self.remedy = remedy


def printable(text: object) -> str:
    """Return text from a file as ASCII on one line, at most 200 characters, safe to show in a message."""
    return str(text)[:200].encode("ascii", "backslashreplace").decode().translate(_CONTROL_CHARACTERS)
