"""`copyart.evaluate`: paint photos, and compare the paintings with the photos and with real paintings."""

import dataclasses
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from copyart.data.split import HOLD_OUT
from copyart.errors import ConfigError
from copyart.evaluation.attribution import attribution, load_classifier
from copyart.evaluation.checkerboard import SMALLEST
from copyart.evaluation.content import content_preservation, inversion_faults
from copyart.evaluation.copies import CopyFinder
from copyart.evaluation.distances import PictureSets, distances_by_judge, patch_distances
from copyart.evaluation.faults import checkerboard_artifacts, near_copies, saturation
from copyart.evaluation.features import INSTALL, FeatureNetwork, feature_networks
from copyart.evaluation.figures import Evaluation, Fault, Figure
from copyart.evaluation.pictures import LoadedPictures, central_square, load_pictures
from copyart.evaluation.real_paintings import RealPaintings, load_real_paintings
from copyart.painting.loading import load
from copyart.styles.bundled import BUNDLED
from copyart.styles.opening import is_hub_handle

#: With fewer pictures, the figures are too rough to tell which of two styles is better.
_FEW = 50
#: Maximum number of pairs on the contact sheet, each a photo and its painting.
_PAIRS = 15


def evaluate(
    style: Any,
    photos: str | os.PathLike | Sequence,
    art: str | os.PathLike | Sequence | None = None,
    *,
    people: str | os.PathLike | Sequence | None = None,
    training_art: str | os.PathLike | Sequence | None = None,
    artist: str | None = None,
    image_size: int = 256,
    features: str | os.PathLike | Callable | Sequence[Callable] = "auto",
    limit: int | None = 150,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> Evaluation:
    """Measure a style's distance to the artist, attribution, content preservation and faults.

    Args:
        style: Anything that `copyart.load` takes, or a painter.
        photos: A folder or list of photos that the style was not trained on.
        art: A folder or list of paintings by the artist. Distances are measured from the held-out part of them, which
            is chosen by the content of the files, as in training. Its share is `validation_fraction` in the style's
            settings, or a fifth for bundled styles, painters and styles without settings. The other paintings give the
            figures of real paintings, and the style is checked for copies of them. Defaults to None: no distances.
        people: A folder or list of photos of people, on which the style is evaluated as well. Defaults to None.
        training_art: A folder or list of the style's training paintings. If given, distances are measured from all of
            `art`, and the training paintings serve as the other paintings. Defaults to None.
        artist: The artist for attribution. Defaults to None: the name in the style's metadata.
        image_size: Side in pixels to which all pictures are scaled. Photos are scaled before they are painted. Defaults
            to 256.
        features: The judges, as for `copyart.evaluation.feature_networks`. Defaults to `"auto"`.
        limit: Maximum number of pictures of each kind. Defaults to 150; None takes all.
        seed: Seed of the choice of pictures. Defaults to 0.
        progress: Called with a description of the current work, the number of its steps done and their total.

    Raises:
        StyleError: if the style or the weights of a judge cannot be loaded.
        DataError: if there are too few pictures.
        ConfigError: if an argument is out of range, or too few paintings are held out.

    Example:
        >>> evaluation = copyart.evaluate("runs/vangogh", "photos/", "paintings/", people="people/")
        >>> evaluation.figures["kid"].judge, evaluation.figures["kid"].gap_closed
        ('EfficientNet-lite0', Estimate(value=0.64, low=0.55, high=0.72))
        >>> evaluation.save("evaluation")
    """
    _check_arguments(image_size, limit)
    tell = progress or (lambda what, done, total: None)
    judges = () if art is None else feature_networks(features)
    painter = load(style) if isinstance(style, (str, os.PathLike)) else style
    read = functools.partial(
        load_pictures,
        size=image_size,
        limit=limit,
        seed=seed,
        progress=functools.partial(tell, "reading pictures"),
    )
    real = None if art is None else load_real_paintings(art, training_art, read, _held_out_fraction(style, painter))
    comparison = _Evaluator(painter, artist, judges, real, image_size)
    found = comparison.evaluate(read(photos), tell)
    evaluation = dataclasses.replace(found, notes=(*comparison.notes(), *found.notes))
    if people is None:
        return evaluation
    of_people = comparison.evaluate(read(people), lambda what, *count: tell(f"{what}, people", *count))
    return dataclasses.replace(evaluation, people=of_people)


def _held_out_fraction(style: Any, painter: Any) -> float:
    """Return the fraction of the artist's paintings that training held out."""
    # A bundled style was trained on folders without the held-out fifth, so the fraction in its settings does not apply.
    if not isinstance(style, (str, os.PathLike)) or _is_bundled(style):
        return HOLD_OUT
    settings = painter.metadata.get("settings")
    fraction = settings.get("validation_fraction") if isinstance(settings, dict) else None
    return fraction if isinstance(fraction, float) and 0 < fraction < 1 else HOLD_OUT


def _is_bundled(style: str | os.PathLike) -> bool:
    """Tell whether a style is given by name, or by the path of a bundled style."""
    if is_hub_handle(style):
        return False
    return not os.path.exists(style) or BUNDLED.resolve() in Path(style).resolve().parents


def _check_arguments(image_size: int, limit: int | None) -> None:
    if image_size < 32:
        raise ConfigError(f"image_size must be at least 32. Received: {image_size=}. 256 is a good one.")
    if limit is not None and limit < 2:
        raise ConfigError(f"limit must be at least 2, or None. Received: {limit=}. 150 is a good one.")


class _Evaluator:
    """Evaluates a painter on several groups of photos. Features of real paintings are computed only once.

    Args:
        painter: An object whose method `paint` takes and returns a PIL image.
        artist: The artist for attribution. None takes the name in the painter's metadata.
        judges: Feature networks.
        real: `RealPaintings`, or None.
        image_size: Side of all pictures in pixels.
    """

    def __init__(
        self,
        painter: Any,
        artist: str | None,
        judges: Sequence[FeatureNetwork],
        real: RealPaintings | None,
        image_size: int,
    ):
        self._painter, self._judges, self._real, self._size = painter, judges, real, image_size
        self._classifier = load_classifier()
        self._features_of_real: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._ranks_of_real: np.ndarray | None = None
        self._requested_artist = artist or getattr(painter, "metadata", {}).get("name")
        self._artist = self._classifier.known_name(self._requested_artist)

    def evaluate(self, photos: LoadedPictures, tell: Callable) -> Evaluation:
        """Return the `Evaluation` of the painter on photos."""
        figures: dict[str, Figure] = {}
        faults: list[Fault] = []
        paintings, real = self._paint_photos(photos.images, tell), self._real
        if self._artist:
            figures |= self._measure_attribution(self._artist, photos.images, paintings, tell)
        if real:
            sets = PictureSets(photos.images, paintings, real.reference.images, real.others.images)
            figures |= self._measure_distances(sets, tell)
        unrelated = real.others.images if real else np.roll(photos.images, 1, axis=0)
        figures |= content_preservation(photos.images, paintings, unrelated)
        faults += inversion_faults(photos.images, paintings, figures, photos.names)
        for name, (figure, found) in self._measure_faults(photos, paintings):
            figures[name] = figure
            faults += found
        counts = {"photos": len(paintings)}
        if real:
            counts |= {"art": len(real.reference.images), "real": len(real.others.images)}
        return Evaluation(
            style=getattr(self._painter, "name", type(self._painter).__name__),
            artist=self._artist,
            image_size=self._size,
            features=tuple(judge.name for judge in self._judges),
            counts=counts,
            figures=figures,
            faults=tuple(faults),
            notes=tuple(_notes_on_photos(photos, counts)),
            pairs=np.stack([photos.images[:_PAIRS], paintings[:_PAIRS]], axis=1),
        )

    def _paint_photos(self, photos: np.ndarray, tell: Callable) -> np.ndarray:
        paintings = []
        for done, photo in enumerate(photos, 1):
            painting = self._painter.paint(Image.fromarray(photo))
            paintings.append(np.asarray(central_square(painting, photo.shape[0])))
            tell("painting", done, len(photos))
        return np.stack(paintings)

    def _measure_attribution(
        self, artist: str, photos: np.ndarray, paintings: np.ndarray, tell: Callable
    ) -> dict[str, Figure]:
        ranks = functools.partial(
            self._classifier.ranks, artist=artist, progress=functools.partial(tell, "attributing pictures")
        )
        if self._real and self._ranks_of_real is None:
            self._ranks_of_real = ranks(self._real.reference.images)
        return attribution(ranks(paintings), ranks(photos), self._classifier, artist)

    def _measure_distances(self, sets: PictureSets, tell: Callable) -> dict[str, Figure]:
        features = {judge.name: self._compute_features(judge, sets, tell) for judge in self._judges}
        return {
            **distances_by_judge(features, functools.partial(tell, "comparing features")),
            **patch_distances(sets, functools.partial(tell, "comparing patches")),
        }

    def _compute_features(self, judge: FeatureNetwork, sets: PictureSets, tell: Callable) -> PictureSets:
        tell_each = functools.partial(tell, f"computing features of {judge.name}")
        if judge.name not in self._features_of_real:
            self._features_of_real[judge.name] = judge(sets.reference, tell_each), judge(sets.real, tell_each)
        return PictureSets(
            judge(sets.photos, tell_each), judge(sets.paintings, tell_each), *self._features_of_real[judge.name]
        )

    def _measure_faults(
        self, photos: LoadedPictures, paintings: np.ndarray
    ) -> Iterator[tuple[str, tuple[Figure, list[Fault]]]]:
        """Yield the name of each figure that can show a fault, the figure, and the faults found."""
        others = self._real and self._real.others.images
        if self._size >= SMALLEST:
            yield "checkerboard", checkerboard_artifacts(paintings, photos.images, others)
        yield "saturation", saturation(paintings, photos.images, others, photos.names)
        if self._real:
            originals = self._real.originals
            finder = CopyFinder(originals.images, photos.images)
            yield "copies", near_copies(finder, paintings, self._real.held_out, photos.names, originals.names)

    def notes(self) -> Iterator[str]:
        """Yield the notes that hold for all groups of photos."""
        real = self._real
        if self._artist is None:
            named = (
                f"{self._requested_artist!r}, which it does not know"
                if self._requested_artist
                else "no artist's name (--artist)"
            )
            yield f"No attribution: the artist must be known to the classifier. Received: {named}."
        elif self._ranks_of_real is not None:
            first, fifth = (np.mean(self._ranks_of_real < top) for top in (1, 5))
            yield (
                f"Of the {len(self._ranks_of_real)} held-out paintings, {first:.0%} are attributed to "
                f"{self._artist}, top 5 {fifth:.0%}."
            )
        if real is None:
            yield "No KID, FID and SWD: they need paintings by the artist (--art)."
        elif len(self._judges) < 2:
            yield INSTALL if self._judges else "No KID and no FID: features are turned off."
        if real and (unread := real.reference.unread + real.others.unread):
            yield _note_on_unreadable_pictures(unread)
        if real and real.split and (count := len(real.reference.images)) < _FEW:
            yield (
                f"Only {count} paintings, about {real.split:.0%}, are held out to measure distances from. Figures are "
                f"rough below {_FEW}: give more paintings."
            )


def _notes_on_photos(photos: LoadedPictures, counts: dict[str, int]) -> Iterator[str]:
    """Yield the notes on one group of photos."""
    if photos.unread:
        yield _note_on_unreadable_pictures(photos.unread)
    if (fewest := min(counts.values())) < _FEW:
        yield f"Only {fewest} pictures of a kind: figures below {_FEW} are too rough to rank styles."


def _note_on_unreadable_pictures(unread: Sequence[str]) -> str:
    return f"{len(unread)} pictures could not be read and were left out, the first because {unread[0]}"
