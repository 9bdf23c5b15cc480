"""The job queue: the paintings that wait for the worker, in order, and their ids."""

import collections
import threading
import time
from typing import cast

from copyart.web.problems import Problem
from copyart.web.worker.worker import PaintRequest, PaintResult

WAITING, PAINTING, PAINTED, FAILED, CANCELLED = "waiting", "painting", "painted", "failed", "cancelled"
#: Seconds for which clients can still ask about a finished painting.
REMEMBERED = 60.0


class Job:
    """One requested painting. Its state changes only under the lock of its `JobQueue`.

    Args:
        request: A `copyart.web.worker.worker.PaintRequest`.
        name: The client's id for the job, or None.
    """

    def __init__(self, request: PaintRequest, name: str | None = None):
        self.request: PaintRequest | None = request
        self.name = name
        self.state, self.progress = WAITING, 0.0
        self.asked = time.monotonic()
        self.started: float | None = None
        self.ended: float | None = None
        #: How many workers have died while painting this job.
        self.deaths = 0
        self.over = threading.Event()
        self._outcome: PaintResult | Problem | None = None

    def start(self) -> None:
        """Mark the job as being painted."""
        self.state, self.started, self.progress = PAINTING, time.monotonic(), 0.0

    def wait_again(self) -> None:
        """Mark the job as waiting again, because the worker died. The waiting time starts anew."""
        self.state, self.asked, self.started, self.progress = WAITING, time.monotonic(), None, 0.0

    def end(self, state: str, outcome: PaintResult | Problem) -> bool:
        """End the job, unless it has ended already, and drop its photo.

        Args:
            state: PAINTED, FAILED or CANCELLED.

        Returns:
            Whether this call ended the job.
        """
        if self.over.is_set():
            return False
        self.state, self._outcome, self.ended, self.request = state, outcome, time.monotonic(), None
        self.progress = 1.0 if state == PAINTED else self.progress
        self.over.set()
        return True

    def take_painting(self) -> PaintResult:
        """Return the painting and forget it, or raise the job's problem."""
        outcome, self._outcome = self._outcome, None
        if isinstance(outcome, Problem):
            raise outcome
        return cast(PaintResult, outcome)


class JobQueue:
    """Jobs in the order of their arrival. The job that was taken last is being painted.

    Args:
        most: Maximum number of waiting jobs.
    """

    def __init__(self, most: int):
        #: The job that is being painted, or None.
        self.current: Job | None = None
        self._most = most
        self._jobs: collections.deque[Job] = collections.deque()
        self._named: dict[str, Job] = {}
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def is_full(self) -> bool:
        """Whether the queue is full."""
        return len(self._jobs) >= self._most

    def add(self, job: Job) -> bool:
        """Add a job at the end of the queue.

        Returns:
            Whether the job was added: False if the queue is full.

        Raises:
            Problem: "in-use", if another job has its name.
        """
        with self._changed:
            self._forget_ended_jobs()
            if self.is_full:
                return False
            if job.name in self._named:
                raise Problem("in-use", f"An id must be new. Received: {job.name}, which is in use. Make another one.")
            self._jobs.append(job)
            if job.name is not None:
                self._named[job.name] = job
            self._changed.notify()
        return True

    def take_next(self, seconds: float) -> "tuple[Job, PaintRequest] | None":
        """Take the first job, and return it with its request. Return None if none arrives in time."""
        with self._changed:
            if not self._jobs:
                self._changed.wait(seconds)
            if not self._jobs:
                return None
            self.current = job = self._jobs.popleft()
            job.start()
            return job, cast(PaintRequest, job.request)

    def put_back(self) -> None:
        """Put the job that was being painted back to the front of the queue, unless it has ended."""
        with self._changed:
            job, self.current = self.current, None
            if job is not None and not job.over.is_set():
                job.wait_again()
                self._jobs.appendleft(job)

    def end(self, job: Job, state: str, outcome: PaintResult | Problem) -> bool:
        """End a job that waits or is being painted. Args and result as for `Job.end`."""
        with self._changed:
            if job in self._jobs:
                self._jobs.remove(job)
            return job.end(state, outcome)

    def close(self) -> list[Job]:
        """Close the queue. Return the remaining jobs: the one being painted, then the waiting ones."""
        with self._changed:
            self._most = 0
            self._changed.notify()
            return [*([self.current] if self.current else []), *self._jobs]

    def find(self, name: str) -> Job | None:
        """Return the job with this client id, or None."""
        with self._changed:
            self._forget_ended_jobs()
            return self._named.get(name)

    def position(self, job: Job) -> int:
        """Return the number of jobs before this one; 0 if it is being painted or has ended."""
        with self._changed:
            return self._jobs.index(job) + (self.current is not None) if job.state == WAITING else 0

    def _forget_ended_jobs(self) -> None:
        late = time.monotonic() - REMEMBERED
        for name in [name for name, job in self._named.items() if job.ended is not None and job.ended < late]:
            del self._named[name]
