"""Load the pictures of a run, compare them with those of its previous start, and find the held-out ones again."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from copyart.data.pipeline import Data, load_data
from copyart.data.store import Selection
from copyart.errors import DataError, WorkdirError
from copyart.training.checkpoints import Progress
from copyart.training.run_spec import RunSpec
from copyart.training.workdir import Workdir

#: At most this share of the pictures of the smaller domain may also be in the other domain.
_MOST_IN_BOTH = 0.5


def load_run_data(
    spec: RunSpec,
    cache_dir: Path | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    download_progress: Callable[[int, int], None] | None = None,
) -> Data:
    """Load the pictures of a run and split them according to its settings.

    Args:
        cache_dir, progress, download_progress: As for `copyart.load_data`.

    Raises:
        DataError: if the pictures cannot be read, are too few, or were moved.
    """
    settings = spec.settings
    try:
        return load_data(
            spec.artist,
            spec.source,
            photos=spec.photos,
            art=spec.art,
            image_size=settings.image_size,
            load_size=settings.load_size,
            batch_size=settings.batch_size,
            seed=settings.seed,
            validation_fraction=settings.validation_fraction,
            resized_crops=settings.resized_crops,
            cache_dir=cache_dir,
            progress=progress,
            download_progress=download_progress,
        )
    except DataError as error:
        if all(Path(folder).exists() for folder in (*(spec.photos or ()), *(spec.art or ()))):
            raise
        raise DataError(f"{error} If the pictures have moved, name their folders with --photos and --art.") from error


def check_domains_differ(data: Data, say: Callable[[str], object]) -> None:
    """Check that photos and paintings are different pictures, by comparing the contents of their files.

    Args:
        data: The pictures of a run.
        say: Called with a message if a few pictures are in both domains.

    Raises:
        DataError: if more than half of the pictures of the smaller domain are also in the other.
    """
    photos, art = (
        {**_files_by_digest(train), **_files_by_digest(unseen)} for train, unseen in _selections_by_domain(data)
    )
    both = [art[digest] for digest in photos if digest in art]
    if not both:
        return
    if len(both) > _MOST_IN_BOTH * min(len(photos), len(art)):
        raise DataError(
            f"photos and paintings must be different pictures. Received: {len(both)} pictures in both, for example "
            f"{both[0]}. Give a folder of photos with --photos, and a folder of the artist's paintings with --art."
        )
    say(f"{len(both)} pictures are among both the photos and the paintings, for example {both[0]}.")


def _selections_by_domain(data: Data) -> tuple[tuple[Selection, Selection], tuple[Selection, Selection]]:
    return (data.train_photos, data.held_out_photos), (data.train_art, data.held_out_art)


def _files_by_digest(selection: Selection) -> dict[str, Path]:
    return dict(zip(selection.digests, selection.files, strict=True))


def compare_pictures(
    data: Data, spec: RunSpec, before: RunSpec | None, progress: Progress, say: Callable[[str], object]
) -> None:
    """Compare the pictures of a run with those of its previous start, and record their fingerprint.

    Pictures are compared by content, not by path, so a run can resume from any folder with the same pictures. If
    pictures were added or removed in the same folders, the run continues, and its epochs keep their length.

    Args:
        before: The run's spec at the previous start, or None in a new workdir.
        progress: The run's `Progress`. `pictures` and `steps_per_epoch` are set.
        say: Called with a message if pictures were added or removed.

    Raises:
        WorkdirError: if the folders or the source changed and the pictures differ from the earlier ones.
    """
    now = data.fingerprint()
    if before and progress.pictures != now and spec.has_other_pictures_than(before):
        raise WorkdirError(
            f"a workdir holds one run with its own pictures. Received: {_source_names(spec)}, whose pictures differ "
            f"from those of {_source_names(before)}. Give folders with the same pictures, or another --workdir."
        )
    if progress.pictures and progress.pictures != now:
        photos, art = len(data.train_photos), len(data.train_art)
        say(
            f"The pictures have changed since the last start: there are now {photos} training photos and {art} "
            f"training paintings. Epochs keep their {progress.steps_per_epoch} steps."
        )
    progress.pictures = now
    progress.steps_per_epoch = progress.steps_per_epoch or spec.settings.steps_per_epoch or data.steps_per_epoch


def _source_names(spec: RunSpec) -> str:
    folders = (*(spec.photos or ()), *(spec.art or ()))
    return " and ".join(folders) or f"the source {spec.source}"


class HeldOut(NamedTuple):
    """Paths of the held-out pictures and the training paintings of a run.

    Args:
        photos: The held-out photos.
        art: The held-out paintings.
        training_art: The training paintings.
    """

    photos: tuple[Path, ...]
    art: tuple[Path, ...]
    training_art: tuple[Path, ...]


def held_out_files(
    workdir: Path | str,
    cache_dir: Path | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    download_progress: Callable[[int, int], None] | None = None,
) -> HeldOut:
    """Find the held-out pictures and the training paintings of an earlier run.

    Args:
        cache_dir, progress, download_progress: As for `copyart.load_data`.

    Raises:
        WorkdirError: if the folder contains no run, or the run is damaged.
        DataError: if the pictures can no longer be read.
    """
    spec = Workdir(workdir).read_spec()
    if spec is None:
        raise WorkdirError(
            f"a workdir must contain a run. Received: {workdir}, which contains none. Choose another folder."
        )
    data = load_run_data(spec, cache_dir, progress, download_progress)
    return HeldOut(data.held_out_photos.files, data.held_out_art.files, data.train_art.files)
