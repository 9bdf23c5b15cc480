"""Serve an application in a thread of the tests."""

import contextlib
import threading

from copyart.web.server.listening import Server


@contextlib.contextmanager
def serving(app, **arguments):
    with contextlib.closing(Server(app, **arguments)) as server:
        thread = threading.Thread(target=server.run, name="copyart-server", daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.stop()
            thread.join(10)
