"""`copyart.train`: load the pictures, build or restore the model, and fit it in a workdir that can be resumed."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras

from copyart.backend import is_installed
from copyart.config import TrainingConfig
from copyart.data.pipeline import Data
from copyart.errors import ConfigError
from copyart.models.cyclegan import CycleGAN
from copyart.training.allocator import KeepFreedMemory, keep_freed_memory
from copyart.training.checkpoint_callback import CheckpointCallback
from copyart.training.checkpoints import Checkpoint, Progress, restore, set_aside_damaged
from copyart.training.duration_estimate import DurationEstimate
from copyart.training.evaluation_callback import EvaluationCallback
from copyart.training.history import HistoryCSV
from copyart.training.nan_guard import NaNGuard
from copyart.training.new_model import new_model
from copyart.training.pictures import check_domains_differ, compare_pictures, load_run_data
from copyart.training.progress_bar import ProgressBar
from copyart.training.run_outputs import RunOutputs
from copyart.training.run_spec import Folders, RunSpec
from copyart.training.schedule import Schedule
from copyart.training.stop_signals import StopOnSignal
from copyart.training.strategy import check_workers_agree, choose_strategy, describe_hardware, device_context, is_chief
from copyart.training.workdir import Workdir, write_text


def train(
    artist: str | None = None,
    workdir: str | os.PathLike | None = None,
    *,
    source: str | None = None,
    photos: Folders = None,
    art: Folders = None,
    recipe: str | None = None,
    devices: str = "auto",
    cache_dir: Path | str | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: bool = True,
    say: Callable[[str], object] | None = None,
    data_progress: Callable[[int, int], None] | None = None,
    download_progress: Callable[[int, int], None] | None = None,
    estimated: Callable[[dict], object] | None = None,
    **settings: Any,
) -> CycleGAN:
    """Train the style of an artist. If the workdir contains a run, resume it.

    Args:
        artist: Name of an artist from `copyart artists`. With your own folders, any name is allowed.
        workdir: Folder of the run. An existing run continues from its last checkpoint; `artist`, `source`, `photos` and
            `art` may then be omitted.
        source: `"kaggle"`, `"tfds"` or `"sample"`. Defaults to the given folders, else Kaggle, else TFDS.
        photos: A folder of photos, or several. Requires `art`.
        art: A folder of paintings, or several. Requires `photos`.
        recipe: `"article"`, `"paper"` or `"quick"`: see `copyart.config.RECIPES`. Defaults to the recipe of the run in
            the workdir; for a new run, to `"article"`.
        devices: As for `copyart.training.strategy.choose_strategy`. Defaults to `"auto"`.
        cache_dir: Folder for decoded pictures. Defaults to the result of `copyart.data.store.cache_folder`.
        callbacks: Further Keras callbacks.
        verbose: Whether to show progress on standard error. Defaults to True.
        say: Called with each message. By default, messages are printed on standard error if `verbose` is true.
        data_progress: Called with the number of decoded pictures and the total, while pictures are decoded.
        download_progress: Called with the number of downloaded bytes and the total, while pictures are downloaded.
        estimated: Called after ten steps with an estimate of the run: a dictionary with `seconds`, `steps`, `epochs`,
            `steps_per_epoch` and `hardware`.
        **settings: Changes to the recipe: the fields of `copyart.config.TrainingConfig`.

    Returns:
        The trained `CycleGAN`. The style to paint with is in `<workdir>/style`.

    Raises:
        ConfigError: if a setting is out of its range.
        DataError: if the pictures cannot be read or are too few.
        WorkdirError: if the workdir contains a different run, is in use, full, or damaged.
        TrainingError: if a loss or a weight is not finite.

    Example:
        >>> copyart.train("Vincent van Gogh", "runs/vangogh", source="kaggle", image_size=128)
    """
    if workdir is None:
        raise ConfigError("a run needs a workdir. Received: none. Give a folder, for example runs/vangogh.")
    started = time.monotonic()
    keep_freed_memory()
    say = say or (_print_line if verbose else lambda line: None)
    folder = Workdir(workdir)
    spec, before = _new_and_saved_spec(folder, artist, source, photos, art, recipe, settings)
    strategy = choose_strategy(devices, spec.settings.batch_size)
    chief = is_chief(strategy)  # the other workers must not write into the workdir
    with folder.lock() if chief else contextlib.nullcontext(), device_context(strategy):
        data = load_run_data(spec, cache_dir, data_progress, download_progress)
        if chief:
            say(str(data.report()))
        check_domains_differ(data, say)
        found, model, progress = _restore_or_build(folder, spec.settings, len(data.train_art), strategy, say)
        compare_pictures(data, spec, before, progress, say)
        check_workers_agree(strategy, json.dumps([spec.settings.to_dict(), progress.step, progress.pictures]).encode())
        if chief:
            # All checks have passed. Before this point, nothing in the workdir may change.
            _record_start(folder, spec, before, data, found, say)
            estimate = DurationEstimate(
                spec.settings, progress, spec.recipe, describe_hardware(strategy), say, estimated
            )
            callbacks = [estimate, *callbacks]
        schedule = Schedule(spec.settings, progress, started)
        return _fit(model, data, spec, folder, progress, schedule, [*callbacks], chief, verbose, say)


def _print_line(line: str) -> None:
    print(line, file=sys.stderr)


def _new_and_saved_spec(
    folder: Workdir,
    artist: str | None,
    source: str | None,
    photos: Folders,
    art: Folders,
    recipe: str | None,
    settings: dict[str, Any],
) -> tuple[RunSpec, RunSpec | None]:
    """Return the spec of the run, and the spec of its previous start, or None if there is no checkpoint yet."""
    before = folder.read_spec()
    named: dict[str, Any] = {"artist": artist, "source": source, "photos": photos, "art": art}
    if before is not None and folder.has_checkpoint():
        return before.with_changes(**named, recipe=recipe, **settings), before
    if any(named.values()):
        return RunSpec.new(**named, recipe=recipe, **settings), None
    if before is None:
        raise ConfigError(
            "a new run needs an artist, a source, or folders of photos and art. Received: none of them, and "
            f"{folder.path} contains no run to resume."
        )
    return before.with_changes(recipe=recipe, **settings), None


def _record_start(
    folder: Workdir,
    spec: RunSpec,
    before: RunSpec | None,
    data: Data,
    found: Checkpoint | None,
    say: Callable[[str], object],
) -> None:
    """Set aside damaged checkpoints, write the spec and the data report, and print the changes since the last start."""
    set_aside_damaged(found.damaged if found else (), say)
    for change in spec.changes_since(before) if before else ():
        say(f"Changed since the last start: {change}.")
    folder.write_spec(spec)
    write_text(folder.data_report, json.dumps(data.report().to_dict(), indent=2, ensure_ascii=False) + "\n")


def _restore_or_build(
    folder: Workdir, config: TrainingConfig, paintings: int, strategy: Any, say: Callable[[str], object]
) -> tuple[Checkpoint | None, CycleGAN, Progress]:
    with strategy.scope():
        found = restore(folder.checkpoints)
        if found is None:
            return None, new_model(config, paintings, say), Progress()
    say(
        f"Resuming from {found.path.name}, written {found.age / 60:.0f} min ago: weights, optimizer, pools, averages "
        "and the position in the data are restored."
    )
    return found, found.model, found.progress


def _fit(
    model: CycleGAN,
    data: Data,
    spec: RunSpec,
    folder: Workdir,
    progress: Progress,
    schedule: Schedule,
    callbacks: Sequence[keras.callbacks.Callback],
    chief: bool,
    verbose: bool,
    say: Callable[[str], object],
) -> CycleGAN:
    config, length = spec.settings, progress.steps_per_epoch
    history = HistoryCSV(folder.history if chief else None, progress)
    saving: list[CheckpointCallback] = []
    evaluating: list[EvaluationCallback] = []
    if chief:
        outputs = RunOutputs(model, data, spec, folder, progress)
        saving = [CheckpointCallback(folder.checkpoints, progress, config.checkpoint_minutes, outputs)]
        evaluating = [EvaluationCallback(data, config, folder, progress, outputs, say)]
    recording: list[keras.callbacks.Callback] = [history, *saving, *evaluating]
    for callback in recording:
        callback.set_model(model)
    _finish_stopped_epoch(model, data, progress, length, recording)
    if progress.step >= length * config.epochs:
        say(f"All {config.epochs} epochs are done. Raise --epochs to continue training.")
        return model
    if schedule.is_over:
        say(f"The {config.minutes:g} minutes are used up. Raise --minutes to continue training.")
        return model
    bars = [ProgressBar(progress, config)] if chief and verbose else []
    boards = _tensorboard_callbacks(folder) if chief else []
    watching = [KeepFreedMemory(), schedule, NaNGuard(progress, data.files_of), *recording]
    with StopOnSignal(say) as stop:
        try:
            _run_epochs(model, data, progress, length, config.epochs, [*watching, *boards, *bars, *callbacks, stop])
        except KeyboardInterrupt:
            _save_stopped(saving, history, progress, say)
            raise
        finally:
            for bar in bars:
                bar.close()
    return model


def _finish_stopped_epoch(
    model: CycleGAN, data: Data, progress: Progress, length: int, callbacks: Sequence[keras.callbacks.Callback]
) -> None:
    """Validate and record an epoch that was stopped between its last step and its validation."""
    if not progress.steps_in_epoch or progress.step % length:
        return
    logs = model.evaluate(data.validation, return_dict=True, verbose=0)
    for callback in callbacks:
        callback.on_epoch_end(progress.step // length - 1, {f"val_{name}": value for name, value in logs.items()})


def _run_epochs(
    model: CycleGAN,
    data: Data,
    progress: Progress,
    length: int,
    epochs: int,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    model.stop_training = False
    while progress.step < length * epochs and not model.stop_training:
        epoch, place = divmod(progress.step, length)
        model.fit(
            data.train_from(progress.step),
            initial_epoch=epoch,
            # An interrupted epoch has fewer steps left than the others, so a separate call of `fit` finishes it.
            epochs=epoch + 1 if place else epochs,
            steps_per_epoch=length - place,
            validation_data=data.validation,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )


def _save_stopped(
    saving: list[CheckpointCallback], history: HistoryCSV, progress: Progress, say: Callable[[str], object]
) -> None:
    """Save a stopped run. If it was stopped in the middle of a step, keep the last checkpoint instead."""
    if history.in_step:
        return
    for callback in saving:
        callback.save(f"step-{progress.step:09d}")
        with contextlib.suppress(OSError):  # after SIGHUP there is no terminal to print to
            say(f"Stopped and saved at step {progress.step}. The same command resumes from there.")


def _tensorboard_callbacks(folder: Workdir) -> list[keras.callbacks.Callback]:
    if not (is_installed("tensorboard") and is_installed("tensorflow")):  # Keras' callback uses both
        return []
    return [keras.callbacks.TensorBoard(folder.path / "tensorboard", write_graph=False)]
