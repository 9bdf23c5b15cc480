"""What is made to be looked at while a run trains."""

import datetime

import keras

from copyart.data.images import to_image
from copyart.styles.networks import save_style
from copyart.training.report import write_report
from copyart.training.run_spec import name_of_run
from copyart.training.sample_grid import SampleGrid
from copyart.training.versions import versions


class Showcase:
    """Make a sample grid, the style folder and the report, each time the run is kept.

    Args:
        model: The `CycleGAN` that is trained.
        data: The run's `Data`.
        spec: The run's `RunSpec`.
        folder: The run's `Workdir`.
        progress: The run's `Progress`.
    """

    def __init__(self, model, data, spec, folder, progress):
        self.model, self.spec, self.folder, self.progress = model, spec, folder, progress
        self.photos, self.art = data.samples(spec.settings.samples)
        self.counts = {"photos": len(data.train_photos), "art": len(data.train_art)}
        self.steps_per_epoch = progress.steps_per_epoch
        self.grid = SampleGrid(folder.samples, self.photos, self.art)
        self.grid.set_model(model)

    def __call__(self, name):
        """Show how far the run is.

        Args:
            name: Name of the sample grid.
        """
        self.grid.draw(name)
        self.save_style(self.folder.style)
        self.report()

    def save_style(self, folder, **facts):
        """Save what the run has learnt so far as a style.

        Args:
            folder: Path of the style folder.
            **facts: What its card is to say besides.
        """
        preview = to_image(keras.ops.convert_to_numpy(self.grid.paint(self.photos[:1]))[0])
        size = self.spec.settings.image_size
        save_style(folder, self.model.painter_network, {**self._card(), **facts}, preview, image_size=size)

    def report(self):
        """Write the page."""
        step, epochs = self.progress.step, self.spec.settings.epochs
        epoch = step / self.steps_per_epoch
        hours = self.progress.seconds / 3600
        summary = f"Step {step:,}, epoch {epoch:.2f} of {epochs}, after {hours:.1f} hours of training."
        write_report(self.folder, self.spec.artist or "A run", summary)

    def _card(self):
        settings = self.spec.settings
        return {
            "name": self.spec.artist,
            "source": self.spec.source,
            "recipe": self.spec.recipe,
            "settings": {**settings.to_dict(), "start_from": name_of_run(settings.start_from)},
            "pictures": self.counts,
            "steps": self.progress.step,
            "epochs": round(self.progress.step / self.steps_per_epoch, 3),
            "training_seconds": round(self.progress.seconds),
            "date": datetime.date.today().isoformat(),
            "versions": versions(),
        }
