"""The paintings that were asked for: a queue with an end, and the names that clients ask about them by."""

import collections
import threading
import time

from copyart.web.jobs import WAITING
from copyart.web.problems import Problem

#: Seconds for which a painting that is over can still be asked about.
REMEMBERED = 60.0


class JobQueue:
    """Jobs in the order they came; the one that left it last is being painted.

    Args:
        most: Jobs that may wait.
    """

    def __init__(self, most):
        #: The job that is being painted, or None.
        self.current = None
        self._most, self._jobs, self._named = most, collections.deque(), {}
        self._changed = threading.Condition()

    def __len__(self):
        return len(self._jobs)

    @property
    def is_full(self):
        """Whether no other job may wait."""
        return len(self._jobs) >= self._most

    def add(self, job):
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

    def next(self, seconds):
        """Return the first job, which is being painted from now on, and its order; None where none comes in time."""
        with self._changed:
            if not self._jobs:
                self._changed.wait(seconds)
            if not self._jobs:
                return None
            self.current = self._jobs.popleft()
            self.current.start()
            return self.current, self.current.order

    def put_back(self):
        """Let what was being painted wait again, before all others, unless it is over."""
        with self._changed:
            job, self.current = self.current, None
            if not job.over.is_set():
                job.wait_again()
                self._jobs.appendleft(job)

    def end(self, job, state, outcome):
        """End a job, wherever it is; arguments and result are those of `Job.end`."""
        with self._changed:
            if job in self._jobs:
                self._jobs.remove(job)
            return job.end(state, outcome)

    def close(self):
        """Take no more jobs; returns those that were taken: the one that is being painted, then those that wait."""
        with self._changed:
            self._most = 0
            self._changed.notify()
            return [*([self.current] if self.current else []), *self._jobs]

    def find(self, name):
        """Return the job that a client calls by this name, or None."""
        with self._changed:
            self._forget()
            return self._named.get(name)

    def position(self, job):
        """Return how many are painted before it: 0 where it is being painted, or over."""
        with self._changed:
            return self._jobs.index(job) + (self.current is not None) if job.state == WAITING else 0

    def _forget(self):
        late = time.monotonic() - REMEMBERED
        for name in [name for name, job in self._named.items() if job.ended is not None and job.ended < late]:
            del self._named[name]
