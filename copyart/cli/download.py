"""`copyart download`."""

import click

from copyart.cli.console import counting, json_option, load_tensorflow, loudness_options, print_json
from copyart.config import TrainingConfig


@click.command(short_help="Fetch and check an artist's pictures.")
@click.argument("artist")
@click.option("--source", type=click.Choice(["kaggle", "tfds"]), help="Where from. Kaggle where it has the artist.")
@json_option
@loudness_options
def download(artist, source, as_json):
    """Fetch and check the pictures that ARTIST is learnt from, once; training then needs no network."""
    from copyart.data.report import DataReport
    from copyart.data.sources import choose_source, find_files
    from copyart.data.store import decode_once

    if choose_source(artist, source) == "tfds":
        load_tensorflow()  # TFDS imports it too, but aloud
    with counting("downloading", "bytes") as count:
        files = find_files(artist, source, progress=count)
    size = TrainingConfig().load_size
    with counting("checking") as count:  # what is decoded here, training finds in the cache
        photos, art = (decode_once(group, size, progress=count).records for group in files)
    report = DataReport(photos, art, size)
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo(str(report))
