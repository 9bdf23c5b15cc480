"""The styles that come with Copyart: a style folder for each, named by the artist's slug."""

from pathlib import Path

BUNDLED = Path(__file__).parent.parent / "styles"


def bundled_styles() -> dict[str, Path]:
    """Return the styles that come with Copyart: the artist's slug → the style folder."""
    return {config.parent.name: config.parent for config in sorted(BUNDLED.glob("*/config.json"))}
