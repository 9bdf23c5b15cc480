"""Print the table of docs/styles.md, what the cards of the bundled styles say: `python -m scripts.styles_table`."""

import json
from pathlib import Path

STYLES = Path(__file__).parent.parent / "copyart" / "styles"


def table():
    """Return the rows of Markdown, the style that came farthest first."""
    cards = [json.loads(path.read_text()) for path in STYLES.glob("*/metadata.json")]
    cards.sort(key=lambda card: -card["figures"]["kid"]["gap_closed"]["value"])
    head = ("style", "photos", "painted", "real", "gap closed", "gap closed, SWD", "structure", "checkerboard", "")
    return [_row(head), _row("---" for _ in head), *(_row(_cells(card)) for card in cards)]


def _cells(card):
    kid, swd, checkerboard = (card["figures"][name] for name in ("kid", "swd", "checkerboard"))
    return (
        card["name"],
        f"{kid['photos']['value']:.0f}",
        f"{kid['value']:.0f} ({kid['low']:.0f} … {kid['high']:.0f})",
        f"{round(kid['real']['value'])}".replace("-", "−"),
        f"**{kid['gap_closed']['value']:.0%}**",
        _interval(swd["gap_closed"]),
        f"{card['figures']['structure']['value']:.2f}",
        f"{checkerboard['value']:.1f} dB, photos {checkerboard['photos']['value']:.1f}".replace("-", "−"),
        "experimental" if card["experimental"] else "",
    )


def _interval(figure):
    low, high = (f"{figure[end]:.0%}".replace("-", "−") for end in ("low", "high"))
    return f"{figure['value']:.0%} ({low} … {high})"


def _row(cells):
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(table()))
