"""Train an artist: data, devices, model and callbacks, wired to a folder from which the run can go on."""

import contextlib
import json
import sys
import time
from pathlib import Path

import keras

from copyart import artists
from copyart.backend import is_installed
from copyart.config import TrainingConfig
from copyart.data.pipeline import load_data
from copyart.data.sources import choose_source
from copyart.errors import ConfigError
from copyart.training import checkpoints
from copyart.training.bar import ProgressBar
from copyart.training.estimate import Estimate
from copyart.training.interrupt import StopWhenAsked
from copyart.training.judging import Judging
from copyart.training.keeper import Keeper
from copyart.training.new_model import new_model
from copyart.training.schedule import Schedule
from copyart.training.showcase import Showcase
from copyart.training.starter import STARTER
from copyart.training.strategy import agree, choose_strategy, hardware, holding, is_chief
from copyart.training.watch import HistoryCSV, StopAtNaN
from copyart.training.workdir import Workdir, write_text


def train(
    artist=None,
    workdir=None,
    *,
    source=None,
    photos=None,
    art=None,
    recipe=None,
    devices="auto",
    cache_dir=None,
    callbacks=(),
    verbose=True,
    say=None,
    data_progress=None,
    download_progress=None,
    estimated=None,
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
        recipe: `"article"`, `"paper"` or `"quick"`: see `copyart.config.RECIPES`. Defaults to `"article"`, or to that
            of the run in the workdir.
        devices: As for `copyart.training.strategy.choose_strategy`. Defaults to `"auto"`.
        cache_dir: Where decoded pictures are kept. Defaults as for `copyart.data.store.cache_folder`.
        callbacks: Further Keras callbacks.
        verbose: Whether to show progress on standard error. Defaults to True.
        say: Called with each line worth telling. Defaults to `print` to standard error if verbose.
        data_progress: Called while pictures are decoded with the number done and the number of all.
        download_progress: Called while pictures are downloaded with the bytes done and the bytes of all.
        estimated: Called after ten steps with what the run will take: `seconds`, `steps`, `epochs`, `steps_per_epoch`
            and `hardware`, in a dictionary.
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
    started = time.monotonic()
    say = say or (_say if verbose else lambda line: None)
    run = _describe_run(workdir, artist, source, photos, art, recipe, settings)
    config = TrainingConfig.from_dict(run["settings"])
    strategy = choose_strategy(devices, config.batch_size)
    with _workdir_of(workdir, run, strategy, say) as (folder, chief), holding(strategy):
        data = _load(run, config, cache_dir, data_progress, download_progress)
        if chief:
            say(str(data.report()))
            write_text(folder.data_report, json.dumps(data.report().to_dict(), indent=2, ensure_ascii=False) + "\n")
        model, progress = _restore_or_build(folder, config, len(data.train_art), strategy, chief, say)
        _compare_pictures(data, config, progress, say)
        agree(strategy, json.dumps([run["settings"], progress.step, progress.pictures]).encode())
        schedule = Schedule(config, progress, started)
        if chief:
            callbacks = [Estimate(config, progress, run["recipe"], hardware(strategy), say, estimated), *callbacks]
        return _fit(model, data, config, run, folder, progress, schedule, [*callbacks], chief, verbose, say)


def _say(line):
    print(line, file=sys.stderr)


def _describe_run(workdir, artist, source, photos, art, recipe, settings):
    """Return what `config.json` of the workdir is to hold."""
    folder = Workdir(workdir)
    start = settings.get("start_from")
    if start not in (None, STARTER) and Path(start).exists():
        settings = {**settings, "start_from": str(Path(start).absolute())}
    if not any((artist, source, photos, art)):
        if folder.read() is None:
            raise ConfigError(
                "a new run needs an artist, a source, or folders of photos and art. "
                f"Received: none of them, and {workdir} holds no run to go on with."
            )
        return folder.changed(settings, recipe)
    recipe = recipe or "article"
    config = TrainingConfig.from_recipe(recipe, **settings)
    source = choose_source(artist, source, photos, art)
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


def _load(run, config, cache_dir, progress, download_progress):
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
        download_progress=download_progress,
    )


