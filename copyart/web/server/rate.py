"""How often one client may ask for paintings."""

import ipaddress
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from copyart.web.problems import Problem


class RateLimit:
    """A limit for each client, kept in memory for a minute.

    Args:
        a_minute: Paintings that a client may ask for in a minute; 0 for any number.
    """

    def __init__(self, a_minute):
        self._limit = RateLimitItemPerMinute(a_minute) if a_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, address):
        """Count a painting.

        Args:
            address: Of the client, as text, or None.

        Raises:
            Problem: "too-many-requests".
        """
        if self._limit is None:
            return
        client = client_of(address)
        if not self._limiter.hit(self._limit, client):
            wait = self._limiter.get_window_stats(self._limit, client).reset_time - time.time()
            line = f"One may ask for {self._limit.amount} paintings a minute. Received: more. Wait a little."
            raise Problem("too-many-requests", line, wait)


def client_of(address):
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits: one customer has it whole."""
    try:
        ip = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip  # so proxies that listen on IPv6 alone write an IPv4 address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
