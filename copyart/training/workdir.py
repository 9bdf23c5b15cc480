"""The folder of a training run: the only state there is. The same command on the same folder goes on."""

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from copyart.config import TrainingConfig
from copyart.data.whole_files import write_whole
from copyart.errors import ConfigError, WorkdirError

#: Settings that may change between one start and the next; any other would make the checkpoint another model's.
CHANGEABLE = (
    *("epochs", "decay_epochs", "minutes", "learning_rate", "checkpoint_minutes"),
    *("samples", "judge_epochs", "judge_pictures"),
)


class Workdir:
    """The files of a run.

    Args:
        path: The folder; `lock` makes it where it is missing.
    """

    def __init__(self, path):
        self.path = Path(path)

    @property
    def config(self):
        """What is trained, from what, and how: JSON."""
        return self.path / "config.json"

    @property
    def checkpoints(self):
        """The folder of checkpoints, one a folder."""
        return self.path / "checkpoints"

    @property
    def samples(self):
        """The folder of sample grids."""
        return self.path / "samples"

    @property
    def history(self):
        """The losses of each epoch."""
        return self.path / "history.csv"

    @property
    def report(self):
        """The page with curves and grids."""
        return self.path / "report.html"

    @property
    def data_report(self):
        """What was found in the pictures: JSON."""
        return self.path / "data.json"

    @property
    def style(self):
        """The style folder: what has been learnt so far, ready to paint."""
        return self.path / "style"

    @property
    def figures(self):
        """How close the paintings came to the artist, and what they kept of the photos, judgement by judgement."""
        return self.path / "figures.csv"

    @property
    def best(self):
        """The style folder of the best paintings so far, and the model that made them."""
        return self.path / "best"

    def lock(self):
        """Return a lock that one run at a time can hold; the system opens it again when the run ends, however it ends.

        Raises:
            WorkdirError: if another run holds it, or the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            return FileLock(self.path / ".lock", timeout=0).acquire()
        except Timeout as error:  # an OSError, too
            raise WorkdirError(
                f"one run at a time can train in a workdir. Received: {self.path}, where another run is at work. "
                "Wait for it, stop it, or name another --workdir."
            ) from error
        except OSError as error:
            raise WorkdirError(
                f"a workdir must be a folder that can be written. Received: {self.path} "
                f"({error.strerror or error}). Name another with --workdir."
            ) from error

    def settle(self, run):
        """Compare a run with what the folder holds, write it down, and say what changed.

        Args:
            run: A dictionary with `artist`, `source`, `photos`, `art` and `settings`, as `config.json` holds it.

        Returns:
            Lines that say which changeable settings differ from the last start.

        Raises:
            WorkdirError: if the folder holds another run: another artist, other data or another architecture. One
                that has learnt nothing yet, because its data could not be had, gives way.
        """
        before = self.read()
        if before is None or not self._has_learnt():
            before = run
        self._refuse_other(before, run)
        write_text(self.config, json.dumps(run, indent=2, ensure_ascii=False) + "\n")
        old, new = before["settings"], run["settings"]
        return [f"{name}: {old[name]} before, {new[name]} now" for name in CHANGEABLE if old[name] != new[name]]

    def _has_learnt(self):
        return any(True for pattern in ("step-*", "damaged-*") for _ in self.checkpoints.glob(pattern))

    def changed(self, settings, recipe=None):
        """Return the run that the folder holds, with some settings changed.

        Args:
            settings: The settings that differ; those that are None stay.
            recipe: The recipe that was asked for, if any; it must be the run's own.

        Raises:
            WorkdirError: if a setting may not change any more.
            ConfigError: if a setting is unknown, or a value out of its range.
        """
        run = self.read()
        if recipe not in (None, run["recipe"]):
            self._refuse("recipe", run["recipe"], recipe)
        settings = {name: value for name, value in settings.items() if value is not None}
        if self._has_learnt():
            self._refuse_other(run, {**run, "settings": settings})
        return {**run, "settings": TrainingConfig.from_dict({**run["settings"], **settings}).to_dict()}

    def read(self):
        """Return what `settle` wrote, or None in a new folder; settings that are newer than it have their defaults.

        Raises:
            WorkdirError: if the file is damaged.
        """
        if not os.path.exists(self.config):
            return None
        try:
            run = json.loads(self.config.read_text(encoding="utf-8", errors="surrogateescape"))
            facts = {name: run[name] for name in ("artist", "source", "photos", "art", "recipe")}
            return {**facts, "settings": TrainingConfig.from_dict(run["settings"]).to_dict()}
        except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
            raise WorkdirError(
                f"config.json of a workdir must be as copyart wrote it. Received: {self.config} ({error}). "
                "Restore it, or name another --workdir."
            ) from error

    def _refuse_other(self, before, run):
        for name in ("artist", "source", "photos", "art"):
            if before[name] != run[name]:
                self._refuse(name, before[name], run[name])
        settings = before["settings"]
        for name, value in run["settings"].items():
            if name in settings and name not in CHANGEABLE and settings[name] != value:
                self._refuse(name, settings[name], value)

    def _refuse(self, name, before, now):
        raise WorkdirError(
            f"a workdir holds one run. Received: {name}={now!r} for {self.path}, which was started with "
            f"{name}={before!r}. Name another --workdir, or leave {name} as it was."
        )


def write_text(path, text):
    """Write a text file whole or not at all.

    Raises:
        WorkdirError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Names of files that are not UTF-8 pass through as they are.
        write_whole(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise WorkdirError(
            f"a run must be able to write into its workdir. Received: {error.strerror or error} for {path}. "
            "Free some space and run the same command again: it goes on from the last checkpoint."
        ) from error
