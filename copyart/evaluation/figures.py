"""What an evaluation found: figures, each between the two ends of its scale, and faults."""

import dataclasses
import json
from dataclasses import dataclass, field

import numpy as np

from copyart._version import __version__
from copyart.evaluation.bootstrap import Estimate, estimate


@dataclass(frozen=True)
class Figure:
    """One figure of a style, beside the same figure for the two ends of its scale.

    Args:
        value: The figure of the paintings.
        low: Lower end of its 95 % interval.
        high: Upper end.
        nothing: The same figure for doing nothing: for the photos themselves. None where it says nothing.
        real: The same figure for real paintings of the artist. None likewise.
        share_of_the_way: (nothing - value) / (nothing - real): 0 for doing nothing, 1 for real paintings. None where
            the figure is no distance, or where nothing and real cannot be told apart.
    """

    value: float
    low: float
    high: float
    nothing: Estimate | None = None
    real: Estimate | None = None
    share_of_the_way: Estimate | None = None

    @classmethod
    def of(cls, ours, nothing=None, real=None):
        """Put estimates side by side."""
        return cls(ours.value, ours.low, ours.high, nothing, real)

    @classmethod
    def on_the_way(cls, ours, nothing, real):
        """Put distances side by side, and tell how far ours has come.

        Args:
            ours, nothing, real: Pairs of the distance and what each draw gave, shape (draws,).
        """
        (value, draws), (far, far_draws), (near, near_draws) = ours, nothing, real
        figure = cls.of(*(estimate(*pair) for pair in (ours, nothing, real)))
        # Draws of distances are biased alike; around the distances themselves they are not.
        way = _centred(far, far_draws) - _centred(near, near_draws)
        if np.quantile(way, 0.025) <= 0:
            return figure
        shares = (_centred(far, far_draws) - _centred(value, draws)) / way
        return dataclasses.replace(figure, share_of_the_way=estimate((far - value) / (far - near), shares))


def _centred(value, draws):
    return draws - np.median(draws) + value


@dataclass(frozen=True)
class Fault:
    """Something wrong with the paintings.

    Args:
        name: `"inverted_brightness"`, `"inverted_colours"`, `"checkerboard"`, `"saturation"` or `"copies"`.
        message: What was found, and against what, in one line.
        photos: Names of the photos whose paintings show it; empty where all do.
    """

    name: str
    message: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """How a style paints.

    Args:
        style: Its name.
        image_size: Side in pixels to which all pictures were brought.
        features: The network whose features were compared, or None.
        counts: Number of pictures: `photos`, `art` (the measure) and `real` (other real paintings).
        figures: By name.
        faults: What is wrong; empty where nothing is.
        notes: What the reader should know: what could not be measured, and why.
        pairs: Some photos and their paintings, uint8, (pairs, 2, image_size, image_size, 3).
    """

    style: str
    image_size: int
    features: str | None
    counts: dict[str, int]
    figures: dict[str, Figure]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    pairs: np.ndarray = field(default=None, repr=False, compare=False)

    def to_dict(self):
        """Return everything but the pictures, as plain numbers, texts, lists and dictionaries."""
        facts = {name: getattr(self, name) for name in ("style", "image_size", "features", "counts")}
        return {
            **facts,
            "figures": {name: dataclasses.asdict(figure) for name, figure in self.figures.items()},
            "faults": [{**dataclasses.asdict(fault), "photos": list(fault.photos)} for fault in self.faults],
            "notes": list(self.notes),
            "copyart": __version__,
        }

    def to_json(self):
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def save(self, folder):
        """Write `figures.json`, `contact_sheet.jpg` and `report.html`, a page that needs no network.

        Args:
            folder: Path of the folder; made where it is missing. Files of an earlier evaluation are replaced, each
                of them whole.

        Returns:
            The path of the page.

        Raises:
            ConfigError: if the folder cannot be written.
        """
        from copyart.evaluation.report import write_report

        return write_report(self, folder)
