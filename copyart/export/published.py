"""The styles published with the paper, fetched and made into style folders."""

from dataclasses import dataclass
from pathlib import Path

from copyart.artists import find
from copyart.data.published import ADDRESS, discard, fetch_published, published_style, remember
from copyart.data.published_download import dead
from copyart.errors import StyleError
from copyart.export.conversion import convert_weights, require_free
from copyart.export.report import ConversionReport
from copyart.painting.model_files import read_network

_SOURCE = "published with Zhu et al. 2017 (arXiv:1703.10593), {address}"
_LICENCE = "unknown: the authors state none beside the weights"


@dataclass(frozen=True)
class PublishedReport(ConversionReport):
    """A published style that was fetched and converted.

    Args:
        checked: What the checksum was held against: `"published"` or `"first download"`; None where this is the first
            download, and it was recorded.
    """

    checked: str | None


def download_style(name, folder, *, address=ADDRESS, progress=None):
    """Fetch a style published with the paper, check it, and make a style folder of it.

    The authors publish no checksums. That of the first download is recorded, and later ones are held against it.

    Args:
        name: Monet, Cezanne, Ukiyo-e or Van Gogh, by any name of theirs.
        folder: Folder of the style, which must not exist.
        address: Folder on the web in which the files lie. Defaults to the authors'.
        progress: Called with the bytes fetched and the bytes in all. Defaults to None.

    Returns:
        A `PublishedReport`.

    Raises:
        ArtistError: The authors published no such style.
        DownloadError: The address is dead, the download was cut, or the file is not what it was.
        StyleError: The folder is taken or cannot be written.
    """
    style = published_style(name)
    require_free(Path(folder).absolute())
    fetched = fetch_published(style, address, progress)
    source = _SOURCE.format(address=fetched.address)
    try:
        read_network(fetched.path)
    except StyleError as error:
        discard(fetched)
        raise dead(fetched.address, f"something that is no such style ({error})") from error
    remember(fetched)
    report = convert_weights(fetched.path, folder, name=find(name).name, licence=_LICENCE, source=source)
    return PublishedReport(report.path, report.name, report.architecture, report.sha256, fetched.checked)
