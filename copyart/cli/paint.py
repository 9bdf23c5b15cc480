"""`copyart paint`."""

import sys
import time

import click

from copyart.cli.console import (
    complain,
    counting,
    json_option,
    load_tensorflow,
    loudness_options,
    print_json,
    say,
)
from copyart.errors import ConfigError, ImageError


@click.command(short_help="Paint photos.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@click.option("--artist", "-a", "style", required=True, help="A name, workdir, style folder, .keras or .pth file.")
@click.option("--out", "-o", help="A file for one photo, a folder for several, - for standard output.")
@click.option("--strength", type=float, default=1.0, show_default=True, help="0 is the photo, 1 the painting.")
@click.option("--preserve-color", is_flag=True, help="Keep the photo's colours.")
@click.option("--max-pixels", type=int, help="Paint larger photos at this many pixels, then enlarge: saves memory.")
@json_option
@loudness_options
def paint(photos, style, out, strength, preserve_color, max_pixels, as_json):
    """Paint each PHOTO: files, folders, patterns, or - for standard input.

    A painting goes beside its photo unless --out says otherwise, and never in its place.

    \b
    copyart paint photo.jpg --artist runs/vangogh
    copyart paint holiday/ --artist runs/vangogh -o painted/
    cat photo.jpg | copyart paint - --artist runs/vangogh > painting.jpg
    """
    from copyart.painting.places import STANDARD, plan

    jobs = plan(photos, out, style)
    if as_json and any(target == STANDARD for _, target in jobs):
        raise ConfigError("standard output takes a painting or --json. Received: both. Name a file with -o.")
    load_tensorflow()
    from copyart.painting.loading import load

    painter = load(style)
    done = []
    with counting("painting", "photos") as count:
        for number, (photo, target) in enumerate(jobs):
            if len(jobs) > 1:
                count(number, len(jobs))
            try:
                done.append(_paint(painter, photo, target, strength, preserve_color, max_pixels))
            except (ImageError, OSError) as error:  # of this photo; anything else is wrong with all of them
                complain(error)
    if as_json:
        print_json(done)
    if len(done) < len(jobs):
        sys.exit(2)


def _paint(painter, photo, target, *options):
    """Paint one photo, and return what there is to tell about it."""
    from copyart.data.images import save_image
    from copyart.painting.places import STANDARD, standard_format

    start = time.monotonic()
    source = sys.stdin.buffer.read() if photo == STANDARD else photo
    painting = painter.paint(source, *options)
    if target == STANDARD:
        save_image(painting, sys.stdout.buffer, standard_format(source))
        sys.stdout.buffer.flush()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        save_image(painting, target)
    seconds = time.monotonic() - start
    if target != STANDARD:
        say(f"{target}  {painting.width}×{painting.height}  {seconds:.1f} s")
    return {"photo": str(photo), "painting": str(target), "size": painting.size, "seconds": round(seconds, 3)}
