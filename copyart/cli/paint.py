"""`copyart paint`."""

import sys
import time

import click

from copyart.cli.console import complain, json_option, load_tensorflow, print_json, say
from copyart.errors import ConfigError, ImageError


@click.command()
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@click.option("--artist", "-a", "style", required=True, help="A name, workdir, style folder, .keras or .pth file.")
@click.option("--out", "-o", help="A file for one photo, a folder for several, - for standard output.")
@click.option("--strength", type=float, default=1.0, show_default=True, help="0 is the photo, 1 the painting.")
@click.option("--preserve-color", is_flag=True, help="Keep the photo's colours.")
@click.option("--max-pixels", type=int, help="Paint larger photos at this many pixels, then enlarge: saves memory.")
@json_option
def paint(photos, style, out, strength, preserve_color, max_pixels, as_json):
    """Paint each PHOTO: files, folders, patterns, or - for standard input.

    A painting goes beside its photo unless --out says otherwise, and never in its place.

    \b
    copyart paint photo.jpg --artist runs/vangogh
    copyart paint holiday/ --artist runs/vangogh -o painted/
    cat photo.jpg | copyart paint - --artist runs/vangogh > painting.jpg
    """
    load_tensorflow()
    from copyart.data.images import save_image
    from copyart.painting.loading import load
    from copyart.painting.places import STANDARD, plan, standard_format

    jobs = plan(photos, out, style)
    if as_json and any(target == STANDARD for _, target in jobs):
        raise ConfigError("standard output takes a painting or --json. Received: both. Name a file with -o.")
    painter = load(style)
    done, failed = [], 0
    for photo, target in jobs:
        start = time.monotonic()
        try:
            source = sys.stdin.buffer.read() if photo == STANDARD else photo
            painting = painter.paint(source, strength, preserve_color, max_pixels)
            if target == STANDARD:
                save_image(painting, sys.stdout.buffer, standard_format(source))
                sys.stdout.buffer.flush()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                save_image(painting, target)
        except (ImageError, OSError) as error:  # of this photo; anything else is wrong with all of them
            failed += 1
            complain(error)
            continue
        seconds = time.monotonic() - start
        done.append({"photo": str(photo), "painting": str(target), "size": painting.size, "seconds": round(seconds, 3)})
        if target != STANDARD:
            say(f"{target}  {painting.width}×{painting.height}  {seconds:.1f} s")
    if as_json:
        print_json(done)
    if failed:
        sys.exit(2)
