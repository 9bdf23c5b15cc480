"""The exceptions that Copyart raises on purpose.

    CopyartError
    ├── ImageError          a picture that cannot be read, or is too large
    │   └── VideoError      a film that cannot be read, painted to its end, or written
    ├── DataError           a data set that cannot be used: missing, empty, too small
    │   └── DownloadError   a data set that cannot be fetched: credentials, network, checksum
    ├── ArtistError         a name that no artist or style has
    ├── ConfigError         a value that a setting does not allow
    ├── WorkdirError        a run that cannot start or resume: its workdir is another artist's, locked, full or damaged
    ├── TrainingError       a run that must stop: a loss or weight is not finite
    ├── StyleError          a style, model or weights file that cannot be loaded
    └── ExportError         a model that cannot be exported; an export that differs from it or cannot be written

A message states what must hold, then `Received: …`, then the remedy. The command line prints it as one
line and exits with status 2; the web server answers with a 4xx status.
"""

import json


class CopyartError(Exception):
    """Base class of the exceptions that Copyart raises on purpose."""


class ImageError(CopyartError, ValueError):
    """A picture that cannot be read or is too large."""


class VideoError(ImageError):
    """A film that cannot be read, painted to its end, or written."""


class DataError(CopyartError, ValueError):
    """A data set that cannot be used."""


class DownloadError(DataError):
    """A data set that cannot be downloaded."""


class ArtistError(CopyartError, ValueError):
    """A name that no artist or style has."""


class ConfigError(CopyartError, ValueError):
    """An invalid value of a setting or argument."""


class WorkdirError(CopyartError):
    """A training run that cannot start or resume in its folder."""


class TrainingError(CopyartError):
    """A training run that must stop because a loss or weight is not finite."""


class StyleError(CopyartError, ValueError):
    """A style folder, model file or weights file that cannot be loaded."""


class ExportError(CopyartError):
    """A model that cannot be exported, or an export that differs from its model or cannot be written."""


def json_text(value: object, indent: int | None = None) -> str:
    """Return a value as JSON, in plain Unicode, or in ASCII if it contains file names that are not valid UTF-8.

    Raises:
        TypeError: if JSON cannot hold the value.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    is_unicode = text.isascii() or text.encode("utf-8", "replace").decode() == text
    return text if is_unicode else json.dumps(value, indent=indent)


def one_line(error: object, limit: int = 160) -> str:
    """Return the text of any exception on one line, for use in another error message.

    Args:
        error: The exception. Its text is the operating system's (`strerror`) if there is one, else its message, else
            its class name.
        limit: Maximum number of characters. Defaults to 160.

    Example:
        >>> one_line(OSError(28, "No space left on device"))
        'No space left on device'
    """
    text = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return " ".join(text.split())[:limit].rstrip(".")
