"""`RateLimit`: limit how many paintings a client may request per minute."""

import ipaddress
import logging
import time
from typing import Any

from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, MovingWindowSupport, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from copyart.errors import ConfigError
from copyart.web.problems import Problem

log = logging.getLogger(__name__)


class RateLimit:
    """A limit on the paintings per client and minute.

    Args:
        a_minute: Maximum number of paintings that a client may request per minute; 0 for no limit.
        storage: Shared storage for several servers, as a URL for `limits`, such as `redis://127.0.0.1:6379`. Defaults
            to None: in memory, for this server alone.

    Raises:
        ConfigError: if the storage cannot be used or reached.
    """

    def __init__(self, a_minute: int, storage: str | None = None):
        self._limit = RateLimitItemPerMinute(a_minute) if a_minute else None
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._limiter = MovingWindowRateLimiter(_open_shared_storage(storage)) if storage and a_minute else self._alone

    def check(self, address: str | None) -> None:
        """Count a painting that a client requests.

        Args:
            address: Address of the client as text, or None.

        Raises:
            Problem: "too-many-requests", if the limit is exceeded.
        """
        if self._limit is None:
            return
        client = client_key(address)
        try:
            wait = _count_painting(self._limiter, self._limit, client)
        except StorageError as error:  # without the shared storage a server continues and counts by itself
            log.warning("The storage of the rate limits does not answer: %s", type(error.storage_error).__name__)
            wait = _count_painting(self._alone, self._limit, client)
        if wait is not None:
            line = f"A client may request {self._limit.amount} paintings per minute. Received: more. Wait a little."
            raise Problem("too-many-requests", line, wait)


def _open_shared_storage(address: str) -> Any:
    """Open a shared storage. Messages do not repeat its URL, which may contain a password."""
    try:
        storage = storage_from_string(address, wrap_exceptions=True)
        if not isinstance(storage, MovingWindowSupport) or not storage.check():
            raise StorageError(ConnectionError("it does not answer, or cannot count requests in a moving window"))
    except (ConfigurationError, StorageError, ValueError) as error:
        scheme = address.partition(":")[0]
        raise ConfigError(
            "the storage of the rate limits must be supported by `limits`, with its package installed, and must "
            f"answer. Received: a {scheme!r} URL that cannot be used. For Redis: redis://HOST:6379, and pip install "
            "redis."
        ) from error
    return storage


def _count_painting(limiter: MovingWindowRateLimiter, limit: RateLimitItemPerMinute, client: str) -> float | None:
    """Count a painting. Return the seconds to wait if the limit is exceeded, else None."""
    if limiter.hit(limit, client):
        return None
    return limiter.get_window_stats(limit, client).reset_time - time.time()


def client_key(address: str | None) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 network of an IPv6 address, because such a network
    belongs to one customer."""
    try:
        ip = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    ip = (
        getattr(ip, "ipv4_mapped", None) or ip
    )  # the form in which proxies that listen only on IPv6 write an IPv4 address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
