"""The styles that come with Copyart: a style folder for each, named by the artist's slug."""

import re
from pathlib import Path

from copyart.errors import StyleError

BUNDLED = Path(__file__).parent / "data"
# The same names as in `folder`. That module imports NumPy, which takes longer than all of `copyart artists`.
_CONFIG, _METADATA = "config.json", "metadata.json"


def bundled_styles() -> dict[str, Path]:
    """Return the styles that come with Copyart: a dictionary from artists' slugs to style folders."""
    return {config.parent.name: config.parent for config in sorted(BUNDLED.glob(f"*/{_CONFIG}"))}


def is_experimental(folder: Path) -> bool:
    """Tell whether the metadata of a bundled style mark it as experimental.

    The metadata are searched, not parsed: for the 33 styles, this takes 1 ms instead of 7.

    Raises:
        StyleError: if the metadata cannot be read.
    """
    try:
        metadata = (folder / _METADATA).read_bytes()
    except OSError as error:
        raise StyleError(
            f"{str(folder)!r} must be a complete style folder. Received: {_METADATA}, which cannot be read "
            f"({error.strerror}). Install Copyart again."
        ) from error
    return re.search(rb'"experimental":\s*true\b', metadata) is not None
