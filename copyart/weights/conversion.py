"""`copyart convert`: convert another project's weights to a style folder, and record their origin in its metadata."""

import datetime
import glob
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
from PIL import Image

from copyart._version import __version__
from copyart.data.atomic_files import atomic_path
from copyart.data.images import read_image
from copyart.data.sample import sample_files
from copyart.errors import StyleError, one_line
from copyart.models.generators import describe_generator, describe_in_words
from copyart.styles.networks import engine_for_network, save_style
from copyart.weights.network_files import SUFFIXES, import_network

UNKNOWN = "unknown"
#: Default side, in pixels, of the training pictures in the projects whose weights can be converted.
_IMAGE_SIZE = 256


@dataclass(frozen=True)
class ConversionReport:
    """A style that was converted from another project's weights.

    Args:
        path: Folder of the style.
        name: The style's name, as shown to users.
        architecture: The architecture of its network, in words.
        sha256: SHA-256 of the weights file.
    """

    path: Path
    name: str
    architecture: str
    sha256: str


def convert_weights(
    file: str | os.PathLike,
    folder: str | os.PathLike,
    *,
    name: str | None = None,
    licence: str | None = None,
    source: str | None = None,
    network: str | None = None,
    half: bool = False,
) -> ConversionReport:
    """Convert a weights file of another project into a style folder.

    No code in the file is run. The style paints the same as the project's own program, up to rounding.

    Args:
        file: Path of a `.pth` generator of the paper's PyTorch implementation or of the CUT project, or of a `.h5` file
            or a checkpoint's `.index` of the Keras example with tensorflow_addons.
        folder: Folder of the style, which must not exist yet. It is written atomically.
        name: The style's name, as shown to users. Defaults to the file's name without the suffix.
        licence: Licence of the weights. Defaults to None: unknown.
        source: Where the file comes from, and what the network was trained on. Defaults to None: unknown.
        network: Which network to take from a file that holds several. Defaults to None: the only one, or the first
            generator of a Keras file.
        half: Whether to store the weights as float16, at half the size. Defaults to False.

    Raises:
        StyleError: if the file cannot be read or holds no generator, or the folder exists or cannot be written.

    Example:
        >>> convert_weights("style_monet.pth", "styles/monet", name="Claude Monet").architecture
        'resnet, 64 filters, 9 blocks'
    """
    file, folder = Path(os.path.expanduser(file)), Path(os.path.expanduser(folder)).absolute()
    if not os.path.isfile(file) or file.suffix.lower() not in SUFFIXES:
        raise StyleError(
            f"weights to convert must be a file that ends in {', '.join(SUFFIXES)}. Received: {str(file)[:200]!r}, "
            f"{'another kind of file' if os.path.exists(file) else 'which does not exist'}. Check the path."
        )
    require_new_path(folder)
    digest = _weights_checksum(file)
    generator = import_network(file, network)
    architecture = describe_in_words(describe_generator(generator))
    shown = name or file.stem
    metadata = {
        "name": shown,
        "source": source or UNKNOWN,
        "licence": {"weights": licence or UNKNOWN, "pictures": UNKNOWN},
        "converted": {"file": file.name, "size": file.stat().st_size, "sha256": digest, "architecture": architecture},
        "date": datetime.date.today().isoformat(),
        "versions": {"copyart": __version__},
    }
    preview = engine_for_network(generator).paint(read_image(sample_files()[0][0]))
    if _weights_checksum(file) != digest:
        raise StyleError(
            f"weights must not change while they are converted. Received: {file.name!r}, which changed. Run the "
            "command again."
        )
    _save_style(folder, generator, metadata, preview, half)
    return ConversionReport(folder, shown, architecture, digest)


def _weights_checksum(file: Path) -> str:
    """Return the SHA-256 of a file, or of a checkpoint's index and its data files."""
    digest = hashlib.sha256()
    data = sorted(file.parent.glob(f"{glob.escape(file.stem)}.data-*")) if file.suffix == ".index" else []
    try:
        for part in (file, *data):
            with open(part, "rb") as opened:
                while block := opened.read(1 << 20):
                    digest.update(block)
    except OSError as error:
        raise StyleError(
            f"weights to convert must be a readable file. Received: {file.name!r} ({one_line(error)}). Check the "
            "permissions."
        ) from error
    return digest.hexdigest()


def require_new_path(folder: Path) -> None:
    """Check that nothing exists yet at the path of a new style.

    Raises:
        StyleError: if a file or folder exists there.
    """
    if os.path.lexists(folder):
        raise StyleError(
            f"a converted style must have a new folder. Received: {str(folder)!r}, which exists. Choose another folder."
        )


def _save_style(folder: Path, network: keras.Model, metadata: dict[str, Any], preview: Image.Image, half: bool) -> None:
    try:
        with atomic_path(folder, new=True) as temporary:
            temporary.mkdir()  # created here, so that an error names the given folder
            save_style(temporary, network, metadata, preview, half=half, image_size=_IMAGE_SIZE)
    except OSError as error:
        raise StyleError(
            f"{str(folder)!r} must be a writable folder. Received: {one_line(error)}. Free some space, or choose "
            "another folder."
        ) from error
