"""How often one client may ask for paintings."""

import ipaddress
import logging
import time

from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, MovingWindowSupport, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from copyart.errors import ConfigError
from copyart.web.problems import Problem

log = logging.getLogger(__name__)


class RateLimit:
    """A limit for each client, counted for a minute.

    Args:
        a_minute: Paintings that a client may ask for in a minute; 0 for any number.
        storage: Where several servers count together, as an address that `limits` knows, such as
            `redis://127.0.0.1:6379`. Defaults to None: in memory, for this server alone.

    Raises:
        ConfigError: if the storage cannot be used or reached.
    """

    def __init__(self, a_minute: int, storage: str | None = None):
        self._limit = RateLimitItemPerMinute(a_minute) if a_minute else None
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._limiter = MovingWindowRateLimiter(_open(storage)) if storage and a_minute else self._alone

    def check(self, address: str | None) -> None:
        """Count a painting.

        Args:
            address: Of the client, as text, or None.

        Raises:
            Problem: "too-many-requests".
        """
        if self._limit is None:
            return
        client = client_of(address)
        try:
            wait = _count(self._limiter, self._limit, client)
        except StorageError as error:  # without its store a server paints on, and counts for itself
            log.warning("The store of the limits does not answer: %s", type(error.storage_error).__name__)
            wait = _count(self._alone, self._limit, client)
        if wait is not None:
            line = f"One may ask for {self._limit.amount} paintings a minute. Received: more. Wait a little."
            raise Problem("too-many-requests", line, wait)


def _open(address: str) -> MovingWindowSupport:
    """Open a shared store. Messages do not repeat its address, which may hold a password."""
    try:
        storage = storage_from_string(address, wrap_exceptions=True)
        if not isinstance(storage, MovingWindowSupport) or not storage.check():
            raise StorageError(ConnectionError("no moving window there, or nobody answers"))
    except (ConfigurationError, StorageError, ValueError) as error:
        scheme = address.partition(":")[0]
        raise ConfigError(
            "the store of the limits must be one that `limits` knows, with its package installed, and answer. "
            f"Received: an address of {scheme!r} that cannot be used. Redis: redis://HOST:6379, and pip install redis."
        ) from error
    return storage


def _count(limiter: MovingWindowRateLimiter, limit: RateLimitItemPerMinute, client: str) -> float | None:
    """Count a painting. Returns the seconds to wait if it is one too many, else None."""
    if limiter.hit(limit, client):
        return None
    return limiter.get_window_stats(limit, client).reset_time - time.time()


def client_of(address: str | None) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits: one customer has it whole."""
    try:
        ip = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip  # so proxies that listen on IPv6 alone write an IPv4 address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
