"""Train an artist: data, devices, model and callbacks, wired to a folder from which the run can go on."""

import contextlib
import datetime
import importlib.util
import json
import platform
from pathlib import Path

import keras
import tensorflow as tf

from copyart import artists
from copyart._version import __version__
from copyart.config import TrainingConfig
from copyart.data.images import to_image
from copyart.data.pipeline import load_data
from copyart.errors import ConfigError
from copyart.models.cyclegan import CycleGAN
from copyart.painting.styles import save_style
from copyart.training import checkpoints
from copyart.training.bar import ProgressBar
from copyart.training.keeper import Keeper
from copyart.training.report import write_report
from copyart.training.sample_grid import SampleGrid
from copyart.training.schedule import learning_rate_schedule
from copyart.training.strategy import choose_strategy, is_chief
from copyart.training.watch import HistoryCSV, StopAtNaN
from copyart.training.workdir import Workdir, write_text


def train(
    artist=None,
    workdir=None,
    *,
    source=None,
    photos=None,
    art=None,
    recipe="article",
    devices="auto",
    cache_dir=None,
    callbacks=(),
    verbose=True,
    say=None,
    data_progress=None,
    **settings,
):
    """Train an artist, or go on with a run that was stopped: the workdir decides.

    Args:
        artist: Name of an artist of `copyart artists`; with folders of your own, any name.
        workdir: Folder of the run. If it holds one, the run goes on from its last checkpoint; artist, source and
            folders may then be left out.
        source: `"kaggle"`, `"tfds"` or `"sample"`. Defaults to the folders, else Kaggle, else TFDS.
        photos: A folder of photos, or several. Given together with `art`.
        art: A folder of paintings, or several.
        recipe: `"article"` or `"paper"`: see `copyart.config.RECIPES`. Defaults to `"article"`.
        devices: As for `copyart.training.strategy.choose_strategy`. Defaults to `"auto"`.
        cache_dir: Where decoded pictures are kept. Defaults as for `copyart.data.store.cache_folder`.
        callbacks: Further Keras callbacks.
        verbose: Whether to show progress on standard error. Defaults to True.
        say: Called with each line worth telling. Defaults to `print` to standard error if verbose.
        data_progress: Called while pictures are decoded with the number done and the number of all.
        **settings: Changes to the recipe: the fields of `copyart.config.TrainingConfig`.

    Returns:
        The trained `CycleGAN`. The style to paint with lies in `<workdir>/style`.

    Raises:
        ConfigError: if a setting is out of its range.
        DataError: if the pictures cannot be had or are too few.
        WorkdirError: if the workdir holds another run, is in use, full, or damaged.
        TrainingError: if a loss is no number any more.

    Example:
        >>> copyart.train("Vincent van Gogh", "runs/vangogh", source="kaggle", image_size=128)
    """
    if workdir is None:
        raise ConfigError("a run needs a workdir. Received: none. Name a folder, for example runs/vangogh.")
    say = say or (_say if verbose else lambda line: None)
    run = _describe_run(workdir, artist, source, photos, art, recipe, settings)
    config = TrainingConfig.from_dict(run["settings"])
    strategy = choose_strategy(devices, config.batch_size)
    with _workdir_of(workdir, run, strategy, say) as (folder, chief):
        data = _load(run, config, cache_dir, data_progress)
        if chief:
            say(str(data.report()))
            write_text(folder.data_report, json.dumps(data.report().to_dict(), indent=2, ensure_ascii=False) + "\n")
        model, progress = _restore_or_build(folder, config, strategy, say)
        return _fit(model, data, config, run, folder, progress, [*callbacks], chief, verbose, say)


def _say(line):
    import sys

    print(line, file=sys.stderr)


def _describe_run(workdir, artist, source, photos, art, recipe, settings):
    """Return what `config.json` of the workdir is to hold."""
    before = Workdir(workdir).read()
    if before is not None and not any((artist, source, photos, art)):
        settings = {name: value for name, value in settings.items() if value is not None}
        resolved = TrainingConfig.from_dict({**before["settings"], **settings})
        return {**before, "settings": resolved.to_dict()}
    config = TrainingConfig.from_recipe(recipe, **settings)
    return {
        "artist": _name_of(artist, source, art),
        "source": source,
        "photos": _absolute(photos),
        "art": _absolute(art),
        "recipe": recipe,
        "settings": config.to_dict(),
    }


def _name_of(artist, source, art):
    """Return the artist's name as the table has it; with pictures of one's own any name will do."""
    if art is None and source != "sample":
        return artists.find(artist).name if artist else None
    if artist is None:
        return "The sample" if art is None else Path(_absolute(art)[0]).name.replace("_", " ")
    try:
        return artists.find(artist).name
    except ValueError:
        return str(artist)


def _absolute(folders):
    if folders is None:
        return None
    folders = folders if isinstance(folders, (list, tuple)) else [folders]
    return [str(Path(folder).absolute()) for folder in folders]


