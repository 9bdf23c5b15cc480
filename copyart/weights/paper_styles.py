"""Download the styles that were published with the CycleGAN paper, and convert them to style folders."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from copyart.artists import find
from copyart.data.paper_weights import ADDRESS, fetch_paper_weights, paper_slug, record_checksum
from copyart.data.resumable_download import not_delivered_error
from copyart.errors import StyleError
from copyart.weights.conversion import ConversionReport, convert_weights, require_new_path
from copyart.weights.torch_import import import_torch

_SOURCE = "published with Zhu et al. 2017 (arXiv:1703.10593), {address}"
_LICENCE = "unknown: the authors state none with the weights"


@dataclass(frozen=True)
class PaperStyleReport(ConversionReport):
    """A published style that was downloaded and converted.

    Args:
        known_checksum: Whether an earlier download recorded the checksum. If not, this download recorded it.
    """

    known_checksum: bool


def download_style(
    name: str,
    folder: str | os.PathLike,
    *,
    address: str = ADDRESS,
    progress: Callable[[int, int], None] | None = None,
) -> PaperStyleReport:
    """Download a style published with the paper, check it, and convert it to a style folder.

    The authors publish no checksums. The checksum of the first download is recorded, and later downloads must match it.

    Args:
        name: Monet, Cezanne, Ukiyo-e or Van Gogh, in any spelling that `copyart.artists` knows.
        folder: Folder of the style, which must not exist yet.
        address: URL of the folder with the files. Defaults to the authors'.
        progress: Called with the downloaded and the total bytes. Defaults to None.

    Raises:
        ArtistError: if the authors published no such style.
        DownloadError: if the server does not answer, the download breaks off, or the file's checksum changed.
        StyleError: if the folder exists or cannot be written.
    """
    slug = paper_slug(name)
    require_new_path(Path(os.path.expanduser(folder)).absolute())
    fetched = fetch_paper_weights(slug, address, progress)
    source = _SOURCE.format(address=fetched.address)
    try:
        import_torch(fetched.path)
    except StyleError as error:
        fetched.path.unlink(missing_ok=True)  # so that the next attempt downloads the file again
        raise not_delivered_error(fetched.address, f"a file that is not such a style ({error})") from error
    record_checksum(fetched)
    report = convert_weights(fetched.path, folder, name=find(slug).name, licence=_LICENCE, source=source)
    return PaperStyleReport(report.path, report.name, report.architecture, report.sha256, fetched.known_checksum)
