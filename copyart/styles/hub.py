"""Download styles from Hugging Face and Kaggle by hub handle, using `huggingface_hub` and `kagglehub`."""

import re
from collections.abc import Callable
from pathlib import Path

from copyart.errors import StyleError, one_line
from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS
from copyart.styles.packed_file import LIMITS, SUFFIX, is_packed, require_size_within_limit

_NAME = r"[A-Za-z0-9_][\w.-]*"
_HF = re.compile(rf"hf://({_NAME}/{_NAME})(?:@({_NAME}))?", re.ASCII)
_KAGGLE = re.compile(rf"kaggle://({_NAME}/{_NAME}/{_NAME}/{_NAME}(?:/\d+)?)", re.ASCII)
_FILES = [CONFIG, METADATA, WEIGHTS, PREVIEW, f"*{SUFFIX}"]


def fetch_style(handle: str) -> Path:
    """Download a style into the hub client's cache, unless it is there already.

    Args:
        handle: `hf://owner/repo[@revision]` or `kaggle://owner/model/framework/variation[/version]`. The repository or
            model must hold a style folder or one packed style.

    Returns:
        The path of the style folder or packed style. The sizes of its files have been checked.

    Raises:
        StyleError: if the handle is malformed, the client is not installed, or there is no such style.
    """
    if match := _HF.fullmatch(handle):
        folder = _call_hub_client(handle, "huggingface_hub", _download_from_hugging_face, *match.groups())
    elif match := _KAGGLE.fullmatch(handle):
        folder = _call_hub_client(handle, "kagglehub", _download_from_kaggle, *match.groups())
    else:
        raise StyleError(
            "a handle must be hf://owner/repo[@revision] or kaggle://owner/model/framework/variation[/version]. "
            f"Received: {handle[:120]!r}. Copy it from the model's page."
        )
    return _find_style_in_folder(Path(folder), handle)


def _download_from_hugging_face(repository: str, revision: str | None) -> str:
    from huggingface_hub import snapshot_download

    return snapshot_download(repository, revision=revision, allow_patterns=_FILES)


def _download_from_kaggle(model: str) -> str:
    import kagglehub

    return kagglehub.model_download(model)


def _call_hub_client(handle: str, package: str, download: Callable[..., str], *arguments: str | None) -> str:
    try:
        return download(*arguments)
    except ImportError as error:
        raise StyleError(
            f"{handle.partition(':')[0]}:// handles need {package}. Received: an import error. Install it: pip install "
            f"{package}. Or download the style in a browser and give its path."
        ) from error
    except Exception as error:  # each client has its own error classes
        raise StyleError(
            f"{handle!r} must be a style that can be downloaded. Received: {type(error).__name__}: {one_line(error)}. "
            "Check the handle, the network, and whether the model is public."
        ) from error


def _find_style_in_folder(folder: Path, handle: str) -> Path:
    if (folder / CONFIG).is_file():
        for path in (folder / name for name in LIMITS):
            if path.is_file():
                require_size_within_limit(handle, path.name, path.stat().st_size)
        return folder
    packed = sorted(filter(is_packed, folder.glob(f"*{SUFFIX}")))
    if len(packed) != 1:
        found = ", ".join(path.name[:40] for path in packed[:4]) or "none"
        raise StyleError(
            f"{handle!r} must hold a style folder or one {SUFFIX} file. Received: {found}. Download the right one and "
            "give its path."
        )
    return packed[0]
