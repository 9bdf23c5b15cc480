"""Download the styles published with the CycleGAN paper, and convert them into style folders."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from copyart.artists import find
from copyart.data.published import ADDRESS, discard, fetch_published, published_style, remember
from copyart.data.published_download import dead
from copyart.errors import StyleError
from copyart.weights.conversion import ConversionReport, convert_weights, require_free
from copyart.weights.torch_import import import_torch

_SOURCE = "published with Zhu et al. 2017 (arXiv:1703.10593), {address}"
_LICENCE = "unknown: the authors state none beside the weights"


@dataclass(frozen=True)
class PublishedReport(ConversionReport):
    """A published style that was downloaded and converted.

    Args:
        checked: What the checksum was compared with: `"published"` or `"first download"`, or None if this is the first
            download, whose checksum was recorded.
    """

    checked: str | None


def download_style(
    name: str,
    folder: str | os.PathLike,
    *,
    address: str = ADDRESS,
    progress: Callable[[int, int], None] | None = None,
) -> PublishedReport:
    """Download a style published with the paper, check it, and convert it into a style folder.

    The authors publish no checksums. That of the first download is recorded, and later downloads must have the same.

    Args:
        name: Monet, Cezanne, Ukiyo-e or Van Gogh, in any spelling that `copyart.artists` knows.
        folder: Folder of the style, which must not exist.
        address: Web folder of the files. Defaults to the authors'.
        progress: Called with the bytes fetched and the bytes in all. Defaults to None.

    Raises:
        ArtistError: if the authors published no such style.
        DownloadError: if the address does not answer, the download was cut, or the file is not what it was.
        StyleError: if the folder exists or cannot be written.
    """
    style = published_style(name)
    require_free(Path(os.path.expanduser(folder)).absolute())
    fetched = fetch_published(style, address, progress)
    source = _SOURCE.format(address=fetched.address)
    try:
        import_torch(fetched.path)
    except StyleError as error:
        discard(fetched)
        raise dead(fetched.address, f"something that is no such style ({error})") from error
    remember(fetched)
    report = convert_weights(fetched.path, folder, name=find(name).name, licence=_LICENCE, source=source)
    return PublishedReport(report.path, report.name, report.architecture, report.sha256, fetched.checked)
