"""Print the gallery of docs/styles.md, from the metadata of the bundled styles: `python -m scripts.styles_table`."""

import json
from pathlib import Path

from copyart import artists

STYLES = Path(__file__).parent.parent / "copyart" / "styles" / "data"
HEAD = (
    *("", "artist", "gap closed: SqueezeNet", "EfficientNet", "attributed: photos, ours, real", "top 5"),
    *("people: gap closed", "attributed, top 5", "structure", "minutes"),
)


def table():
    """Return the rows of Markdown, sorted by name."""
    found = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in STYLES.glob("*/metadata.json")}
    return [_row(HEAD), _row("---" for _ in HEAD), *(_row(_cells(*item)) for item in sorted(found.items()))]


def _cells(slug, metadata):
    figures, people = metadata["figures"], metadata["figures_people"]
    artist, mark = artists.find(slug), ", experimental" if metadata["experimental"] else ""
    folder = STYLES.relative_to(STYLES.parents[2]).as_posix()
    return (
        f"![{artist.name}](../{folder}/{slug}/preview.jpg)",
        f"**{artist.name}**{mark}<br>{artist.years}<br>{artist.movement}",
        _gap(figures["kid_squeezenet"]),
        _gap(figures["kid_efficientnet"]),
        _rates(figures.get("attribution")),
        _rates(figures.get("attribution_top5")),
        _gap(people["kid"], interval=False),
        _rates(people.get("attribution_top5")),
        f"{figures['structure']['value']:.2f}",
        f"{metadata['training_seconds'] / 60:.0f}",
    )


def _gap(figure, interval=True):
    gap = figure["gap_closed"]
    if gap is None:
        return "–"
    value, low, high = (f"{gap[end]:.0%}".replace("-", "−") for end in ("value", "low", "high"))
    return f"{value} ({low} … {high})" if interval else value


def _rates(figure):
    if figure is None:
        return "–"
    return f"{figure['photos']['value']:.2f}, **{figure['value']:.2f}**, {figure['real']['value']:.2f}"


def _row(cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(table()))
