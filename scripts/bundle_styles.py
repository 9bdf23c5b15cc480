"""Copy evaluated styles into the package as bundled styles.

    python -m scripts.train_styles --paintings paintings/ --photos photos/ --runs runs/ --minutes 10
    python -m scripts.judge_styles runs/* --photos held_out/ --people people/ --paintings paintings/ --cache features/ \
        --reports judged/
    python -m scripts.bundle_styles runs/* --judged judged/ --paintings paintings/ --photo coffee.png

Each style is stored in float16 with its metadata: data, licence, recipe, figures. It is marked experimental if
`is_good` returns False, or if --experimental names it because its contact sheet looks wrong.
"""

import argparse
import datetime
import json
from collections import Counter
from pathlib import Path

import copyart
from copyart import artists
from copyart.data.images import list_images, read_image
from copyart.data.split import split_files
from copyart.styles.mixture_check import FIGURES as FIGURES_OF_SAMPLE
from copyart.styles.mixture_check import paint_sample
from copyart.styles.networks import load_style, save_style
from copyart.styles.opening import open_style
from scripts.artist_folders import art_folders

STYLES = Path(__file__).parent.parent / "copyart" / "styles" / "data"
#: A style is good if it closes at least the fraction `GAP` of the KID gap by the worse judge. It is also
#: good if its attribution rates are at least `TOP_1` and `TOP_5` times those of real paintings.
GAP, TOP_1, TOP_5 = 0.6, 1 / 2, 2 / 3
FIGURES = (
    *("kid", "kid_squeezenet", "kid_efficientnet", "fid", "swd", "attribution", "attribution_top5"),
    *("structure", "edges", "colour", "brightness", "checkerboard", "saturation", "copies"),
)
#: Prefix of a painting's file name → its source, and the licence that the source states.
SOURCES = {
    "v2p256": ("Berkeley's vangogh2photo", "none stated"),
    "printshop": ("the Van Gogh Printshop project", "none stated"),
    "icd": ("Kaggle's Impressionist Classifier Data (WikiArt)", "Apache-2.0, MIT or none stated, by copy"),
    "wa224": ("WikiArt", "research use"),
    "wau": ("WikiArt", "research use"),
    "walb": ("WikiArt", "research use"),
    "wahd": ("WikiArt", "research use"),
    "bm0": ("British Museum", "CC BY-NC-SA 4.0"),
    "bm1": ("British Museum", "CC BY-NC-SA 4.0"),
    "tokaido": ("Library of Congress and museums", "public domain"),
    "kag": ("Kaggle's best-artworks-of-all-time", "none stated"),
    "baw": ("Kaggle's best-artworks-of-all-time", "none stated"),
    "rbf": ("Kaggle's best-artworks-of-all-time", "none stated"),
    "rbu": ("Kaggle's best-artworks-of-all-time", "none stated"),
    "rsq": ("the RS School art quiz", "none stated"),
    "aws": ("Wikimedia Commons", "public domain"),
    "mdw": ("a web gallery of modern art", "none stated"),
    "tile": ("details of scans of the same sources", "as those"),
}


def main():
    """Read the arguments and bundle."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("styles", nargs="+", type=Path, help="workdirs or style folders, named as folders of paintings")
    parser.add_argument("--judged", type=Path, required=True, help="folder of the reports of judge_styles")
    parser.add_argument("--paintings", type=Path, required=True, help="folder with one folder of paintings per artist")
    parser.add_argument(
        "--photo", type=Path, required=True, help="photo for the previews; its licence must allow sharing"
    )
    parser.add_argument("--experimental", nargs="*", default=[], help="folders of styles that look wrong to the eye")
    options = parser.parse_args()
    for path in options.styles:
        style = next((path / part for part in ("best", "style") if (path / part).exists()), path)
        bundle(style, path.name, options)


def bundle(style, folder, options):
    """Copy one style into the package."""
    network, learnt = load_style(style)
    artist = artists.find(folder)
    if not artist.public_domain:
        raise SystemExit(f"a bundled style's artist must be in the public domain. Received: {artist.name}")
    judged = json.loads((options.judged / folder / "figures.json").read_text(encoding="utf-8"))
    files = [file for group in art_folders(options.paintings, folder) for file in list_images(group)]
    metadata = {
        **learnt,
        "name": artist.name,
        **(paintings_origin(files) if learnt.get("recipe") == "quick" else {}),
        "experimental": folder in options.experimental or not is_good(judged),
        "judged": {
            "date": datetime.date.today().isoformat(),
            "judges": judged["features"],
            "counts": judged["counts"],
            "faults": [fault["message"] for fault in judged["faults"]],
        },
        "figures": figures_for_metadata(judged["figures"]),
        "figures_people": figures_for_metadata(judged["people"]["figures"]) if judged.get("people") else None,
    }
    size, target = metadata["settings"]["image_size"], STYLES / artist.slug
    save_style(target, network, metadata, half=True, image_size=size)
    preview = copyart.load(target).paint(read_image(options.photo), max_pixels=320 * 240)
    preview.thumbnail((320, 240))
    metadata[FIGURES_OF_SAMPLE] = list(paint_sample(open_style(target)))
    save_style(target, network, metadata, preview, half=True, image_size=size)
    print(f"{artist.slug}: {'experimental' if metadata['experimental'] else 'ready'}", flush=True)


def is_good(judged):
    """Return whether a style is good enough not to be marked experimental.

    A good style has no fault on landscapes, and closes 60 % of the KID gap by the worse judge or has half of the
    attribution rate of real paintings and two thirds of their top-5 rate.
    """
    if judged["faults"]:
        return False
    figures = judged["figures"]
    gap = figures["kid"]["gap_closed"]
    if gap and gap["value"] >= GAP:
        return True
    wanted = ((figures.get("attribution"), TOP_1), (figures.get("attribution_top5"), TOP_5))
    return all(rate and rate["value"] >= share * rate["real"]["value"] for rate, share in wanted)


def paintings_origin(files):
    """Return the metadata about the paintings: their number, sources and licences."""
    learnt, held_out = split_files(files)
    counts, licences = Counter(), {}
    for file in learnt:
        name, licence = SOURCES[file.name.partition("_")[0]]
        counts[name] += 1
        licences[name] = licence
    paintings = ", ".join(f"{count} from {name}" for name, count in counts.most_common())
    photos = "landscapes of public sets, people and streets of Flickr8k"
    return {
        "source": f"{paintings}; {len(held_out)} more held out. Photos: {photos}",
        "licence": {
            "pictures": "; ".join(f"{name}: {licence}" for name, licence in licences.items()),
            "weights": "MIT, as Copyart",
        },
    }


def figures_for_metadata(figures):
    """Return the figures for the metadata, rounded to four digits."""
    return {name: round_figures(figures[name]) for name in FIGURES if name in figures}


def round_figures(value):
    """Return a nested value with its numbers rounded to four significant digits."""
    if isinstance(value, dict):
        return {name: round_figures(part) for name, part in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
