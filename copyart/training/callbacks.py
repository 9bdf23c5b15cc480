"""Callbacks for `model.fit`."""

from copyart.training.sample_grid import SampleGrid

__all__ = ["SampleGrid"]
