"""What every reader of a foreign file returns, and the error with which it refuses one."""

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
        networks: The weights of each network, in the file's order, by the network's name. The name is `""` where the
            file holds one network and does not name it.
        config: The JSON with which Keras describes the network, where the file has one. Defaults to None.
    """

    networks: dict[str, list[Weight]]
    config: dict | None = None


class RefusedError(Exception):
    """The reason why a file is not read, worded as the end of "Received: FILE, …".

    Args:
        reason: Why.
        remedy: What to do about it. Defaults to `""`: what the file's format advises.
    """

    def __init__(self, reason: str, remedy: str = ""):
        super().__init__(reason)
        self.remedy = remedy


def printable(text: object) -> str:
    """Return text from a file as ASCII on one line, at most 200 characters, safe to show in a message."""
    return str(text)[:200].encode("ascii", "backslashreplace").decode().translate(_CONTROL_CHARACTERS)
