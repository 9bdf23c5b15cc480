"""Judge a style: paint photos it has not seen, and compare the paintings with photos and with real paintings."""

import dataclasses
import functools
import os
from collections.abc import Callable

import numpy as np
from PIL import Image

from copyart.errors import ConfigError
from copyart.evaluation.attribution import attribution, load_classifier
from copyart.evaluation.checkerboard import SMALLEST
from copyart.evaluation.closeness import Sets, distances_by_judge, patch_distances
from copyart.evaluation.content import content_preservation, inversions
from copyart.evaluation.copies import CopyFinder
from copyart.evaluation.faults import checkerboard_artifacts, near_copies, saturation
from copyart.evaluation.features import INSTALL, feature_networks
from copyart.evaluation.figures import Evaluation
from copyart.evaluation.pictures import load_pictures, square
from copyart.evaluation.real_paintings import load_real_paintings

#: Fewer pictures than this give figures too rough to rank two styles by.
_FEW = 50
#: Photos and paintings on the contact sheet.
_PAIRS = 15


def evaluate(
    style,
    photos,
    art=None,
    *,
    people=None,
    training_art=None,
    artist: str | None = None,
    image_size: int = 256,
    features="auto",
    limit: int | None = 150,
    seed: int = 0,
    progress: Callable[[str, int, int], None] | None = None,
) -> Evaluation:
    """Judge how close a style's paintings are to the artist, how well they preserve the photos, and what is wrong.

    Args:
        style: Anything that `copyart.load` takes, or a painter.
        photos: Photos that it was not trained on: a folder, or a list of pictures.
        art: Real paintings of the artist, likewise. About a fifth of them, chosen by the content of the files as
            training does, is the measure; the others show what real paintings score, and copies of them are looked
            for. Defaults to None: no distances.
        people: Photos of people, likewise: the style is judged on them, too. Defaults to None.
        training_art: Paintings that it was trained on, likewise: they take the place of those others, and the whole
            of `art` is the measure. Defaults to None.
        artist: Whose works the paintings should be taken for. Defaults to None: the name in the style's metadata.
        image_size: Side in pixels to which all pictures are brought, photos before they are painted. Defaults to 256.
        features: The judges, as for `copyart.evaluation.feature_networks`. Defaults to `"auto"`.
        limit: Most pictures of each kind. Defaults to 150; None takes all.
        seed: Decides which pictures. Defaults to 0.
        progress: Called with what is being done, the number of pieces done and of all.

    Raises:
        StyleError: if the style or the features' weights cannot be loaded.
        DataError: if there are too few pictures.
        ConfigError: if an argument is out of its range, or too few paintings are held out.

    Example:
        >>> evaluation = copyart.evaluate("runs/vangogh", "photos/", "paintings/", people="people/")
        >>> evaluation.figures["kid"].judge, evaluation.figures["kid"].gap_closed
        ('EfficientNet-lite0', Estimate(value=0.64, low=0.55, high=0.72))
        >>> evaluation.save("evaluation")
    """
    _check(image_size, limit)
    tell = progress or (lambda what, done, total: None)
    judges = () if art is None else feature_networks(features)
    painter = _painter(style)
    load = functools.partial(load_pictures, size=image_size, limit=limit, seed=seed)
    reading = functools.partial(load, progress=functools.partial(tell, "reading pictures"))
    real = None if art is None else load_real_paintings(art, training_art, reading)
    comparison = _Comparison(painter, artist, judges, real, image_size)
    found = comparison.judge(reading(photos), tell)
    evaluation = dataclasses.replace(found, notes=(*comparison.notes(), *found.notes))
    if people is None:
        return evaluation
    of_people = comparison.judge(reading(people), lambda what, *count: tell(f"{what}, people", *count))
    return dataclasses.replace(evaluation, people=of_people)


def _check(image_size, limit):
    if image_size < 32:
        raise ConfigError(f"image_size must be at least 32. Received: {image_size=}. 256 is a good one.")
    if limit is not None and limit < 2:
        raise ConfigError(f"limit must be at least 2, or None. Received: {limit=}. 150 is a good one.")


def _painter(style):
    if not isinstance(style, (str, os.PathLike)):
        return style
    from copyart.painting.loading import load

    return load(style)


