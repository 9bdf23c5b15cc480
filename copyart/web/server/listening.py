"""The application under waitress, configured to write no visitor's data to disk."""

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import flask
import waitress
from waitress import wasyncore

from copyart.errors import ConfigError
from copyart.web.settings import FORM_BYTES, Settings

#: Threads beside those in which paintings wait, for all that is answered at once.
_QUICK = 8
#: Seconds without a byte after which a connection is closed.
_SILENCE = 60
#: Seconds between two looks at whether to go on serving.
_LOOK = 0.25
#: Connections at a time: many more than the slow ones of one client, fewer than the files that a process may open.
_CONNECTIONS = 500
#: What a proxy may say that it took off the front of each address: no // and no .. can come of it.
_PREFIX = r"(?:/[\w~-][\w.~-]*)+"


class Server:
    """An application that listens.

    Args:
        app: What `copyart.web.app.create_app` returns.
        host: Address or name to listen on.
        port: 0 for any that is free.
        trusted_proxy: Address of the proxy in front, whose word on who asks, and for which address, is taken; None for
            nobody's.

    Raises:
        ConfigError: if the server cannot listen on the address.
    """

    def __init__(self, app: flask.Flask, host: str = "127.0.0.1", port: int = 5000, trusted_proxy: str | None = None):
        self._supervisor, self._map, self._server = app.extensions["copyart"], {}, None
        self._leaving = threading.Event()
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each request that waits a moment
        options = {**_settings(self._supervisor.settings), **_trust(trusted_proxy)}
        served = app if trusted_proxy is None else _behind_prefix(app)
        try:
            self._server = waitress.create_server(served, map=self._map, host=host, port=port, **options)
        except (OSError, ValueError) as error:
            self.close()
            raise _not_had(host, port, error) from error

    @property
    def url(self) -> str:
        """Where it is."""
        several = getattr(self._server, "effective_listen", None)  # a name may stand for several addresses
        host, port = several[0] if several else (self._server.effective_host, self._server.effective_port)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self) -> None:
        """Serve until Ctrl-C, or until another thread calls `leave`."""
        with contextlib.suppress(KeyboardInterrupt):
            while not self._leaving.is_set():
                wasyncore.loop(timeout=_LOOK, use_poll=True, map=self._map, count=1)

    def leave(self) -> None:
        """Have `run` return, soon."""
        self._leaving.set()

    def close(self) -> None:
        """End all paintings, hang up, and let the address go."""
        self._supervisor.close()
        if self._server is not None:
            self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)


@contextlib.contextmanager
def serving(app: flask.Flask, **arguments: Any) -> Iterator[str]:
    """Serve in a thread, as long as the context lasts; yields the address, as `http://127.0.0.1:5000`.

    Args:
        app: As for `Server`.
        **arguments: As for `Server`.
    """
    with contextlib.closing(Server(app, **arguments)) as server:
        thread = threading.Thread(target=server.run, name="copyart-server", daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.leave()
            thread.join(10)


def _settings(settings: Settings) -> dict[str, Any]:
    largest = 2 * settings.max_bytes + FORM_BYTES  # up to here the application says what is wrong; beyond, waitress
    return {
        "threads": settings.queue + 1 + _QUICK,
        "max_request_body_size": largest,
        # Below these, nothing is written to temporary files: 16 bytes a pixel hold any painting, as PNG too.
        "inbuf_overflow": 2 * largest,
        "outbuf_overflow": max(16 * settings.max_pixels, 1 << 30),
        "channel_request_lookahead": 1,  # with it, waitress sees that a client hangs up
        "channel_timeout": _SILENCE,
        "cleanup_interval": _SILENCE // 2,
        "connection_limit": _CONNECTIONS,
        "ident": None,
    }


def _trust(proxy: str | None) -> dict[str, Any]:
    trust = {"clear_untrusted_proxy_headers": True}
    if proxy is not None:
        headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
        trust.update(trusted_proxy=proxy, trusted_proxy_count=1, trusted_proxy_headers=headers)
    return trust


def _behind_prefix(app: flask.Flask) -> Callable:
    """Return the application, told by X-Forwarded-Prefix where the proxy shows it; waitress ignores that header."""

    def served(environ: dict[str, Any], start_response: Callable) -> Any:
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX", "").rstrip("/")
        if re.fullmatch(_PREFIX, prefix, re.ASCII):
            environ["SCRIPT_NAME"] = prefix
        return app(environ, start_response)

    return served


def _not_had(host: str, port: int, error: OSError | ValueError) -> ConfigError:
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(
        f"the address must be free, and one of this machine's. Received: {host}, port {port} ({reason}). "
        "Name another with --port or --host."
    )
