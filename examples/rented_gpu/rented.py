"""Train several styles on a machine that is rented by the hour: pack here, train there, unpack here.

    python examples/rented_gpu/rented.py pack examples/rented_gpu/config.json pack.tar
    # there, with only jax, keras, numpy, pillow, safetensors, filelock, click and rich, and no internet:
    tar xf pack.tar && python rented.py train --minutes 25 --out result.tar
    tar xf result.tar                                        # here: runs/<style>/style is ready to paint

The styles take turns until the time is over, each gets its share of what is left, and each turn ends with a checkpoint
and with a new result.tar: whatever ends the machine early costs one turn at most. The same command goes on.
"""

import argparse
import contextlib
import io
import json
import os
import random
import sys
import tarfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: What a run leaves for those at home; its checkpoints stay unless the configuration wants them.
RESULTS = ("style", "samples", "config.json", "data.json", "history.csv", "figures.csv", "report.html", "best")


def pack(config_path, out):
    """Write code, configuration and pictures, small as they are trained on, into one archive."""
    import copyart

    config = json.loads(Path(config_path).read_text(encoding="utf-8"))
    package = Path(copyart.__file__).parent
    with _whole(out) as archive:
        archive.add(__file__, "rented.py")
        archive.add(config_path, "config.json")
        archive.add(package, "copyart", filter=_code_only)
        counts = {"photos": _add_pictures(archive, config["photos"], "data/photos", config)}
        for name, style in config["styles"].items():
            counts[name] = _add_pictures(archive, style["art"], f"data/{name}", config)
    size, most = os.path.getsize(out) / 2**20, config["most_mebibytes"]
    if size > most:
        os.remove(out)
        sys.exit(f"the archive must have at most {most} MiB. Received: {size:.1f}. Lower the `most` of its pictures.")
    print(f"{out}: {size:.1f} MiB, {counts}")


def _code_only(member):
    name = Path(member.name)
    return None if "__pycache__" in name.parts or name.parts[1:3] == ("styles", "data") else member


def _add_pictures(archive, group, place, config):
    """Add the pictures of a group, each a JPEG of `load_size`; too many are drawn from, always the same."""
    from copyart.data.images import list_images, read_image, resize
    from copyart.errors import ImageError

    files = [path for folder in group["folders"] for path in list_images(Path(folder))]
    random.Random(0).shuffle(files)
    count = 0
    for path in files:
        if count == group["most"]:
            break
        try:
            picture = resize(read_image(path).convert("RGB"), config["settings"]["load_size"])
        except ImageError as error:
            print(f"skipped: {error}")
            continue
        buffer = io.BytesIO()
        picture.save(buffer, "jpeg", quality=92)
        member = tarfile.TarInfo(f"{place}/{count:05d}.jpg")
        member.size = buffer.tell()
        buffer.seek(0)
        archive.addfile(member, buffer)
        count += 1
    return count


def train(minutes, out, folder=HERE):
    """Train the styles of the pack in turns until the time is over."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    end = time.monotonic() + 60 * minutes
    turns = [name for _ in range(config["turns"]) for name in config["styles"]]
    for done, name in enumerate(turns):
        left = end - time.monotonic() - 60 * config["minutes_to_spare"]
        if left <= 0:
            break
        _take_turn(folder, name, config, time.monotonic() + left / (len(turns) - done))
        collect(folder, config, out)


def _take_turn(folder, name, config, deadline):
    import copyart

    run = {
        "photos": folder / "data" / "photos",
        "art": folder / "data" / name,
        "cache_dir": folder / "cache",
        **config["settings"],
        **config["styles"][name].get("settings", {}),
    }
    print(f"{name}: {(deadline - time.monotonic()) / 60:.1f} minutes", file=sys.stderr)
    try:
        copyart.train(name, folder / "runs" / name, callbacks=[_until(deadline)], **run)
    except KeyboardInterrupt:
        if time.monotonic() < deadline:  # a person, or the machine, wants all to end
            raise
    except copyart.CopyartError as error:  # of this style; the others still have their turns
        print(f"{name}: {error}", file=sys.stderr)


def _until(deadline):
    """Return a callback that ends a turn: `copyart.train` then keeps what it has learnt."""
    import keras

    def stop(batch, logs):
        if time.monotonic() >= deadline:
            raise KeyboardInterrupt

    return keras.callbacks.LambdaCallback(on_train_batch_end=stop)


def collect(folder, config, out):
    """Write what the runs have to show into one archive."""
    wanted = (*RESULTS, "checkpoints") if config["bring_checkpoints"] else RESULTS
    with _whole(out) as archive:
        for run in sorted((folder / "runs").iterdir()):
            for name in wanted:
                if (run / name).exists():
                    archive.add(run / name, f"runs/{run.name}/{name}")


@contextlib.contextmanager
def _whole(path):
    """Open a tar file for writing; it has another name until it is whole."""
    temporary = f"{path}.part"
    with tarfile.open(temporary, "w") as archive:
        yield archive
    os.replace(temporary, path)


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    packing = commands.add_parser("pack", help="write the archive to take along")
    packing.add_argument("config")
    packing.add_argument("out")
    training = commands.add_parser("train", help="train there, within a time")
    training.add_argument("--minutes", type=float, required=True, help="of wall-clock, all in all")
    training.add_argument("--out", default="result.tar")
    options = parser.parse_args()
    if options.command == "pack":
        pack(options.config, options.out)
    else:
        train(options.minutes, options.out)


if __name__ == "__main__":
    main()