@contextlib.contextmanager
def _workdir_of(path, run, strategy, say):
    """Hold the workdir while training. Workers other than the chief read it only."""
    folder = Workdir(path)
    if not is_chief(strategy):
        yield folder, False
        return
    with folder.lock():
        for change in folder.settle(run):
            say(f"Changed since the last start: {change}.")
        yield folder, True


def _load(run, config, cache_dir, progress):
    return load_data(
        run["artist"],
        run["source"],
        photos=run["photos"],
        art=run["art"],
        image_size=config.image_size,
        load_size=config.load_size,
        batch_size=config.batch_size,
        seed=config.seed,
        validation_fraction=config.validation_fraction,
        cache_dir=cache_dir,
        progress=progress,
    )


def _restore_or_build(folder, config, strategy, say):
    with strategy.scope():
        found = checkpoints.restore(folder.checkpoints, say)
        if found is None:
            return _build(config), checkpoints.Progress()
    minutes = found.age / 60
    say(
        f"Going on from {found.path.name}, written {minutes:.0f} min ago: weights, optimizer, pools, averages and the "
        "place in the data are restored."
    )
    return found.model, found.progress


def _build(config):
    keras.utils.set_random_seed(config.seed)
    names = ("image_size", "generator", "blocks", "filters", "discriminator_filters", "upsampling", "dropout")
    weights = ("cycle_weight", "identity_weight", "pool_size", "ema_decay", "seed")
    arguments = {name: getattr(config, name) for name in names + weights}
    model = CycleGAN(**arguments, dtype=config.precision)
    # 1e-8 as in the paper's implementation; Keras would take 1e-7.
    model.compile(keras.optimizers.Adam(config.learning_rate, beta_1=config.beta_1, epsilon=1e-8))
    return model


def _fit(model, data, config, run, folder, progress, callbacks, chief, verbose, say):
    length = config.steps_per_epoch or data.steps_per_epoch
    if progress.step >= length * config.epochs:
        say(f"All {config.epochs} epochs are done. Raise --epochs to train on.")
        return model
    history = HistoryCSV(folder.history if chief else None, progress)
    watching = [learning_rate_schedule(config), StopAtNaN(progress, data.files_of), history]
    keeper = bar = None
    if chief:
        keeper = Keeper(
            folder.checkpoints,
            progress,
            config.checkpoint_minutes,
            _Showcase(model, data, run, folder, progress),
        )
        bar = ProgressBar(progress, length, config.epochs, config.batch_size) if verbose else None
        watching += [keeper, *_tensorboard(folder), *([bar] if bar else [])]
    try:
        while progress.step < length * config.epochs:
            epoch, place = divmod(progress.step, length)
            model.fit(
                data.train_from(progress.step),
                initial_epoch=epoch,
                # An epoch that was interrupted is finished by itself: it has fewer steps than the others.
                epochs=epoch + 1 if place else config.epochs,
                steps_per_epoch=length - place,
                validation_data=data.validation,
                callbacks=[*watching, *callbacks],
                shuffle=False,
                verbose=0,
            )
    except KeyboardInterrupt:
        if keeper:
            keeper.keep(f"step-{progress.step:09d}")
            say(f"Stopped and kept at step {progress.step}. The same command goes on from there.")
        raise
    finally:
        if bar:
            bar.close()
    return model


def _tensorboard(folder):
    if importlib.util.find_spec("tensorboard") is None:
        return []
    return [keras.callbacks.TensorBoard(folder.path / "tensorboard", write_graph=False)]


class _Showcase:
    """What is made to be looked at, each time the run is kept: sample grid, style folder, report."""

    def __init__(self, model, data, run, folder, progress):
        self.model, self.run, self.folder, self.progress = model, run, folder, progress
        self.photos, self.art = data.samples(run["settings"]["samples"])
        self.counts = {"photos": len(data.train_photos), "art": len(data.train_art)}
        self.steps_per_epoch = run["settings"]["steps_per_epoch"] or data.steps_per_epoch
        self.grid = SampleGrid(folder.samples, self.photos, self.art)
        self.grid.set_model(model)

    def __call__(self, name):
        self.grid.draw(name)
        preview = to_image(keras.ops.convert_to_numpy(self.model.painter_network(self.photos[:1]))[0])
        save_style(self.folder.style, self.model.painter_network, self._card(), preview)
        step, epochs = self.progress.step, self.run["settings"]["epochs"]
        epoch = step / self.steps_per_epoch
        hours = self.progress.seconds / 3600
        summary = f"Step {step:,}, epoch {epoch:.2f} of {epochs}, after {hours:.1f} hours of training."
        write_report(self.folder, self.run["artist"] or "A run", summary)

    def _card(self):
        return {
            "name": self.run["artist"],
            "source": self.run["source"] or "folders",
            "recipe": self.run["recipe"],
            "settings": self.run["settings"],
            "pictures": self.counts,
            "steps": self.progress.step,
            "epochs": round(self.progress.step / self.steps_per_epoch, 3),
            "training_seconds": round(self.progress.seconds),
            "date": datetime.date.today().isoformat(),
            "versions": {
                "copyart": __version__,
                "keras": keras.__version__,
                "tensorflow": tf.__version__,
                "python": platform.python_version(),
            },
        }
