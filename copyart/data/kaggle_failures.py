"""Explain a failed download from Kaggle in one line, with the remedy."""

import errno

from copyart.errors import DownloadError, one_line

WITHOUT_KAGGLE = (
    "Without Kaggle: --source sample, --photos DIR --art DIR, "
    "or --source tfds for Monet, Cezanne, Ukiyo-e and Van Gogh."
)
CREDENTIALS = (
    "On kaggle.com open Settings → API and create a token; set KAGGLE_API_TOKEN to it or save it as "
    "~/.kaggle/access_token (a legacy kaggle.json goes to ~/.kaggle/kaggle.json, or its two values into "
    "KAGGLE_USERNAME and KAGGLE_KEY). Then run the same command again."
)


def external_exceptions() -> tuple[type[Exception], ...]:
    """Return the classes of the exceptions that kagglehub raises for causes outside this program."""
    from kagglehub import exceptions

    return (
        OSError,  # errors of requests are OSErrors
        ValueError,  # credentials or answers that cannot be parsed
        exceptions.DataCorruptionError,
        exceptions.BackendError,
        exceptions.NotFoundError,
        exceptions.CredentialError,
        exceptions.UnauthenticatedError,
        exceptions.KaggleEnvironmentError,
        exceptions.ColabEnvironmentError,
    )


def explain_failure(error: Exception, handle: str) -> DownloadError:
    """Convert an exception of kagglehub to a `DownloadError` that names the cause and the remedy in one line."""
    import requests
    from kagglehub import exceptions

    if isinstance(error, DownloadError):
        return error
    response = getattr(error, "response", None)
    if response is not None:
        return DownloadError(_http_status_message(response.status_code, handle))
    if isinstance(error, exceptions.CredentialError | exceptions.UnauthenticatedError):
        return DownloadError(_http_status_message(401, handle))
    if isinstance(error, exceptions.DataCorruptionError):
        return DownloadError(
            f"The archive of {handle} must have the checksum that Kaggle announces. Received: a different one; the "
            "damaged archive was deleted. Run the same command again."
        )
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return DownloadError(
            f"The download of {handle} must complete. Received: several interrupted connections. Run the same command "
            "again to resume it."
        )
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return DownloadError(
            f"Kaggle must be reachable to download {handle}. Received: {root_cause(error)}. "
            f"Check the network and HTTPS_PROXY, then run the same command again. {WITHOUT_KAGGLE}"
        )
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return DownloadError(_disk_failure_message(error, handle))
    return DownloadError(
        f"Kaggle's client must be able to download {handle}. Received: {root_cause(error)}. Check "
        f"~/.kaggle/kaggle.json and the network, then run the same command again. {WITHOUT_KAGGLE}"
    )


def root_cause(error: BaseException) -> str:
    """Return the class and the message of the innermost exception, which names the cause.

    If a connection failed, the outer exceptions only repeat this message and add memory addresses of objects.
    """
    for inner in error.args:
        reason = getattr(inner, "reason", inner)
        if isinstance(reason, BaseException):
            return root_cause(reason)
    return f"{type(error).__name__}: {one_line(error, 200)}"


def _http_status_message(status: int, handle: str) -> str:
    if status in (401, 403) and not _has_credentials():
        return (
            f"Kaggle must know who requests {handle}. Received: {status}, and no Kaggle credentials here. "
            f"{CREDENTIALS} {WITHOUT_KAGGLE}"
        )
    if status in (401, 403):
        return (
            f"Kaggle must allow your account to download {handle}. Received: {status} with the credentials "
            f"found here. Open https://www.kaggle.com/datasets/{handle} and accept its terms; if that is "
            f"done, the token may be revoked. {CREDENTIALS}"
        )
    if status == 404:
        return (
            f"Kaggle must have the data set {handle}. Received: 404. It may have been moved or withdrawn; "
            f"check https://www.kaggle.com/datasets/{handle}. {WITHOUT_KAGGLE}"
        )
    return (
        f"Kaggle must answer the request for {handle}. Received: HTTP status {status}. "
        f"Run the same command again in a few minutes. {WITHOUT_KAGGLE}"
    )


def _disk_failure_message(error: OSError, handle: str) -> str:
    from kagglehub.config import get_cache_folder

    where = get_cache_folder()
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return (
            f"The disk must have space for {handle}. Received: no space left in {where}. Free some (the paintings take "
            "5 GB while they are unpacked), or set KAGGLEHUB_CACHE to a folder on a larger disk, then run the same "
            "command again."
        )
    return (
        f"The cache folder must be writable to download {handle}. Received: {one_line(error)} in {where}. Set "
        "KAGGLEHUB_CACHE to a writable folder, then run the same command again."
    )


def _has_credentials() -> bool:
    from kagglehub.config import get_kaggle_credentials

    return get_kaggle_credentials() is not None
