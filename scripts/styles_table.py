"""Write the figures of the bundled styles into docs/styles.md and both READMEs: `python -m scripts.styles_table`."""

import json
import re
import statistics
from pathlib import Path

from copyart import artists

ROOT = Path(__file__).parent.parent
STYLES = ROOT / "copyart" / "styles" / "data"
#: The styles in the quality table of the READMEs: the best ones, and an experimental one.
README_STYLES = ("monet", "turner", "cezanne", "vangogh", "ukiyoe", "titian")
HEAD = (
    *("", "artist", "gap closed: SqueezeNet", "EfficientNet", "attributed: photos, ours, real", "top 5"),
    *("people: gap closed", "attributed, top 5", "structure", "minutes"),
)


def table_rows():
    """Return the rows of Markdown, sorted by name."""
    return [
        _markdown_row(HEAD),
        _markdown_row("---" for _ in HEAD),
        *(_markdown_row(_table_cells(*item)) for item in sorted(_metadata_by_slug().items())),
    ]


def readme_table(experimental="experimental", median="median of all"):
    """Return the rows of a README's quality table, without its header. The arguments are words in its language."""
    found = _metadata_by_slug()
    rows = [_markdown_row(_readme_cells(found[slug], experimental)) for slug in README_STYLES]
    gap = statistics.median(metadata["figures"]["kid"]["gap_closed"]["value"] for metadata in found.values())
    return [*rows, _markdown_row((f"{median} {len(found)}", _format_percent(gap), "", ""))]


def count_sentence(text):
    """Return `text` with its two placeholders replaced by the numbers of all and of experimental styles."""
    found = _metadata_by_slug().values()
    return text.format(len(found), sum(metadata["experimental"] for metadata in found))


#: File → patterns and their replacements.
REPLACEMENTS = {
    "docs/styles.md": lambda: [(r"^\|  \| artist.*?(?=^$)", "\n".join(table_rows()) + "\n")],
    "README.md": lambda: [
        (r"^\| Claude Monet .*?(?=^$)", "\n".join(readme_table()) + "\n"),
        (r"^\d+ styles are included, \d+", count_sentence("{} styles are included, {}")),
    ],
    "README.fr.md": lambda: [
        (r"^\| Claude Monet .*?(?=^$)", "\n".join(readme_table("expérimental", "médiane des")) + "\n"),
        (r"^\d+ styles sont fournis, dont \d+", count_sentence("{} styles sont fournis, dont {}")),
    ],
}


def updated_page(name):
    """Return the text of a page with the figures of the bundled styles."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for pattern, replacement in REPLACEMENTS[name]():
        text, count = re.subn(pattern, lambda _, new=replacement: new, text, flags=re.MULTILINE | re.DOTALL)
        if count != 1:
            raise ValueError(f"{name} must match {pattern!r} once. Received: {count} matches.")
    return text


def _metadata_by_slug():
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in STYLES.glob("*/metadata.json")}


def _readme_cells(metadata, experimental):
    figures, rate = metadata["figures"], metadata["figures"]["attribution"]
    rates = (f"{rate['photos']['value']:.2f}", f"**{rate['value']:.2f}**", f"{rate['real']['value']:.2f}")
    name = metadata["name"] + (f", {experimental}" if metadata["experimental"] else "")
    gap = _format_percent(figures["kid"]["gap_closed"]["value"])
    return name, gap, " → ".join(rates), f"{figures['structure']['value']:.2f}"


def _format_percent(value):
    return f"{value:.0%}".replace("%", " %")


def _table_cells(slug, metadata):
    figures, people = metadata["figures"], metadata["figures_people"]
    artist, mark = artists.find(slug), ", experimental" if metadata["experimental"] else ""
    folder = STYLES.relative_to(STYLES.parents[2]).as_posix()
    return (
        f"![{artist.name}](../{folder}/{slug}/preview.jpg)",
        f"**{artist.name}**{mark}<br>{artist.years}<br>{artist.movement}",
        _format_gap(figures["kid_squeezenet"]),
        _format_gap(figures["kid_efficientnet"]),
        _format_attribution_rates(figures.get("attribution")),
        _format_attribution_rates(figures.get("attribution_top5")),
        _format_gap(people["kid"], interval=False),
        _format_attribution_rates(people.get("attribution_top5")),
        f"{figures['structure']['value']:.2f}",
        f"{metadata['training_seconds'] / 60:.0f}",
    )


def _format_gap(figure, interval=True):
    gap = figure["gap_closed"]
    if gap is None:
        return "–"
    value, low, high = (f"{gap[end]:.0%}".replace("-", "−") for end in ("value", "low", "high"))
    return f"{value} ({low} … {high})" if interval else value


def _format_attribution_rates(figure):
    if figure is None:
        return "–"
    return f"{figure['photos']['value']:.2f}, **{figure['value']:.2f}**, {figure['real']['value']:.2f}"


def _markdown_row(cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for page in REPLACEMENTS:
        (ROOT / page).write_text(updated_page(page), encoding="utf-8")
