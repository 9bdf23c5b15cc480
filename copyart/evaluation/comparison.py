"""Judge a style: paint photos it has not seen, and compare the paintings with photos and with real paintings."""

import functools
import os

import numpy as np
from PIL import Image

from copyart.errors import ConfigError
from copyart.evaluation.checkerboard import SMALLEST
from copyart.evaluation.closeness import Sets, feature_distances, patch_distances
from copyart.evaluation.copies import CopyFinder
from copyart.evaluation.faults import copied, saturation, weave
from copyart.evaluation.features import INSTALL, feature_network
from copyart.evaluation.figures import Evaluation
from copyart.evaluation.likeness import inversions, likeness
from copyart.evaluation.pictures import load_pictures, square, squeezed

#: Fewer pictures than this give figures too rough to rank two styles by.
_FEW = 50
#: Photos and paintings on the contact sheet.
_PAIRS = 15
#: Side in pixels at which copies are looked for: their composition is compared, in 8×8 cells.
_SMALL = 64


def evaluate(
    style,
    photos,
    art,
    *,
    training_art=None,
    image_size=256,
    features="auto",
    limit=150,
    seed=0,
    progress=None,
):
    """Judge how close a style's paintings are to the artist, what they keep of the photos, and what is wrong with them.

    Args:
        style: Anything that `copyart.load` takes, or a painter.
        photos: Photos that it was not trained on: a folder, or a list of pictures.
        art: Real paintings that it was not trained on, likewise. They are the measure.
        training_art: Paintings that it was trained on, likewise: they show what real paintings score, and copies of
            them are looked for. Defaults to None: half of `art` does the first, all of it the second.
        image_size: Side in pixels to which all pictures are brought, photos before they are painted. Defaults to 256.
        features: As for `copyart.evaluation.feature_network`. Defaults to `"auto"`.
        limit: Most pictures of each kind. Defaults to 150; None takes all.
        seed: Decides which pictures, and which half of `art`. Defaults to 0.
        progress: Called with what is being done, the number of pieces done and of all.

    Returns:
        `copyart.evaluation.Evaluation`.

    Raises:
        StyleError: if the style or the features' weights cannot be loaded.
        DataError: if there are too few pictures.
        ConfigError: if an argument is out of its range.

    Example:
        >>> evaluation = copyart.evaluate("runs/vangogh", "photos/", "paintings/", training_art="learnt/")
        >>> evaluation.figures["kid"].share_of_the_way
        Estimate(value=0.64, low=0.55, high=0.72)
        >>> evaluation.save("evaluation")
    """
    _check(image_size, limit)
    tell = progress or (lambda what, done, total: None)
    network, painter = feature_network(features), _painter(style)
    load = functools.partial(_load, seed=seed, tell=tell)
    given, kept = (load(sources, image_size, limit) for sources in (photos, art))
    learnt = None if training_art is None else load(training_art, image_size, limit)
    sets = _sets(given.images, _paint(painter, given.images, tell), kept.images, learnt)
    figures, faults = {**_distances(sets, network, tell), **likeness(sets.photos, sets.paintings, sets.real)}, []
    faults += inversions(sets.photos, sets.paintings, figures, given.names)
    for name, (figure, found) in _looks(sets, given.names, _finder(sets, art, training_art, load)):
        figures[name] = figure
        faults += found
    return Evaluation(
        style=getattr(painter, "name", type(painter).__name__),
        image_size=image_size,
        features=network and network.name,
        counts={"photos": len(sets.photos), "art": len(sets.reference), "real": len(sets.real)},
        figures=figures,
        faults=tuple(faults),
        notes=tuple(_notes(sets, network, learnt, given.unread + kept.unread)),
        pairs=np.stack([sets.photos[:_PAIRS], sets.paintings[:_PAIRS]], axis=1),
    )


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


def _load(sources, size, limit, seed, tell, fit=square):
    def progress(done, total):
        tell("reading pictures", done, total)

    return load_pictures(sources, size, limit, seed, progress, fit)


def _paint(painter, photos, tell):
    paintings = []
    for done, photo in enumerate(photos, 1):
        painting = painter.paint(Image.fromarray(photo))
        paintings.append(np.asarray(square(painting, photo.shape[0])))
        tell("painting", done, len(photos))
    return np.stack(paintings)


def _sets(photos, paintings, art, learnt):
    """Choose what is the measure, and what stands for the best that a painter could do."""
    if learnt is not None:
        return Sets(photos, paintings, art, learnt.images)
    if len(art) < 4:
        raise ConfigError(
            "art must hold at least 4 paintings where there is no training_art: half of them are the measure. "
            f"Received: {len(art)}. Give more paintings, or training_art."
        )
    return Sets(photos, paintings, art[: len(art) // 2], art[len(art) // 2 :])


def _distances(sets, network, tell):
    figures = {}
    if network is not None:
        features = Sets(*(network(pictures, _counter(sets, place, tell)) for place, pictures in enumerate(sets)))
        figures.update(feature_distances(features, lambda done, total: tell("comparing features", done, total)))
    return {**figures, **patch_distances(sets, lambda done, total: tell("comparing patches", done, total))}


def _counter(sets, place, tell):
    """Return the progress of looking at one set as that of all."""
    before, total = sum(map(len, sets[:place])), sum(map(len, sets))
    return lambda done, _: tell("looking", before + done, total)


def _finder(sets, art, training_art, load):
    """Return what finds copies, the names of what it looks among, and held-out paintings to hold against it."""
    known = load(art if training_art is None else training_art, _SMALL, None, fit=squeezed)
    held_out = None if training_art is None else load(art, _SMALL, None, fit=squeezed).images
    return CopyFinder(known.images, sets.photos), known.names, held_out


def _looks(sets, names, finder):
    """Yield the name of each fault that is looked for, its figure, and what was found."""
    photos, paintings, _, real = sets
    if photos.shape[1] >= SMALLEST:
        yield "checkerboard", weave(paintings, photos, real)
    yield "saturation", saturation(paintings, photos, real, names)
    find, originals, held_out = finder
    yield "copies", copied(find, paintings, held_out, names, originals)


def _notes(sets, network, learnt, unread):
    if unread:
        yield f"{len(unread)} pictures could not be read and were left out, the first because {unread[0]}"
    if network is None:
        yield f"No KID and no FID: {INSTALL}"
    if learnt is None:
        yield (
            "Half of the paintings were the measure, the other half stand for real paintings: give training_art "
            "(--training-art) to measure by all."
        )
    if (fewest := min(map(len, sets))) < _FEW:
        yield f"Only {fewest} pictures of a kind: the figures are rough. With {_FEW} or more they tell styles apart."
