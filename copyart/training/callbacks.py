"""Callbacks for `model.fit`."""

from copyart.training.sample_grid import SampleGrid
from copyart.training.watch import HistoryCSV, StopAtNaN

__all__ = ["HistoryCSV", "SampleGrid", "StopAtNaN"]
