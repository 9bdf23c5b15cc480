"""The server's handle of the worker process: start it, send it jobs, stop it."""

import multiprocessing
from typing import Any

from copyart.web.settings import Settings
from copyart.web.worker.worker import STOP, PaintRequest, run_worker


class WorkerProcess:
    """A process that runs `copyart.web.worker.worker.run_worker`.

    Args:
        sources: Slug → source for `copyart.load`.
        settings: A `copyart.web.settings.Settings`.
    """

    def __init__(self, sources: dict[str, str], settings: Settings):
        # Spawned and not forked, because the server has threads and a fork would copy their held locks.
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        arguments = (other, sources, settings.painted_pixels)
        self._process = context.Process(target=run_worker, args=arguments, name="copyart-worker", daemon=True)
        self._process.start()
        other.close()

    @property
    def pid(self) -> int | None:
        """The process id of the worker."""
        return self._process.pid

    def send(self, request: PaintRequest) -> None:
        """Send a request to the worker.

        Raises:
            OSError: if the process has ended.
        """
        self._pipe.send(request)

    def stop(self) -> None:
        """Ask the worker to stop its painting, which may be finished before the worker reads this message.

        Raises:
            OSError: if the process has ended.
        """
        self._pipe.send(STOP)

    def receive(self, seconds: float) -> Any:
        """Return the worker's next message, or None if none arrives in time.

        Raises:
            EOFError, OSError: if the process has ended.
        """
        return self._pipe.recv() if self._pipe.poll(seconds) else None

    def end(self) -> None:
        """Kill the process, and close the pipe."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()
