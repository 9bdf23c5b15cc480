"""The supervisor: run one worker process that paints job after job, and replace it when it dies."""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any, cast

from copyart.errors import StyleError
from copyart.web.problems import Problem
from copyart.web.server.monitoring import Metrics
from copyart.web.settings import Settings
from copyart.web.style_registry import StyleEntry
from copyart.web.worker.job_queue import CANCELLED, FAILED, PAINTED, WAITING, Job, JobQueue
from copyart.web.worker.worker import PaintRequest, PaintResult
from copyart.web.worker.worker_process import WorkerProcess

#: Seconds between checks whether a client is still connected and the worker still answers.
LOOK = 0.2
#: Seconds that a worker has to stop before it is killed. A photo of up to two megapixels is painted whole, without
#: checks in between, which takes two seconds on one core.
GRACE = 5.0
#: A job fails after this many workers have died while painting it.
_DEATHS = 2
_RESTING = "This server does not paint at the moment. Try again later."

_log = logging.getLogger(__name__)


class Supervisor:
    """Paints the photos of many clients, one after the other.

    Args:
        registry: Slug → `copyart.web.style_registry.StyleEntry`.
        settings: A `copyart.web.settings.Settings`.
        metrics: A `copyart.web.server.monitoring.Metrics`.
        start_worker: Function (sources, settings) → worker process. Defaults to `WorkerProcess`. None for a server
            that does not paint.
    """

    def __init__(
        self,
        registry: dict[str, StyleEntry],
        settings: Settings,
        metrics: Metrics,
        start_worker: Callable | None = WorkerProcess,
    ):
        self.registry, self.settings, self.metrics = registry, settings, metrics
        self.queue = JobQueue(settings.queue)
        #: Whether the styles are loaded and warmed up.
        self.ready = False
        self._start_worker = start_worker
        self._process: WorkerProcess | None = None
        self._failure: str | None = None
        self._loaded, self._closing = threading.Event(), start_worker is None
        self._seconds = 2.0  # moving average of the durations of paintings
        self._starting = threading.Lock()
        self._start_thread()

    def _start_thread(self) -> None:
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._keep_worker_alive, name="copyart-supervisor", daemon=True)
        if self._start_worker is not None:
            self._thread.start()

    def start_after_fork(self) -> None:
        """Start a new worker in a forked process, as with `gunicorn --preload`, because threads are not copied."""
        with self._starting:
            if self._pid != os.getpid():
                self.queue, self.ready = JobQueue(self.settings.queue), False
                self._process, self._loaded = None, threading.Event()
                self._start_thread()

    def wait_until_loaded(self) -> None:
        """Wait until the styles are loaded, but not until they are warmed up.

        Raises:
            StyleError: if a style cannot be loaded.
        """
        if self._start_worker is not None:
            self._loaded.wait()
        if self._failure:
            raise StyleError(self._failure)

    def require_queue_room(self) -> None:
        """Check that the queue has room, before a request is read.

        Raises:
            Problem: "busy" if the queue is full, "not-ready" if the server does not paint.
        """
        if self._closing or self._failure:
            raise Problem("not-ready", _RESTING, 10)
        if self.queue.is_full:
            raise self._busy_problem()

    def enqueue(self, request: PaintRequest, name: str | None = None) -> Job:
        """Put a job into the queue.

        Args:
            request: A `copyart.web.worker.worker.PaintRequest`.
            name: The id by which the client asks for progress and cancels. Defaults to None.

        Returns:
            The `Job`, for `wait`.

        Raises:
            Problem: "busy", "in-use" or "not-ready", if the job cannot be added.
        """
        self.require_queue_room()
        job = Job(request, name)
        if not self.queue.add(job):
            raise self._busy_problem()
        return job

    def wait(self, job: Job, is_gone: Callable[[], bool]) -> PaintResult:
        """Return the painting of a job.

        Args:
            job: Result of `enqueue`.
            is_gone: Called regularly. Returns whether the client has disconnected; the job is then cancelled.

        Raises:
            Problem: if the photo was not painted.
        """
        while not job.over.wait(LOOK):
            if is_gone():
                self.cancel(job)
            elif job.state == WAITING and time.monotonic() - job.asked > self.settings.wait_seconds:
                problem = Problem(
                    "too-slow",
                    f"It was not your photo's turn within {self.settings.wait_seconds:g} seconds. Try again.",
                    self._seconds,
                )
                self._end_job(job, FAILED, problem)
        return job.take_painting()

    def cancel(self, job: Job) -> bool:
        """Cancel a painting.

        Returns:
            Whether the job was cancelled, by this call or an earlier one. False if it had been painted or had failed.
        """
        self._end_job(job, CANCELLED, Problem("cancelled", "This painting was cancelled."))
        return job.state == CANCELLED

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker, or None."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Stop the worker and end all jobs."""
        self._closing, self.ready = True, False
        self._refuse_all_jobs("The server is being shut down. Try again later.")
        if self._thread.is_alive():
            self._thread.join(2 * GRACE)

    def _busy_problem(self) -> Problem:
        return Problem(
            "busy",
            f"At most {self.settings.queue} paintings may wait. Received: one more. Try again soon.",
            self._seconds,
        )

    def _refuse_all_jobs(self, line: str) -> None:
        for job in self.queue.close():
            self._end_job(job, FAILED, Problem("not-ready", line, 10))

    def _end_job(self, job: Job, state: str, outcome: PaintResult | Problem) -> None:
        if self.queue.end(job, state, outcome):
            self.metrics.count_painting(outcome.code if isinstance(outcome, Problem) else state)

    def _keep_worker_alive(self) -> None:
        while not self._closing and not self._failure:
            sources = {slug: style.source for slug, style in self.registry.items()}
            try:
                make = cast(Callable[..., WorkerProcess], self._start_worker)  # not None: else no thread runs this
                self._process = make(sources, self.settings)
                self._serve_jobs(self._process)
            except (EOFError, OSError):
                self._recover_from_death()
            except Exception:  # a bug in Copyart; waiting clients must not wait forever
                _log.exception("The supervisor failed.")
                self._recover_from_death()
            finally:
                process, self._process = self._process, None
                if process is not None:
                    process.end()

    def _serve_jobs(self, process: WorkerProcess) -> None:
        self._wait_until_ready(process)
        while not self._closing and not self._failure:
            job = self.queue.take_next(5 * LOOK)
            if job is None:
                process.receive(0)  # raises an error if the worker has died
            else:
                self._follow_painting(process, *job)

    def _wait_until_ready(self, process: WorkerProcess) -> None:
        while not self._closing and not self.ready and not self._failure:
            kind, content = process.receive(LOOK) or (None, "")
            if kind == "refused":
                self._give_up(content)
            elif kind == "loaded":
                self._loaded.set()
            elif kind == "ready":
                self.ready = True

    def _give_up(self, line: str) -> None:
        if self._loaded.is_set():  # otherwise `wait_until_loaded` reports the failure
            _log.error("The server does not paint any more: %s", line)
        self._failure = line
        self._loaded.set()
        self._refuse_all_jobs(_RESTING)

    def _follow_painting(self, process: WorkerProcess, job: Job, request: PaintRequest) -> None:
        process.send(request)
        asked_to_stop: float | None = None
        while not self._closing:
            kind, content = process.receive(LOOK / 4) or (None, 0.0)
            if kind == "progress":
                job.progress = content
            elif kind is not None:
                self._finish_job(job, request.slug, kind, content)
                self.queue.current = None
                return
            if asked_to_stop is None and self._is_job_unwanted(job):
                process.stop()
                asked_to_stop = time.monotonic()
            elif asked_to_stop is not None and time.monotonic() - asked_to_stop > GRACE:
                raise EOFError

    def _is_job_unwanted(self, job: Job) -> bool:
        if not job.over.is_set() and time.monotonic() - cast(float, job.started) > self.settings.paint_seconds:
            line = f"A photo must be painted within {self.settings.paint_seconds:g} seconds. Send a smaller one."
            self._end_job(job, FAILED, Problem("too-slow", line, self._seconds))
        return job.over.is_set()

    def _finish_job(self, job: Job, slug: str, kind: str, content: Any) -> None:
        if kind == "painted":
            self._seconds += 0.3 * (content.seconds - self._seconds)
            self.metrics.time_painting(slug, content.seconds)
            self._end_job(job, PAINTED, content)
        elif kind == "refused":
            self._end_job(job, FAILED, Problem("damaged", content))
        else:
            if kind == "broken":
                _log.error("A painting failed.\n%s", content)
            # Has no effect on a stopped job, which has ended already.
            self._end_job(job, FAILED, Problem("broken", "The photo could not be painted. Try another style or photo."))

    def _recover_from_death(self) -> None:
        """Continue after a worker died. Its job is painted again, before all others; after a second death it fails."""
        self.ready = False
        time.sleep(LOOK)  # if the system lacks a resource, an immediate retry would not help
        if not self._loaded.is_set():
            self._give_up(
                "the painting process must live. Received: one that ended as it started. See its log lines. A script "
                "that starts the server must do so below `if __name__ == '__main__':`."
            )
            return
        self.metrics.count_restart()
        job = self.queue.current
        if job is None or not job.over.is_set():  # otherwise the supervisor killed the worker, because it did not stop
            _log.error("The painting process died.")
        if job is None:
            return
        job.deaths += 1
        if job.deaths >= _DEATHS:
            line = "The photo could not be painted: the worker died over it, twice."
            self._end_job(job, FAILED, Problem("broken", line))
        self.queue.put_back()
