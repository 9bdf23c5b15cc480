"""Every error that Copyart raises on purpose.

    CopyartError
    ├── ImageError          a picture that cannot be read, or is too large
    │   └── VideoError      a film that cannot be read, painted to its end, or written
    ├── DataError           a data set that cannot be used: empty, too few, not there
    │   └── DownloadError   a data set that cannot be fetched: credentials, network, checksum
    ├── ArtistError         a name that no artist or style answers to
    ├── ConfigError         a value that a setting does not take
    ├── WorkdirError        a run that cannot go on: another artist's, locked, full, damaged
    ├── TrainingError       a run that has to stop: a loss is not finite
    ├── StyleError          a style, model or weights file that cannot be loaded
    └── ExportError         an export that differs from the model it came from

A message says what must hold, then `Received: …`, then the remedy. The command line prints it as one
line and exits with 2; the web answers with a 4xx.
"""

import json


class CopyartError(Exception):
    """Base of every error that Copyart raises on purpose."""


class ImageError(CopyartError, ValueError):
    """A picture that cannot be read, or that is larger than the limits allow."""


class VideoError(ImageError):
    """A film that cannot be read, painted to its end, or written."""


class DataError(CopyartError, ValueError):
    """A data set that cannot be used."""


class DownloadError(DataError):
    """A data set that cannot be fetched."""


class ArtistError(CopyartError, ValueError):
    """A name that no artist or style answers to."""


class ConfigError(CopyartError, ValueError):
    """A value that a setting does not take."""


class WorkdirError(CopyartError):
    """A training run that cannot start or resume in its folder."""


class TrainingError(CopyartError):
    """A training run that has to stop, because a loss is not finite."""


class StyleError(CopyartError, ValueError):
    """A style folder, model file or weights file that cannot be loaded."""


class ExportError(CopyartError):
    """An exported model that differs from the model it came from."""


def json_text(value: object, indent: int | None = None) -> str:
    """Return JSON in plain Unicode; names of files that are not UTF-8, which no encoding takes, make it ASCII.

    Raises:
        TypeError: if JSON cannot hold the value.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    is_unicode = text.isascii() or text.encode("utf-8", "replace").decode() == text
    return text if is_unicode else json.dumps(value, indent=indent)


def one_line(error: object, limit: int = 160) -> str:
    """Return what an error of any kind says, on one line, to stand in the message of another.

    Args:
        error: The error. The system's own words are taken where it has them; else its message, else its class's name.
        limit: Most characters. Defaults to 160.

    Example:
        >>> one_line(OSError(28, "No space left on device"))
        'No space left on device'
    """
    text = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return " ".join(text.split())[:limit].rstrip(".")
