"""`copyart artists`: list the artists, and which of them have a bundled style."""

from typing import TYPE_CHECKING, Any

import click

from copyart.cli.console import json_option, print_json, print_message, verbosity_options

if TYPE_CHECKING:
    from copyart.artists import Artist

#: Minimum width of the table if the output is not a terminal. Each artist then has one line, as `grep` needs.
_PIPED_WIDTH = 140


@click.command(short_help="List the artists, and which have a bundled style.")
@click.option("--ready", is_flag=True, help="Only artists with a bundled style.")
@click.option(
    "--movement", metavar="NAME", help="Only artists of one movement, such as impressionism, baroque or ukiyo-e."
)
@json_option
@verbosity_options
def artists(ready: bool, movement: str | None, as_json: bool) -> None:
    """List the artists, those with a bundled style first.

    \b
    copyart artists --ready
    copyart artists --movement post-impressionism

    The state is "ready", "experimental" (ready, but not yet good enough), or "train it" (with `copyart train`).
    Training pictures come from Kaggle or TFDS if they have the artist, or from your own folders.
    """
    from copyart.artists import all_artists, find_movement

    movement = movement and find_movement(movement)
    states = _style_states()
    rows = [
        _artist_row(artist, states.get(artist.slug)) for artist in all_artists() if movement in (None, artist.movement)
    ]
    rows = sorted((row for row in rows if row["ready"] or not ready), key=_sort_key)
    if as_json:
        print_json(rows)
    elif rows:
        _print_table(rows)
    else:
        print_message("None is ready. Leave out --ready to see who can be trained.")


def _style_states() -> dict[str, str]:
    """Return slug → "ready" or "experimental" for each bundled style, without reading weights."""
    from copyart.styles.bundled import bundled_styles, is_experimental

    return {slug: "experimental" if is_experimental(folder) else "ready" for slug, folder in bundled_styles().items()}


def _artist_row(artist: "Artist", state: str | None) -> dict[str, Any]:
    return {
        "slug": artist.slug,
        "name": artist.name,
        "french_name": artist.french_name,
        "years": artist.years,
        "movement": artist.movement,
        "public_domain": artist.public_domain,
        "sources": [source for source in artist.sources if source != "folders"] or ["folders"],
        "ready": state is not None,
        "experimental": state == "experimental",
    }


def _sort_key(row: dict[str, Any]) -> tuple[bool, bool, str]:
    return not row["ready"], row["experimental"], row["slug"]


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("artist")
    for header in ("type", "years"):
        table.add_column(header, no_wrap=True)
    table.add_column("movement")
    table.add_column("state", no_wrap=True)
    table.add_column("pictures from")
    for row in rows:
        state = ("experimental" if row["experimental"] else "ready") if row["ready"] else "train it"
        table.add_row(row["name"], row["slug"], row["years"], row["movement"], state, ", ".join(row["sources"]))
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, _PIPED_WIDTH)
    console.print(table)
