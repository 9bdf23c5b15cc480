"""What an export says about itself."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExportReport:
    """An export that was compared with the model it came from.

    Args:
        path: Where it lies.
        card: Where its card lies, which says the same and more, in JSON.
        runtime: What ran it to compare it, and its version.
        size: Of all its files but a card that lies beside it, in bytes.
        pictures: How many pictures it was compared on.
        max_difference: Largest difference of a painted value, in [-1, 1], from the model's own.
        mean_difference: Mean difference of the painted values from the model's own.
        max_painting_difference: Largest difference of the encoded paintings, where 1 is that of black and white;
            1/255 is one level of a picture file.
        mean_painting_difference: Mean difference of the encoded paintings, likewise.
    """

    path: Path
    card: Path
    runtime: str
    size: int
    pictures: int
    max_difference: float
    mean_difference: float
    max_painting_difference: float
    mean_painting_difference: float


@dataclass(frozen=True)
class TorchReport:
    """A PyTorch file that was read back and holds the very numbers of its model.

    Args:
        path: Where it lies.
        card: Where its card lies, beside it.
        size: In bytes.
        tensors: How many it holds.
        architecture: Of the network that loads it, in words.
    """

    path: Path
    card: Path
    size: int
    tensors: int
    architecture: str
