"""`copyart download`: download an artist's training pictures, or a published style."""

import dataclasses
from pathlib import Path
from typing import cast

import click

from copyart.cli.console import (
    UserPath,
    count_bar,
    json_option,
    load_backend,
    load_tensorflow,
    print_json,
    print_message,
    verbosity_options,
)
from copyart.config import TrainingConfig

STYLE = "style"


@click.command(short_help="Download and check an artist's pictures, or a published style.")
@click.argument("what", metavar="ARTIST | style NAME", nargs=-1, required=True)
@click.option(
    "--source", type=click.Choice(["kaggle", "tfds"]), help="Source.  [default: Kaggle if it has the artist, else TFDS]"
)
@click.option("--out", "-o", type=UserPath(path_type=Path), help="Folder of a published style.  [default: style_NAME]")
@json_option
@verbosity_options
def download(what: tuple[str, ...], source: str | None, out: str | None, as_json: bool) -> None:
    """Download and check the pictures to train ARTIST on. Training then needs no network.

    Or download the style NAME (monet, cezanne, ukiyoe, vangogh) that the authors of CycleGAN published, and convert it
    to a style folder.

    \b
    copyart download "Vincent van Gogh"
    copyart download style monet
    """
    if len(what) > 1 and what[0] == STYLE:
        if source is not None:
            raise click.UsageError("--source is for an artist's pictures, not for a published style")
        return _download_style(" ".join(what[1:]), out, as_json)
    if what == (STYLE,):
        raise click.UsageError("Missing NAME after 'style': monet, cezanne, ukiyoe or vangogh")
    if len(what) > 1 or out is not None:
        raise click.UsageError(
            "only one ARTIST can be downloaded at a time, into the cache. Quote a name of several words"
        )
    return _download_pictures(what[0], source, as_json)


def _download_pictures(artist: str, source: str | None, as_json: bool) -> None:
    from copyart.data.report import DataReport
    from copyart.data.sources import choose_source, find_files
    from copyart.data.store import decode_once

    if choose_source(artist, source) == "tfds":
        load_tensorflow()  # TFDS would import TensorFlow without hiding its messages
    with count_bar("downloading", "bytes") as count:
        files = find_files(artist, source, progress=count)
    size = cast(int, TrainingConfig().load_size)
    with count_bar("checking") as count:  # training finds the decoded pictures in the cache
        photos, art = (decode_once(group, size, progress=count, photos=group is files[0]).records for group in files)
    report = DataReport(photos, art, size)
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo(str(report))


def _download_style(name: str, out: str | None, as_json: bool) -> None:
    from copyart.data.paper_weights import paper_slug

    slug = paper_slug(name)
    load_backend()
    from copyart.weights.paper_styles import download_style

    with count_bar("downloading", "bytes") as count:
        report = download_style(name, out or Path(f"style_{slug}"), progress=count)
    if as_json:
        print_json({**dataclasses.asdict(report), "path": str(report.path)})
        return
    checksum = "the same as at the first download"
    if not report.known_checksum:
        checksum = "recorded for later downloads; the authors publish no checksum to compare with"
    print_message(f"{report.path}: {report.name}, {report.architecture}. SHA-256 {report.sha256}, {checksum}.")
