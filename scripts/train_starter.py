"""Train the starter from random weights on the paintings of many artists, and write it into the package.

    python -m scripts.train_starter --paintings paintings/ --photos photos/ --run runs/starter --minutes 45

PAINTINGS contains a folder for each artist; a fifth of each is held out, as for the styles. The identity term prevents
inverted brightness early in training. The same command resumes a stopped run.
"""

import argparse
import datetime
import json
from pathlib import Path

import copyart
from copyart.training.starter import FILE, save_starter

#: Differences from the recipe `quick`.
SETTINGS = {"start_from": "none", "identity_weight": 1.0, "cycle_weight": 2.0, "augment": False}


def main():
    """Read the arguments, train, and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paintings", type=Path, required=True)
    parser.add_argument("--photos", action="append", required=True, help="may be repeated")
    parser.add_argument("--run", type=Path, required=True, help="workdir")
    parser.add_argument("--minutes", type=float, default=45.0)
    options = parser.parse_args()
    art = [path for path in sorted(options.paintings.iterdir()) if path.is_dir()]
    arguments = {"recipe": "quick", "minutes": options.minutes, **SETTINGS}
    model = copyart.train("Many artists", options.run, photos=options.photos, art=art, **arguments)
    save_starter(model)
    FILE.with_suffix(".json").write_text(json.dumps(starter_facts(model, len(art), options.minutes), indent=2) + "\n")


def starter_facts(model, artists, minutes):
    """Return the facts about the starter."""
    return {
        "networks": "both light generators (32 filters, 4 blocks) and the heads of both projected discriminators",
        "settings": SETTINGS,
        "artists": artists,
        "steps": int(model.optimizer.iterations.numpy()),
        "minutes": minutes,
        "date": datetime.date.today().isoformat(),
        "licence": "MIT, as Copyart; the pictures are not part of it",
    }


if __name__ == "__main__":
    main()
