"""The result of an evaluation: figures, each beside those of the photos and of real paintings, and faults."""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from copyart._version import __version__
from copyart.evaluation.bootstrap import Estimate, estimate


@dataclass(frozen=True)
class Figure:
    """One figure of a style, beside the same figure of the photos and of real paintings.

    Args:
        value: The figure of the paintings.
        low: Lower end of its 95 % interval.
        high: Upper end.
        photos: The same figure of the untouched photos: the identity baseline. None where it means nothing.
        real: The same figure of real paintings by the artist. None likewise.
        gap_closed: (photos - value) / (photos - real): 0 for the untouched photos, 1 for real paintings. None where
            the figure is no distance, or where photos and real paintings cannot be told apart.
        judge: Name of the network whose features were compared. None where the figure needs none.
    """

    value: float
    low: float
    high: float
    photos: Estimate | None = None
    real: Estimate | None = None
    gap_closed: Estimate | None = None
    judge: str | None = None

    @classmethod
    def of(cls, ours, photos=None, real=None):
        """Put estimates side by side."""
        return cls(ours.value, ours.low, ours.high, photos, real)

    @classmethod
    def of_distances(cls, ours, photos, real):
        """Put distances side by side, and say what part of the gap is closed.

        Args:
            ours, photos, real: Pairs of the distance and that of each draw, shape (draws,).
        """
        (value, draws), (far, far_draws), (near, near_draws) = ours, photos, real
        figure = cls.of(*(estimate(*pair) for pair in (ours, photos, real)))
        # Draws of distances are biased alike; around the distances themselves they are not.
        gap = _centred(far, far_draws) - _centred(near, near_draws)
        if np.quantile(gap, 0.025) <= 0:
            return figure
        shares = (_centred(far, far_draws) - _centred(value, draws)) / gap
        return dataclasses.replace(figure, gap_closed=estimate((far - value) / (far - near), shares))


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
        artist: The artist for whom attribution was asked, or None.
        image_size: Side in pixels to which all pictures were brought.
        features: Names of the networks whose features were compared: the judges.
        counts: Number of pictures: `photos`, and where paintings were given, `art` (the measure) and `real` (other
            real paintings).
        figures: By name. `kid` and `fid` are those of the judge that sees the smaller part of the gap closed.
        faults: What is wrong; empty where nothing is.
        notes: What the reader should know: what could not be measured, and why.
        pairs: Some photos and their paintings, uint8, (pairs, 2, image_size, image_size, 3).
        people: The same for photos of people, or None where there were none.
    """

    style: str
    artist: str | None
    image_size: int
    features: tuple[str, ...]
    counts: dict[str, int]
    figures: dict[str, Figure]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    pairs: np.ndarray | None = field(default=None, repr=False, compare=False)
    people: "Evaluation | None" = None

    def to_dict(self) -> dict:
        """Return everything but the pictures, as plain numbers, texts, lists and dictionaries."""
        facts = {name: getattr(self, name) for name in ("style", "artist", "image_size")}
        people = self.people and self.people._findings()
        return {**facts, "features": list(self.features), **self._findings(), "people": people, "copyart": __version__}

    def _findings(self):
        return {
            "counts": self.counts,
            "figures": {name: dataclasses.asdict(figure) for name, figure in self.figures.items()},
            "faults": [{**dataclasses.asdict(fault), "photos": list(fault.photos)} for fault in self.faults],
            "notes": list(self.notes),
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def save(self, folder: str | os.PathLike) -> Path:
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
