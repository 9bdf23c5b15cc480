"""Print the table of docs/styles.md, what the cards of the bundled styles say: `python -m scripts.styles_table`."""

import json
from pathlib import Path

STYLES = Path(__file__).parent.parent / "copyart" / "styles"


def table():
    """Return the rows of Markdown, the style that came farthest first."""
    cards = [json.loads(path.read_text()) for path in STYLES.glob("*/metadata.json")]
    cards.sort(key=lambda card: -card["figures"]["kid"]["share_of_the_way"]["value"])
    head = ("style", "photos", "painted", "real", "of the way", "of the way, SWD", "structure", "weave", "")
    return [_row(head), _row("---" for _ in head), *(_row(_cells(card)) for card in cards)]


def _cells(card):
    kid, swd, weave = (card["figures"][name] for name in ("kid", "swd", "checkerboard"))
    return (
        card["name"],
        f"{kid['nothing']['value']:.0f}",
        f"{kid['value']:.0f} ({kid['low']:.0f} … {kid['high']:.0f})",
        f"{round(kid['real']['value'])}".replace("-", "−"),
        f"**{kid['share_of_the_way']['value']:.0%}**",
        _interval(swd["share_of_the_way"]),
        f"{card['figures']['structure']['value']:.2f}",
        f"{weave['value']:.1f} dB, photos {weave['nothing']['value']:.1f}".replace("-", "−"),
        "experimental" if card["experimental"] else "",
    )


def _interval(figure):
    low, high = (f"{figure[end]:.0%}".replace("-", "−") for end in ("low", "high"))
    return f"{figure['value']:.0%} ({low} … {high})"


def _row(cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(table()))
