"""Evaluate many styles and print a row of figures for each.

    python -m scripts.judge_styles monet runs/klimt --photos held_out_photos --people held_out_people \
        --paintings paintings --cache features --reports judged

PAINTINGS contains a folder for each artist. Distances are measured from the held-out fifth of the artist's paintings.
The folder --cache keeps the features of photos and real paintings for the next style. Each style's page, contact sheet
and figures are written to the folder --reports, if it is given.
"""

import argparse
import hashlib
import time
from pathlib import Path

import numpy as np

import copyart
from copyart.data.images import list_images
from copyart.evaluation.attribution import load_classifier
from copyart.evaluation.features import feature_networks
from copyart.evaluation.wording import format_gap
from scripts.artist_folders import art_folders
from scripts.train_attribution import DETAIL

COLUMNS = (
    *("style", "gap closed: SqueezeNet", "EfficientNet", "SWD"),
    *("top-1: photos, ours, real", "top-5", "structure"),
    *("people: SqueezeNet", "EfficientNet", "top-1", "top-5", "structure", "faults", "seconds"),
)


class CachedFeatures:
    """A feature network that caches the features of each set of pictures in a file.

    Args:
        network: A `FeatureNetwork`.
        folder: Path of the folder.
        key: Text in the names of the files, to distinguish networks of the same name.
    """

    def __init__(self, network, folder, key=""):
        self.name, self._network, self._start = network.name, network, f"{network.name}{key}"
        self._folder = folder

    def __call__(self, pictures, progress=None):
        """Return the features of pictures, as `FeatureNetwork` does."""
        digest = hashlib.blake2b(pictures.tobytes(), digest_size=16).hexdigest()
        path = self._folder / f"{self._start}-{digest}.npy"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            np.save(path, self._network(pictures, progress).astype(np.float32))
        return np.load(path).astype(np.float64)


def main():
    """Read the arguments, evaluate, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("styles", nargs="+", help="anything that copyart.load accepts")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--people", type=Path)
    parser.add_argument("--paintings", type=Path, help="a folder of paintings for each artist")
    parser.add_argument("--artist", help="artist of all styles; default: the name in each style's metadata")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--reports", type=Path)
    arguments = parser.parse_args()
    classifier = load_classifier()
    classifier.network = CachedFeatures(classifier.network, arguments.cache, "-layers")
    judges = [CachedFeatures(network, arguments.cache) for network in feature_networks()]
    print(markdown_row(COLUMNS), markdown_row("---" for _ in COLUMNS), sep="\n", flush=True)
    for style in arguments.styles:
        begun, painter = time.monotonic(), copyart.load(style)
        artist = classifier.known_name(arguments.artist or painter.metadata.get("name"))
        evaluation = copyart.evaluate(
            painter,
            arguments.photos,
            find_paintings(arguments.paintings, artist),
            people=arguments.people,
            artist=artist,
            features=judges,
        )
        if arguments.reports:
            evaluation.save(arguments.reports / Path(style).name)
        print(markdown_row(style_cells(style, evaluation, time.monotonic() - begun)), flush=True)


def find_paintings(root, artist):
    """Return the files of an artist's paintings, or None if there are none."""
    folders = art_folders(root, artist) if root and artist else ()
    return [file for folder in folders for file in list_images(folder) if not file.name.startswith(DETAIL)] or None


def style_cells(style, evaluation, seconds):
    """Return the cells of a style's row."""
    people = evaluation.people and evaluation.people.figures
    return (
        style,
        *format_gap_closed(evaluation.figures, "kid_squeezenet", "kid_efficientnet", "swd"),
        *format_attribution(evaluation.figures),
        f"{evaluation.figures['structure'].value:.2f}",
        *(format_gap_closed(people, "kid_squeezenet", "kid_efficientnet") if people else "  "),
        *(format_attribution(people) if people else "  "),
        f"{people['structure'].value:.2f}" if people else "",
        ", ".join(
            [fault.name for fault in evaluation.faults]
            + [f"{fault.name} (people)" for fault in (evaluation.people.faults if people else ())]
        ),
        f"{seconds:.0f}",
    )


def format_gap_closed(figures, *names):
    """Return the gap closed by each figure, as text, or "" if there is none."""
    gaps = [name in figures and figures[name].gap_closed for name in names]
    return ["{} ({})".format(*format_gap(gap)) if gap else "" for gap in gaps]


def format_attribution(figures):
    """Return the attribution rates, top 1 and top 5, of photos, paintings and real paintings, as text."""
    found = (figures.get(name) for name in ("attribution", "attribution_top5"))
    return [
        f"{figure.photos.value:.2f}, {figure.value:.2f}, {figure.real.value:.2f}" if figure else "" for figure in found
    ]


def markdown_row(texts):
    """Return a row of Markdown."""
    return f"| {' | '.join(texts)} |"


if __name__ == "__main__":
    main()
