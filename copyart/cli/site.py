"""`copyart site`: write the web page as static files."""

from pathlib import Path

import click

from copyart.cli.console import UserPath, json_option, print_json, print_message, require_extra, verbosity_options


@click.command(short_help="Write the web page as static files.")
@click.argument("out", type=UserPath(path_type=Path))
@click.option(
    "--style",
    "-s",
    "--artist",
    "-a",
    "styles",
    multiple=True,
    metavar="DIR",
    help="A further workdir or style folder to offer.",
)
@click.option(
    "--url", default="", metavar="URL", help="Address of the page; other sites need it to show a picture of the page."
)
@json_option
@verbosity_options
def site(out: Path, styles: tuple[str, ...], url: str, as_json: bool) -> None:
    """Write the page to the folder OUT, for any static web host. The visitor's browser paints.

    It offers the bundled styles and each --style.

    \b
    copyart site public
    copyart site public --style runs/vangogh
    """
    with require_extra("web", "a static site"):
        from copyart.web.site import write_site
    size = write_site(out, styles, url=url)
    if as_json:
        print_json({"path": str(out), "bytes": size})
    else:
        print_message(f"{out}: {size / 1e6:.1f} MB of static files. Serve them from any host over https.")
