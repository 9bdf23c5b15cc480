"""Weights that others trained → a style folder that says where they come from."""

import datetime
import glob
import hashlib
import os
import secrets
import shutil
from pathlib import Path

from copyart._version import __version__
from copyart.data.images import read_image
from copyart.data.sample import sample_files
from copyart.errors import ConfigError, StyleError
from copyart.export.report import ConversionReport
from copyart.models.generators import describe_generator, describe_in_words
from copyart.painting.model_files import read_network
from copyart.painting.painter import Painter
from copyart.painting.styles import save_style

UNKNOWN = "unknown"
_SUFFIXES = (".pth", ".pt", ".h5", ".hdf5", ".index")
#: Side of the pictures that these projects train on unless told otherwise, in pixels.
_IMAGE_SIZE = 256


def convert_weights(file, folder, *, name=None, licence=None, source=None, network=None, half=False):
    """Make a style of weights that another project saved.

    Nothing in the file is run. The style paints what the project's own program would, but for rounding.

    Args:
        file: Path of a `.pth` generator of the paper's PyTorch implementation or of the CUT project, or of a `.h5` file
            or a checkpoint's `.index` of the Keras example with tensorflow_addons.
        folder: Folder of the style, which must not exist; it appears whole or not at all.
        name: Whose style it is, as it is shown. Defaults to the file's name.
        licence: Under which the weights may be used. Defaults to None: unknown.
        source: Where the file comes from, and what it was trained on. Defaults to None: unknown.
        network: Which network to take of a Keras file that holds several. Defaults to None: the first generator.
        half: Whether to store float16, for half the size. Defaults to False.

    Returns:
        A `ConversionReport`.

    Raises:
        StyleError: The file cannot be read or holds no generator, or the folder is taken or cannot be written.
        ConfigError: A network is named of a PyTorch file, which holds one.

    Example:
        >>> convert_weights("style_monet.pth", "styles/monet", name="Claude Monet").architecture
        'resnet, 64 filters, 9 blocks'
    """
    file, folder = Path(file), Path(folder).absolute()
    if not os.path.isfile(file) or file.suffix.lower() not in _SUFFIXES:
        raise StyleError(
            f"weights to convert must be a file that ends in {', '.join(_SUFFIXES)}. Received: {str(file)[:200]!r}, "
            f"{'of another kind' if os.path.exists(file) else 'where there is nothing'}. Check the path."
        )
    if network is not None and file.suffix.lower() in (".pth", ".pt"):
        raise ConfigError(
            f"a network is named where a file holds several. Received: {network!r} for {file.name!r}. Leave it out."
        )
    require_free(folder)
    before = _digest(file)
    generator, engine = read_network(file, network)
    painter = Painter(generator, {}, engine)
    architecture = describe_in_words(describe_generator(generator))
    card = {
        "name": name or file.stem,
        "source": source or UNKNOWN,
        "licence": {"weights": licence or UNKNOWN, "pictures": UNKNOWN},
        "converted": {"file": file.name, "size": file.stat().st_size, "sha256": before, "architecture": architecture},
        "date": datetime.date.today().isoformat(),
        "versions": {"copyart": __version__},
    }
    preview = painter.paint(read_image(sample_files()[0][0]))
    if _digest(file) != before:
        raise StyleError(
            f"weights to convert must stay as they are meanwhile. Received: {file.name!r}, which changed. Run it again."
        )
    _save(folder, generator, card, preview, half)
    return ConversionReport(folder, card["name"], architecture, before)


def _digest(file):
    """Return the SHA-256 of a file, or of a checkpoint's index and the data files beside it."""
    digest = hashlib.sha256()
    data = sorted(file.parent.glob(f"{glob.escape(file.stem)}.data-*")) if file.suffix == ".index" else []
    try:
        for part in (file, *data):
            with open(part, "rb") as opened:
                while block := opened.read(1 << 20):
                    digest.update(block)
    except OSError as error:
        raise StyleError(
            f"weights to convert must be a file that can be read. Received: {file.name!r} ({error.strerror or error}). "
            "Check the permissions."
        ) from error
    return digest.hexdigest()


def require_free(folder):
    """Raise `StyleError` where there is something already."""
    if os.path.lexists(folder):
        raise StyleError(
            f"a converted style must go where there is nothing yet. Received: {str(folder)!r}, which exists. "
            "Name another folder."
        )


def _save(folder, network, card, preview, half):
    parent = next(parent for parent in folder.parents if parent.exists())
    temporary = parent / f".copyart-{secrets.token_hex(8)}.tmp"
    try:
        temporary.mkdir()  # so that what cannot be written is called by the name that was given
        save_style(temporary, network, card, preview, half=half, image_size=_IMAGE_SIZE)
        folder.parent.mkdir(parents=True, exist_ok=True)
        require_free(folder)
        os.rename(temporary, folder)
    except OSError as error:
        raise StyleError(
            f"{str(folder)!r} must be a folder that can be written. Received: {error.strerror or error}. "
            "Free some space, or name another folder."
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
