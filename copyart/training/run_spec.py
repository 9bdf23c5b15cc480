"""`RunSpec`: the artist, pictures and settings of a run, as stored in `config.json`."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from copyart import artists
from copyart.config import TrainingConfig
from copyart.data.sources import choose_source
from copyart.errors import WorkdirError
from copyart.training.starter import STARTER

Folders = str | PathLike | Iterable[str | PathLike] | None

#: Settings that may change when a run is resumed. The checkpoint depends on the others, so they must stay the same.
CHANGEABLE = (
    *("epochs", "decay_epochs", "minutes", "learning_rate", "checkpoint_minutes"),
    *("samples", "evaluation_epochs", "evaluation_pictures"),
)
#: Names, inside a run, of the files and folders from which another run can start.
_PARTS_OF_RUNS = ("best", "style", "model.keras")


@dataclass(frozen=True)
class RunSpec:
    """The content of a workdir's `config.json`.

    Args:
        artist: The artist's name; None only for pictures without an artist.
        source: `"kaggle"`, `"tfds"`, `"sample"` or `"folders"`.
        photos: Absolute paths of the folders of photos. None unless the source is `"folders"`.
        art: Absolute paths of the folders of paintings. None unless the source is `"folders"`.
        recipe: The recipe on which the settings are based.
        settings: All settings, resolved.
    """

    artist: str | None
    source: str
    photos: tuple[str, ...] | None
    art: tuple[str, ...] | None
    recipe: str
    settings: TrainingConfig

    @classmethod
    def new(
        cls,
        artist: str | None = None,
        source: str | None = None,
        photos: Folders = None,
        art: Folders = None,
        recipe: str | None = None,
        **settings: Any,
    ) -> "RunSpec":
        """Describe a new run.

        Args:
            artist, source, photos, art: As for `copyart.train`.
            recipe: A key of `copyart.config.RECIPES`. Defaults to `"article"`.
            **settings: Settings that differ from the recipe. None keeps the recipe's value.

        Raises:
            ConfigError: if the arguments contradict each other, or a setting is out of its range.
            ArtistError: if there is no artist of this name.
        """
        recipe = recipe or "article"
        config = TrainingConfig.from_recipe(recipe, **_make_start_from_absolute(settings))
        source = choose_source(artist, source, photos, art)
        return cls(
            _artist_name(artist, source, art), source, _absolute_folders(photos), _absolute_folders(art), recipe, config
        )

    def with_changes(
        self,
        artist: str | None = None,
        source: str | None = None,
        photos: Folders = None,
        art: Folders = None,
        recipe: str | None = None,
        **settings: Any,
    ) -> "RunSpec":
        """Return this run with changes that are allowed when it resumes: the folders of pictures, and some settings.

        Args:
            artist, source, photos, art, recipe, **settings: As for `new`. None leaves a value unchanged.

        Raises:
            WorkdirError: if the artist, the recipe or a fixed setting differs.
            ConfigError: if a setting is unknown or out of its range.
        """
        if recipe not in (None, self.recipe):
            raise _other_run_error("recipe", self.recipe, recipe)
        place = self._resumed_pictures(source, photos, art)
        if artist is not None and (name := _artist_name(artist, place["source"], place["art"])) != self.artist:
            raise _other_run_error("artist", self.artist, name)
        settings = {name: value for name, value in _make_start_from_absolute(settings).items() if value is not None}
        config = TrainingConfig.from_dict({**self.settings.to_dict(), **settings})
        for name in settings:
            before, now = getattr(self.settings, name), getattr(config, name)
            if name == "start_from":  # compared without parent folders, because the source may have been moved
                before, now = name_of_run(before), name_of_run(now)
            if name not in CHANGEABLE and before != now:
                raise _other_run_error(name, before, now)
        return dataclasses.replace(
            self, **place, settings=dataclasses.replace(config, start_from=self.settings.start_from)
        )

    def _resumed_pictures(self, source: str | None, photos: Folders, art: Folders) -> dict[str, Any]:
        if source is None and photos is None and art is None:
            return {"source": self.source, "photos": self.photos, "art": self.art}
        if self.source == "folders" and source in (None, "folders"):
            return {
                "source": "folders",
                "photos": _absolute_folders(photos) or self.photos,
                "art": _absolute_folders(art) or self.art,
            }
        source = choose_source(self.artist, source, photos, art)
        return {"source": source, "photos": _absolute_folders(photos), "art": _absolute_folders(art)}

    def has_other_pictures_than(self, other: "RunSpec") -> bool:
        """Tell whether the pictures come from a different source or different folders than in `other`."""
        return (self.source, self.photos, self.art) != (other.source, other.photos, other.art)

    def changes_since(self, before: "RunSpec") -> list[str]:
        """Return a line for each setting and each folder of pictures that differs from `before`."""
        pairs = [(name, getattr(before, name), getattr(self, name)) for name in ("source", "photos", "art")]
        pairs += [(name, getattr(before.settings, name), getattr(self.settings, name)) for name in CHANGEABLE]
        return [
            f"{name}: {_join_values(old)} before, {_join_values(new)} now" for name, old, new in pairs if old != new
        ]

    def to_json(self) -> str:
        """Return the text of `config.json`."""
        fields = {**vars(self), "settings": self.settings.to_dict()}
        return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "RunSpec":
        """Parse the result of `to_json`. Settings that are missing in the text of an older version get their defaults.

        Raises:
            ValueError, KeyError, TypeError: if the text is damaged. `ConfigError` is a ValueError.
        """
        found = json.loads(text)
        facts = {name: found[name] for name in ("artist", "source", "photos", "art", "recipe")}
        for name in ("photos", "art"):
            facts[name] = facts[name] and tuple(facts[name])
        return cls(**facts, settings=TrainingConfig.from_dict(found["settings"]))


def name_of_run(path: str | PathLike | None) -> str | None:
    """Return the path of a run without its parent folders, which are private and may change.

    Args:
        path: The source that a run started from, or None.

    Example:
        >>> name_of_run("/home/anna/painters/runs/monet/best")
        'monet/best'
    """
    if path is None:
        return None
    path = Path(path)
    return f"{path.parent.name}/{path.name}" if path.name in _PARTS_OF_RUNS and path.parent.name else path.name


def _other_run_error(name: str, before: Any, now: Any) -> WorkdirError:
    return WorkdirError(
        f"a workdir holds one run. Received: {name}={now!r} for a run that was started with {name}={before!r}. Choose "
        f"another --workdir, or leave {name} unchanged."
    )


def _join_values(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, tuple) else value


def _artist_name(artist: str | None, source: str, art: Folders) -> str | None:
    """Return the artist's name as `copyart.artists` spells it. With the user's own folders, any name is allowed."""
    if art is None and source != "sample":
        return artists.find(artist).name if artist else None
    if artist is None:
        folders = _absolute_folders(art)
        return "The sample" if folders is None else Path(folders[0]).name.replace("_", " ")
    try:
        return artists.find(artist).name
    except ValueError:
        return str(artist)


def _absolute_folders(folders: Folders) -> tuple[str, ...] | None:
    if folders is None:
        return None
    folders = [folders] if isinstance(folders, (str, PathLike)) else folders
    return tuple(str(Path(folder).absolute()) for folder in folders)


def _make_start_from_absolute(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Make the path in `start_from` absolute, so that the run can be resumed from another folder."""
    start = settings.get("start_from")
    if start in (None, "none", STARTER) or not Path(start).exists():
        return dict(settings)
    return {**settings, "start_from": str(Path(start).absolute())}
