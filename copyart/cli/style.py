"""`copyart style`: pack, mix, inspect and verify styles."""

import re
from pathlib import Path
from typing import Any

import click

from copyart.cli.console import UserPath, json_option, print_json, print_message, verbosity_options
from copyart.errors import ConfigError


@click.group(short_help="Pack, mix, inspect and verify styles.")
def style() -> None:
    """Pack styles into files to share them, and inspect the styles of others before use.

    STYLE is a style folder, a workdir, a .copyart file, a name, an hf:// or kaggle:// handle, or a mixture of these.
    """


@style.command(short_help="Pack a style into one file.")
@click.argument("style", metavar="STYLE")
@click.argument("out", required=False, type=UserPath(path_type=Path))
@click.option("--licence", help="Licence of the weights, such as MIT or CC-BY-4.0.")
@click.option("--author", help="Author of the style.")
@json_option
@verbosity_options
def pack(style: str, out: Path | None, licence: str | None, author: str | None, as_json: bool) -> None:
    """Pack STYLE into the file OUT, with checksums and a model card. OUT defaults to NAME.copyart.

    \b
    copyart style pack runs/monet monet.copyart --licence CC-BY-4.0 --author "Jane Doe"
    """
    from copyart.styles import open_style, pack_style, packed_name

    opened = open_style(style)
    target = Path(out or packed_name(opened))
    manifest = pack_style(opened, target, licence, author)
    if as_json:
        print_json({"path": str(target), "bytes": target.stat().st_size, **manifest})
        return
    print_message(f"{target}: {len(manifest['files'])} files, {target.stat().st_size:,} bytes.")


@style.command(short_help="Write a mixture as a style folder.")
@click.argument("mixture", metavar="MIXTURE")
@click.option("--out", "-o", required=True, type=UserPath(path_type=Path), help="The style folder to write.")
@json_option
@verbosity_options
def mix(mixture: str, out: Path, as_json: bool) -> None:
    """Mix the weights of several styles, and write the result as a style folder, with a preview.

    MIXTURE lists styles with their shares. Several shares are divided by their sum. A single share is used as it is:
    above 1, it strengthens the style.

    \b
    copyart style mix monet:0.6,vangogh:0.4 -o styles/garden
    copyart style mix vangogh:1.4 -o styles/stronger
    """
    from copyart.styles import is_mixture, open_style, write_style

    if not is_mixture(mixture):
        raise ConfigError(
            f"a mixture must list styles with their shares. Received: {mixture[:80]!r}. Write it as "
            "monet:0.6,vangogh:0.4."
        )
    mixed = open_style(mixture)
    write_style(mixed, out)
    if as_json:
        print_json({"path": str(out), **{name: mixed.metadata[name] for name in ("name", "mixture")}})
        return
    print_message(f"{out}: {mixed.metadata['name']}. Look at {out / 'preview.jpg'}.")


@style.command(short_help="Show a style's origin, licence, files and checksums.")
@click.argument("style", metavar="STYLE")
@click.option("--card", is_flag=True, help="Print the model card, in Markdown.")
@json_option
@verbosity_options
def inspect(style: str, card: bool, as_json: bool) -> None:
    """Show the artist and licence of STYLE, its files and their checksums."""
    from copyart.styles import inspect_style, open_style
    from copyart.styles.model_card import model_card

    opened = open_style(style)
    if card:
        click.echo(model_card(opened), nl=False)
        return
    facts = inspect_style(opened)
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        if name != "files":
            click.echo(f"{name:<24}{_value_as_text(value)}")
    for name, file in facts["files"].items():
        click.echo(f"{name:<24}{file['bytes']:>12,}  sha256 {file['sha256']}")


@style.command(short_help="Check a style's files, and that it paints.")
@click.argument("style", metavar="STYLE")
@json_option
@verbosity_options
def verify(style: str, as_json: bool) -> None:
    """Check the checksums, weights and preview of STYLE, and that it paints. The exit status is 2 if a check fails."""
    from copyart.styles import open_style, verify_style

    opened = open_style(style)
    found = verify_style(opened)
    if as_json:
        print_json({"path": str(opened.place), "sound": True, "found": found})
        return
    for line in found:
        print_message(f"ok  {line}")


def _value_as_text(value: Any) -> str:
    """Return untrusted text as one line, without terminal control characters."""
    if value is None:
        return "not stated"
    if isinstance(value, dict):
        value = ", ".join(f"{name} {entry}" for name, entry in value.items())
    return re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in str(value)))[:200]