class _Comparison:
    """Judges a painter on one group of photos after another; what real paintings give is computed once.

    Args:
        painter: Its method `paint` takes and returns a PIL image.
        artist: Whose works the paintings should be taken for; None: the one in the painter's metadata.
        judges: Networks whose features are compared.
        real: `RealPaintings`, or None.
        image_size: Side of all pictures in pixels.
    """

    def __init__(self, painter, artist, judges, real, image_size):
        self._painter, self._judges, self._real, self._size = painter, judges, real, image_size
        self._classifier, self._features_of_real, self._ranks_of_real = load_classifier(), {}, None
        self._asked = artist or getattr(painter, "metadata", {}).get("name")
        self._artist = self._classifier.find(self._asked)

    def judge(self, photos, tell):
        """Return the `Evaluation` on photos, `Loaded`."""
        paintings, figures, faults = self._paint(photos.images, tell), {}, []
        real = self._real
        if self._artist:
            figures |= self._attribution(photos.images, paintings, tell)
        if real:
            sets = Sets(photos.images, paintings, real.measure.images, real.others.images)
            figures |= self._distances(sets, tell)
        unrelated = real.others.images if real else np.roll(photos.images, 1, axis=0)
        figures |= content_preservation(photos.images, paintings, unrelated)
        faults += inversions(photos.images, paintings, figures, photos.names)
        for name, (figure, found) in self._looks(photos, paintings):
            figures[name] = figure
            faults += found
        counts = {"photos": len(paintings)}
        if real:
            counts |= {"art": len(real.measure.images), "real": len(real.others.images)}
        return Evaluation(
            style=getattr(self._painter, "name", type(self._painter).__name__),
            artist=self._artist,
            image_size=self._size,
            features=tuple(judge.name for judge in self._judges),
            counts=counts,
            figures=figures,
            faults=tuple(faults),
            notes=tuple(_notes_on(photos, counts)),
            pairs=np.stack([photos.images[:_PAIRS], paintings[:_PAIRS]], axis=1),
        )

    def _paint(self, photos, tell):
        paintings = []
        for done, photo in enumerate(photos, 1):
            painting = self._painter.paint(Image.fromarray(photo))
            paintings.append(np.asarray(square(painting, photo.shape[0])))
            tell("painting", done, len(photos))
        return np.stack(paintings)

    def _attribution(self, photos, paintings, tell):
        ranks = functools.partial(
            self._classifier.ranks, artist=self._artist, progress=functools.partial(tell, "attributing pictures")
        )
        if self._real and self._ranks_of_real is None:
            self._ranks_of_real = ranks(self._real.measure.images)
        return attribution(ranks(paintings), ranks(photos), self._classifier, self._artist)

    def _distances(self, sets, tell):
        features = {judge.name: self._features(judge, sets, tell) for judge in self._judges}
        return {
            **distances_by_judge(features, functools.partial(tell, "comparing features")),
            **patch_distances(sets, functools.partial(tell, "comparing patches")),
        }

    def _features(self, judge, sets, tell):
        tell_each = functools.partial(tell, f"computing features of {judge.name}")
        if judge.name not in self._features_of_real:
            self._features_of_real[judge.name] = judge(sets.reference, tell_each), judge(sets.real, tell_each)
        return Sets(
            judge(sets.photos, tell_each), judge(sets.paintings, tell_each), *self._features_of_real[judge.name]
        )

    def _looks(self, photos, paintings):
        """Yield the name of each fault that is looked for, its figure, and what was found."""
        others = self._real and self._real.others.images
        if self._size >= SMALLEST:
            yield "checkerboard", checkerboard_artifacts(paintings, photos.images, others)
        yield "saturation", saturation(paintings, photos.images, others, photos.names)
        if self._real:
            originals = self._real.originals
            finder = CopyFinder(originals.images, photos.images)
            yield "copies", near_copies(finder, paintings, self._real.held_out, photos.names, originals.names)

    def notes(self):
        """Yield what the reader should know, whatever the photos."""
        real = self._real
        if self._artist is None:
            named = f"{self._asked!r}, whom it does not know" if self._asked else "no artist's name (--artist)"
            yield f"No attribution: the classifier must know the artist. Received: {named}."
        elif self._ranks_of_real is not None:
            first, fifth = (np.mean(self._ranks_of_real < top) for top in (1, 5))
            yield (
                f"Of the {len(self._ranks_of_real)} real paintings that measure, {first:.0%} are attributed to "
                f"{self._artist}, top 5 {fifth:.0%}."
            )
        if real is None:
            yield "No KID, FID and SWD: they need paintings of the artist (--art)."
        elif len(self._judges) < 2:
            yield INSTALL if self._judges else "No KID and no FID: no features were asked for."
        if real and (unread := real.measure.unread + real.others.unread):
            yield _left_out(unread)
        if real and real.split and (count := len(real.measure.images)) < _FEW:
            yield (
                f"Only {count} of the paintings are held out, and measure: about a fifth, by the content of their "
                f"files. Figures are rough below {_FEW}: give more paintings."
            )


def _notes_on(photos, counts):
    """Yield what the reader should know of one group of photos."""
    if photos.unread:
        yield _left_out(photos.unread)
    if (fewest := min(counts.values())) < _FEW:
        yield f"Only {fewest} pictures of a kind: figures are rough below {_FEW}, and do not tell styles apart."


def _left_out(unread):
    return f"{len(unread)} pictures could not be read and were left out, the first because {unread[0]}"
