"""`RunOutputs`: write the sample grid, the style folder and the report of a run."""

from pathlib import Path
from typing import Any

import keras

from copyart.data.images import to_image
from copyart.data.pipeline import Data
from copyart.models.cyclegan import CycleGAN
from copyart.styles.networks import save_style
from copyart.training.callbacks import SampleGrid
from copyart.training.checkpoints import Progress
from copyart.training.report import write_report
from copyart.training.run_spec import RunSpec
from copyart.training.style_metadata import training_metadata
from copyart.training.workdir import Workdir


class RunOutputs:
    """Writes the sample grid, the style folder and the report after each checkpoint.

    Args:
        model: The `CycleGAN` in training.
    """

    def __init__(self, model: CycleGAN, data: Data, spec: RunSpec, workdir: Workdir, progress: Progress):
        self.model, self.spec, self.workdir, self.progress = model, spec, workdir, progress
        self.photos, self.art = data.samples(spec.settings.samples)
        self.counts = {"photos": len(data.train_photos), "art": len(data.train_art)}
        self.grid = SampleGrid(workdir.samples, self.photos, self.art)
        self.grid.set_model(model)

    def __call__(self, name: str) -> None:
        """Write all outputs.

        Args:
            name: Name of the sample grid.
        """
        self.grid.draw(name)
        self.save_style(self.workdir.style)
        self.report()

    def save_style(self, folder: Path, **facts: Any) -> None:
        """Save the current painting generator as a style.

        Args:
            **facts: Further entries of the style's metadata.
        """
        preview = to_image(keras.ops.convert_to_numpy(self.grid.photo_to_art(self.photos[:1]))[0])
        size = self.spec.settings.image_size
        metadata = training_metadata(self.spec, self.progress, self.counts)
        save_style(folder, self.model.painter_network, {**metadata, **facts}, preview, image_size=size)

    def report(self) -> None:
        """Write `report.html`."""
        step, epochs = self.progress.step, self.spec.settings.epochs
        epoch = step / self.progress.steps_per_epoch
        hours = self.progress.seconds / 3600
        summary = f"Step {step:,}, epoch {epoch:.2f} of {epochs}, after {hours:.1f} hours of training."
        write_report(self.workdir, self.spec.artist or "A run", summary)
