"""`copyart download`."""

import click

from copyart.cli.console import counting, json_option, print_json


@click.command()
@click.argument("artist")
@click.option("--source", type=click.Choice(["kaggle", "tfds"]), help="Where from. Kaggle where it has the artist.")
@json_option
def download(artist, source, as_json):
    """Fetch and check the pictures that ARTIST is learnt from, once; training then needs no network."""
    from copyart.data.report import DataReport, scan
    from copyart.data.sources import find_files

    with counting("downloading") as count:
        photos, art = find_files(artist, source, progress=count)
    size = 286  # what a picture is resized to at the paper's 256 px
    with counting("checking") as count:
        report = DataReport(scan(photos, size, progress=count), scan(art, size, progress=count), size)
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo(str(report))
