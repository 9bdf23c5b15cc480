"""Run `copyart serve` in a process of its own, watch its memory and its files, and start it again when it dies."""

import contextlib
import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).parent.parent


class WatchedServer:
    """A server that is started again when it dies, as `restart: unless-stopped` would in a container.

    Args:
        folder: The server's home, temporary folder and current folder. `files` lists what is written there.
        options: Options of `copyart serve`.
    """

    def __init__(self, folder, *options):
        self.folder, self.options = Path(folder), options
        self.starts, self.url, self._ending = 0, None, False
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._restart_when_ended, daemon=True)
        self._thread.start()
        self._listening.wait(120)

    def _restart_when_ended(self):
        port = "0"
        while not self._ending:
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.folder), "HOME": str(self.folder)}
            command = [sys.executable, "-m", "copyart", "serve", "--port", port, "--paintings-a-minute", "0"]
            self._process = subprocess.Popen(
                [*command, *self.options], env=environment, cwd=self.folder, stderr=subprocess.PIPE, text=True
            )
            self.starts += 1
            for line in self._process.stderr:
                if found := re.search(r" at (http://\S+:(\d+))", line):
                    self.url, port = found.groups()
                    self._listening.set()
                else:
                    print("server:", line, end="", file=sys.stderr)
            self._process.wait()
            self._process.stderr.close()

    @property
    def process(self):
        """The server's process, for `psutil`."""
        return psutil.Process(self._process.pid)

    @property
    def worker(self):
        """The server's worker, for `psutil`."""
        children = self.process.children()
        return next(child for child in children if "spawn_main" in " ".join(child.cmdline()))

    def memory(self):
        """Return the resident bytes of the server, and of its worker."""
        return self.process.memory_info().rss, self.worker.memory_info().rss

    def descriptors(self):
        """Return how many files and sockets the server and its worker hold."""
        return self.process.num_fds() + self.worker.num_fds()

    def files(self):
        """Return the files that the server has written and not removed."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def end(self):
        """End the server, and do not start it again."""
        self._ending = True
        self._process.terminate()
        self._process.wait(30)
        self._thread.join(30)


@contextlib.contextmanager
def watch_server(*options):
    """Serve in an empty folder as long as the context lasts, and yield a `WatchedServer`."""
    with tempfile.TemporaryDirectory(prefix="served-") as folder:
        server = WatchedServer(folder, *options)
        try:
            yield server
        finally:
            server.end()


def post_photo(url, photo, style):
    """Send a photo to the REST API. Return the status, the headers and the body of the answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=180)
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/octet-stream"}
        connection.request("POST", f"/api/v1/paintings?artist={style}", photo, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def megabytes(numbers):
    """Return numbers of bytes as text, in MB, joined by plus signs."""
    return " + ".join(f"{number / 1e6:.0f}" for number in numbers) + " MB"
