"""The bundled sample: drawn photos and paintings, to train, paint and test offline."""

from importlib import resources
from pathlib import Path

from copyart.errors import DataError


def sample_files() -> tuple[list[Path], list[Path]]:
    """List the bundled photos and paintings.

    Returns:
        Two sorted lists of `Path`: the photos, and the art. All are JPEG files of about 200×160 pixels, with a short
        side of at least 160. The paintings show other landscapes than the photos.

    Raises:
        DataError: if the pictures are missing from this installation.

    Example:
        >>> photo_files, art_files = sample_files()
        >>> len(photo_files), len(art_files)
        (32, 32)
    """
    folder = Path(str(resources.files("copyart") / "data" / "sample"))
    return _bundled_pictures(folder / "photos"), _bundled_pictures(folder / "art")


def _bundled_pictures(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.jpg"))
    if not files:
        raise DataError(
            f"the bundled sample must have pictures in its {folder.name} folder. Received: none in {folder}. "
            "Reinstall: pip install --force-reinstall copyart"
        )
    return files
