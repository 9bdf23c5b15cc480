"""Serve the application with waitress, configured to write no visitor's data to disk."""

import contextlib
import logging
import re
import threading
from collections.abc import Callable
from typing import Any

import flask
import waitress
from waitress import wasyncore

from copyart.errors import ConfigError
from copyart.web.settings import FORM_BYTES, Settings
from copyart.web.worker.supervisor import Supervisor

#: Threads for quick requests, in addition to the threads in which requests wait for their paintings.
_QUICK = 8
#: Seconds without data after which a connection is closed.
_SILENCE = 60
#: Seconds between checks whether to stop.
_LOOK = 0.25
#: Maximum number of open connections: far more than one client's slow connections, but below the limit on open files.
_CONNECTIONS = 500
#: Allowed X-Forwarded-Prefix values. They cannot lead to // or .. in URLs.
_PREFIX = r"(?:/[\w~-][\w.~-]*)+"


class Server:
    """A listening server.

    Args:
        app: Result of `copyart.web.app.create_app`.
        host: Address or name to listen on.
        port: Port; 0 for any free one.
        trusted_proxy: Address of the proxy whose X-Forwarded headers are trusted; None to trust none.

    Raises:
        ConfigError: if the server cannot listen on the address.
    """

    def __init__(self, app: flask.Flask, host: str = "127.0.0.1", port: int = 5000, trusted_proxy: str | None = None):
        self._supervisor: Supervisor = app.extensions["copyart"]
        self._map: dict[int, Any] = {}
        self._server: Any = None
        self._leaving = threading.Event()
        logging.getLogger("waitress.queue").setLevel(
            logging.ERROR
        )  # waitress would warn about each request that waits briefly
        options = {**_waitress_settings(self._supervisor.settings), **_proxy_options(trusted_proxy)}
        served = app if trusted_proxy is None else _handle_forwarded_prefix(app)
        try:
            self._server = waitress.create_server(served, map=self._map, host=host, port=port, **options)
        except (OSError, ValueError) as error:
            self.close()
            raise _cannot_listen_error(host, port, error) from error

    @property
    def url(self) -> str:
        """The URL of the server."""
        several = getattr(self._server, "effective_listen", None)  # a name may have several addresses
        host, port = several[0] if several else (self._server.effective_host, self._server.effective_port)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self) -> None:
        """Serve until Ctrl-C or until another thread calls `stop`."""
        with contextlib.suppress(KeyboardInterrupt):
            while not self._leaving.is_set():
                wasyncore.loop(timeout=_LOOK, use_poll=True, map=self._map, count=1)

    def stop(self) -> None:
        """Make `run` return soon."""
        self._leaving.set()

    def close(self) -> None:
        """Stop all paintings, close the connections, and free the address."""
        self._supervisor.close()
        if self._server is not None:
            self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)


def _waitress_settings(settings: Settings) -> dict[str, Any]:
    largest = (
        2 * settings.max_bytes + FORM_BYTES
    )  # waitress refuses larger bodies; the application refuses other bodies over its limit, with a clear error
    return {
        "threads": settings.queue + 1 + _QUICK,
        "max_request_body_size": largest,
        # Larger buffers would be written to disk. 16 bytes per pixel are enough for any painting, even as PNG.
        "inbuf_overflow": 2 * largest,
        "outbuf_overflow": max(16 * settings.max_pixels, 1 << 30),
        "channel_request_lookahead": 1,  # lets waitress notice that a client disconnects
        "channel_timeout": _SILENCE,
        "cleanup_interval": _SILENCE // 2,
        "connection_limit": _CONNECTIONS,
        "ident": None,
    }


def _proxy_options(proxy: str | None) -> dict[str, Any]:
    trust: dict[str, Any] = {"clear_untrusted_proxy_headers": True}
    if proxy is not None:
        headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
        trust.update(trusted_proxy=proxy, trusted_proxy_count=1, trusted_proxy_headers=headers)
    return trust


def _handle_forwarded_prefix(app: flask.Flask) -> Callable:
    """Wrap the application to handle X-Forwarded-Prefix, which waitress ignores."""

    def served(environ: dict[str, Any], start_response: Callable) -> Any:
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX", "").rstrip("/")
        if re.fullmatch(_PREFIX, prefix, re.ASCII):
            environ["SCRIPT_NAME"] = prefix
        return app(environ, start_response)

    return served


def _cannot_listen_error(host: str, port: int, error: OSError | ValueError) -> ConfigError:
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(
        f"the address must be free and belong to this machine. Received: {host}, port {port} ({reason}). Choose "
        "another with --port or --host."
    )
