"""`copyart artists`."""

import click

from copyart.artists import all_artists
from copyart.cli.console import json_option, loudness_options, print_json


@click.command(short_help="List who can be copied, and from where.")
@json_option
@loudness_options
def artists(as_json):
    """List who can be copied, from where, and who is ready to paint now."""
    from copyart.painting.bundled import bundled_styles

    ready = bundled_styles()
    rows = [_row(artist, ready) for artist in all_artists()]
    if as_json:
        print_json(rows)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "artist", "pictures from", "ready to paint")
    for row in rows:
        ready = ("experimental" if row["experimental"] else "yes") if row["ready"] else ""
        table.add_row(row["slug"], row["name"], ", ".join(row["sources"]), ready)
    Console().print(table)


def _row(artist, ready):
    from copyart.painting.bundled import is_experimental

    sources = (("kaggle", artist.kaggle_folder), ("tfds", artist.tfds_config))
    return {
        "slug": artist.slug,
        "name": artist.name,
        "sources": [name for name, place in sources if place],
        "ready": artist.slug in ready,
        "experimental": artist.slug in ready and is_experimental(ready[artist.slug]),
    }
