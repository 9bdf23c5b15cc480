"""The result of an evaluation: faults, and figures beside the same figures of the photos and of real paintings."""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from copyart._version import __version__
from copyart.evaluation.bootstrap import Estimate, estimate


@dataclass(frozen=True)
class Figure:
    """One figure of a style, with the same figure of the photos and of real paintings.

    Args:
        value: The figure of the paintings.
        low: Lower end of its 95 % interval.
        high: Upper end.
        photos: The same figure of the untouched photos, the identity baseline. None if it has no meaning for photos.
        real: The same figure of real paintings by the artist, or None. For content preservation, of unrelated pictures.
        gap_closed: (photos - value) / (photos - real): 0 for the untouched photos, 1 for real paintings. None if the
            figure is not a distance, or if it does not distinguish photos from real paintings.
        judge: Name of the network whose features were compared. None if the figure needs no network.
    """

    value: float
    low: float
    high: float
    photos: Estimate | None = None
    real: Estimate | None = None
    gap_closed: Estimate | None = None
    judge: str | None = None

    @classmethod
    def from_estimates(cls, ours: Estimate, photos: Estimate | None = None, real: Estimate | None = None) -> "Figure":
        """Return the figure of the paintings with those of photos and real paintings."""
        return cls(ours.value, ours.low, ours.high, photos, real)

    @classmethod
    def from_distances(cls, ours: tuple, photos: tuple, real: tuple) -> "Figure":
        """Return a distance with those of photos and real paintings, and the gap closed.

        Args:
            ours, photos, real: Each a pair: the distance, and its bootstrap draws, shape (draws,).
        """
        (value, draws), (far, far_draws), (near, near_draws) = ours, photos, real
        figure = cls.from_estimates(*(estimate(*pair) for pair in (ours, photos, real)))
        # Repeated pictures make the distances of draws too large, so draws are shifted until their median is right.
        gap = _centre_draws(far, far_draws) - _centre_draws(near, near_draws)
        if np.quantile(gap, 0.025) <= 0:
            return figure
        shares = (_centre_draws(far, far_draws) - _centre_draws(value, draws)) / gap
        return dataclasses.replace(figure, gap_closed=estimate((far - value) / (far - near), shares))


def _centre_draws(value: float, draws: np.ndarray) -> np.ndarray:
    return draws - np.median(draws) + value


@dataclass(frozen=True)
class Fault:
    """A fault of the paintings.

    Args:
        name: `"inverted_brightness"`, `"inverted_colours"`, `"checkerboard"`, `"saturation"` or `"copies"`.
        message: Description in one line.
        photos: Names of the photos whose paintings have the fault; empty if single paintings do not show it.
    """

    name: str
    message: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """Figures and faults of a style.

    Args:
        style: Name of the style.
        artist: The artist for attribution, or None.
        image_size: Side in pixels to which pictures were scaled.
        features: Names of the judges.
        counts: Number of pictures: `photos`; if paintings were given, also `art` (held-out paintings) and `real` (the
            other paintings).
        figures: Figures by name. `kid` and `fid` each come from the judge with the smallest gap closed.
        faults: Faults that were found.
        notes: Notes on the figures, for example why one is missing or rough.
        pairs: Some photos and their paintings, uint8, (pairs, 2, image_size, image_size, 3).
        people: The evaluation on photos of people, or None.
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
        """Return everything except the pictures, as JSON types."""
        facts = {name: getattr(self, name) for name in ("style", "artist", "image_size")}
        people = self.people and self.people._figures_and_faults()
        return {
            **facts,
            "features": list(self.features),
            **self._figures_and_faults(),
            "people": people,
            "copyart": __version__,
        }

    def _figures_and_faults(self) -> dict[str, Any]:
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
        """Write `figures.json`, `contact_sheet.jpg` and `report.html`, a page that works offline.

        Args:
            folder: Path of the folder, created if missing. Files of an earlier evaluation are replaced.

        Returns:
            The path of the page.

        Raises:
            ConfigError: if the folder cannot be written.
        """
        from copyart.evaluation.report import write_report

        return write_report(self, folder)
