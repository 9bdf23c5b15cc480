"""The styles that come with Copyart: a style folder for each, named by the artist's slug."""

from pathlib import Path

from copyart.painting.style_files import CONFIG, read_card

BUNDLED = Path(__file__).parent.parent / "styles"


def bundled_styles() -> dict[str, Path]:
    """Return the styles that come with Copyart: the artist's slug → the style folder."""
    return {config.parent.name: config.parent for config in sorted(BUNDLED.glob(f"*/{CONFIG}"))}


def is_experimental(folder: Path) -> bool:
    """Tell whether a style's card says that it is not yet as good as it should be."""
    return bool(read_card(folder).get("experimental"))
