"""The job queue: paintings that wait for the worker, in order, and the ids that clients ask about them by."""

import collections
import threading
import time
from typing import cast

from copyart.web.problems import Problem
from copyart.web.worker.worker import Order, Painted

WAITING, PAINTING, PAINTED, FAILED, CANCELLED = "waiting", "painting", "painted", "failed", "cancelled"
#: Seconds for which a painting that is over can still be asked about.
REMEMBERED = 60.0


class Job:
    """One painting that was asked for. Where it stands changes under the lock of its `JobQueue`.

    Args:
        order: A `copyart.web.worker.worker.Order`.
        name: What the client calls it, or None.
    """

    def __init__(self, order: "Order", name: str | None = None):
        self.order: Order | None = order
        self.name = name
        self.state, self.progress = WAITING, 0.0
        self.asked = time.monotonic()
        self.started: float | None = None
        self.ended: float | None = None
        #: How often a process has died over it.
        self.deaths = 0
        self.over = threading.Event()
        self._outcome: Painted | Problem | None = None

    def start(self) -> None:
        """Note that it is being painted."""
        self.state, self.started, self.progress = PAINTING, time.monotonic(), 0.0

    def wait_again(self) -> None:
        """Note that it waits once more, through no fault of its client: the time to wait starts anew."""
        self.state, self.asked, self.started, self.progress = WAITING, time.monotonic(), None, 0.0

    def end(self, state: str, outcome: Painted | Problem) -> bool:
        """End it, unless it has ended; a photo is forgotten then.

        Args:
            state: PAINTED, FAILED or CANCELLED.
            outcome: A `Painted`, or a `Problem`.

        Returns:
            Whether it ended now.
        """
        if self.over.is_set():
            return False
        self.state, self._outcome, self.ended, self.order = state, outcome, time.monotonic(), None
        self.progress = 1.0 if state == PAINTED else self.progress
        self.over.set()
        return True

    def take(self) -> Painted:
        """Return the painting, which is forgotten then, or raise the problem."""
        outcome, self._outcome = self._outcome, None
        if isinstance(outcome, Problem):
            raise outcome
        return cast(Painted, outcome)


class JobQueue:
    """Jobs in the order they came; the one that left it last is being painted.

    Args:
        most: Jobs that may wait.
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
        """Whether no other job may wait."""
        return len(self._jobs) >= self._most

    def add(self, job: Job) -> bool:
        """Put a job at the end.

        Returns:
            Whether there was room for it.

        Raises:
            Problem: "in-use": another job has its name.
        """
        with self._changed:
            self._forget()
            if self.is_full:
                return False
            if job.name in self._named:
                raise Problem("in-use", f"An id must be new. Received: {job.name}, which is in use. Make another one.")
            self._jobs.append(job)
            if job.name is not None:
                self._named[job.name] = job
            self._changed.notify()
        return True

    def next(self, seconds: float) -> "tuple[Job, Order] | None":
        """Return the first job, which is being painted from now on, and its order; None if none comes in time."""
        with self._changed:
            if not self._jobs:
                self._changed.wait(seconds)
            if not self._jobs:
                return None
            self.current = job = self._jobs.popleft()
            job.start()
            return job, cast(Order, job.order)

    def put_back(self) -> None:
        """Let what was being painted wait again, before all others, unless it is over."""
        with self._changed:
            job, self.current = self.current, None
            if job is not None and not job.over.is_set():
                job.wait_again()
                self._jobs.appendleft(job)

    def end(self, job: Job, state: str, outcome: Painted | Problem) -> bool:
        """End a job, whether it waits or is being painted; takes and returns what `Job.end` does."""
        with self._changed:
            if job in self._jobs:
                self._jobs.remove(job)
            return job.end(state, outcome)

    def close(self) -> list[Job]:
        """Take no more jobs; returns those that were taken: the one that is being painted, then those that wait."""
        with self._changed:
            self._most = 0
            self._changed.notify()
            return [*([self.current] if self.current else []), *self._jobs]

    def find(self, name: str) -> Job | None:
        """Return the job that a client calls by this name, or None."""
        with self._changed:
            self._forget()
            return self._named.get(name)

    def position(self, job: Job) -> int:
        """Return how many jobs are painted before this one; 0 if it is being painted or over."""
        with self._changed:
            return self._jobs.index(job) + (self.current is not None) if job.state == WAITING else 0

    def _forget(self) -> None:
        late = time.monotonic() - REMEMBERED
        for name in [name for name, job in self._named.items() if job.ended is not None and job.ended < late]:
            del self._named[name]
