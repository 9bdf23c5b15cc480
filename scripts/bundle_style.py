"""Judge a style that was trained here, and put it among those that come with Copyart.

python scripts/bundle_style.py runs/monet monet --photos held_out/ --art paintings/Claude_Monet \
    --pictures "260 paintings …" --licence "…"

The run's best is taken where it kept one. The style is marked experimental unless, by KID, it has come 60 % of the
way from the photos to real paintings, and no fault was found. Whoever looks at the contact sheet and does not
like it adds --experimental.
"""

import argparse
import datetime
import json
import tempfile
from pathlib import Path

import copyart
from copyart.data.images import list_images, read_image
from copyart.painting.styles import load_style, save_style

ROOT = Path(__file__).parent.parent
#: The photo of the preview: one of the bundled sample's, so that it may be shipped.
PREVIEW = sorted((ROOT / "copyart" / "data" / "sample" / "photos").glob("*.jpg"))[0]
ENOUGH = 0.6


def main():
    """Read the arguments, judge, save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workdir", type=Path)
    parser.add_argument("slug")
    parser.add_argument("--photos", required=True, help="photos that it was not trained on")
    parser.add_argument("--art", required=True, nargs="+", help="paintings of the artist")
    parser.add_argument("--pictures", required=True, help="what it was trained on: sources and counts")
    parser.add_argument("--licence", required=True, help="of the pictures, as stated by their sources")
    parser.add_argument("--before", type=int, default=0, help="steps of the runs that this one started from")
    parser.add_argument("--experimental", action="store_true", help="it looks wrong to the eye")
    parser.add_argument("--report", type=Path, help="folder for the report; else the workdir's")
    arguments = parser.parse_args()
    style = arguments.workdir / ("best" if (arguments.workdir / "best").exists() else "style")
    paintings = [file for folder in arguments.art for file in list_images(folder)]
    with tempfile.TemporaryDirectory() as shipped:
        network, learnt = load_style(style)
        save_style(shipped, network, learnt, half=True)  # judged as it is shipped, in float16
        painter = copyart.load(shipped)
        evaluation = copyart.evaluate(painter, arguments.photos, paintings)
        preview = painter.paint(read_image(PREVIEW))
    evaluation.save(arguments.report or arguments.workdir / "evaluation")
    card = _card(learnt, evaluation, arguments)
    size = card["settings"]["image_size"]
    save_style(ROOT / "copyart" / "styles" / arguments.slug, network, card, preview, half=True, image_size=size)
    print(json.dumps({"experimental": card["experimental"], **card["figures"]}, indent=1))


def _card(learnt, evaluation, arguments):
    figures = evaluation.to_dict()["figures"]
    way = evaluation.figures["kid"].gap_closed
    good = way is not None and way.value >= ENOUGH and not evaluation.faults and not arguments.experimental
    return {
        **learnt,
        "source": arguments.pictures,
        "licence": {"pictures": arguments.licence, "weights": "MIT, as Copyart"},
        "steps_before": arguments.before,
        "experimental": not good,
        "judged": {
            "date": datetime.date.today().isoformat(),
            "features": evaluation.features,
            "counts": evaluation.counts,
            "faults": [fault.message for fault in evaluation.faults],
        },
        "figures": figures,
    }


if __name__ == "__main__":
    main()