def _compare_pictures(data, config, progress, say):
    """Note which pictures a run trains on; where they are others than before, its epochs keep their length."""
    now = data.fingerprint()
    if progress.pictures and progress.pictures != now:
        photos, art = len(data.train_photos), len(data.train_art)
        say(
            f"The pictures are not those of the last start: {photos} photos and {art} paintings to learn from now. "
            f"Epochs keep their {progress.steps_per_epoch} steps."
        )
    progress.pictures = now
    progress.steps_per_epoch = progress.steps_per_epoch or config.steps_per_epoch or data.steps_per_epoch


def _restore_or_build(folder, config, paintings, strategy, chief, say):
    with strategy.scope():
        found = checkpoints.restore(folder.checkpoints, say, set_aside=chief)
        if found is None:
            return new_model(config, paintings, say), checkpoints.Progress()
    minutes = found.age / 60
    say(
        f"Going on from {found.path.name}, written {minutes:.0f} min ago: weights, optimizer, pools, averages and the "
        "place in the data are restored."
    )
    return found.model, found.progress


def _fit(model, data, config, run, folder, progress, schedule, callbacks, chief, verbose, say):
    length = progress.steps_per_epoch
    history = HistoryCSV(folder.history if chief else None, progress)
    keepers, judges = [], []
    if chief:
        showcase = Showcase(model, data, run, folder, progress)
        keepers = [Keeper(folder.checkpoints, progress, config.checkpoint_minutes, showcase)]
        judges = [Judging(data, config, folder, progress, showcase, say)]
    for callback in (history, *keepers, *judges):
        callback.set_model(model)
    _end_epoch(model, data, progress, length, [history, *keepers, *judges])
    if progress.step >= length * config.epochs:
        say(f"All {config.epochs} epochs are done. Raise --epochs to train on.")
        return model
    if schedule.is_over:
        say(f"The {config.minutes:g} minutes are used up. Raise --minutes to train on.")
        return model
    bars = [ProgressBar(progress, config)] if chief and verbose else []
    boards = _tensorboard(folder) if chief else []
    watching = [schedule, StopAtNaN(progress, data.files_of), history, *keepers, *judges]
    with StopWhenAsked(say) as stop:
        try:
            _run_epochs(model, data, progress, length, config.epochs, [*watching, *boards, *bars, *callbacks, stop])
        except KeyboardInterrupt:
            _keep(keepers, history, progress, say)
            raise
        finally:
            for bar in bars:
                bar.close()
    return model


def _end_epoch(model, data, progress, length, callbacks):
    """End an epoch that was kept after its last step, but stopped before its end."""
    if not progress.steps_in_epoch or progress.step % length:
        return
    logs = model.evaluate(data.validation, return_dict=True, verbose=0)
    for callback in callbacks:
        callback.on_epoch_end(progress.step // length - 1, {f"val_{name}": value for name, value in logs.items()})


def _run_epochs(model, data, progress, length, epochs, callbacks):
    model.stop_training = False
    while progress.step < length * epochs and not model.stop_training:
        epoch, place = divmod(progress.step, length)
        model.fit(
            data.train_from(progress.step),
            initial_epoch=epoch,
            # An epoch that was interrupted is finished by itself: it has fewer steps than the others.
            epochs=epoch + 1 if place else epochs,
            steps_per_epoch=length - place,
            validation_data=data.validation,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )


def _keep(keepers, history, progress, say):
    """Keep a run that was stopped, unless in the middle of a step: the last checkpoint holds then."""
    if history.in_step:
        return
    for keeper in keepers:
        keeper.keep(f"step-{progress.step:09d}")
        say(f"Stopped and kept at step {progress.step}. The same command goes on from there.")


def _tensorboard(folder):
    if not (is_installed("tensorboard") and is_installed("tensorflow")):  # Keras writes for it with TensorFlow
        return []
    return [keras.callbacks.TensorBoard(folder.path / "tensorboard", write_graph=False)]
