"""One painting that was asked for, from its place in the queue to its end."""

import threading
import time

from copyart.web.problems import Problem

WAITING, PAINTING, PAINTED, FAILED, CANCELLED = "waiting", "painting", "painted", "failed", "cancelled"


class Job:
    """One painting that was asked for. Where it stands changes under the lock of its `JobQueue`.

    Args:
        order: A `copyart.web.process.Order`.
        name: What the client calls it, or None.
    """

    def __init__(self, order, name=None):
        self.order, self.name = order, name
        self.state, self.progress = WAITING, 0.0
        self.asked, self.started, self.ended = time.monotonic(), None, None
        #: How often a process has died over it.
        self.deaths = 0
        self.over = threading.Event()
        self._outcome = None

    def start(self):
        """Note that it is being painted."""
        self.state, self.started, self.progress = PAINTING, time.monotonic(), 0.0

    def wait_again(self):
        """Note that it waits once more, through no fault of its client: the time to wait starts anew."""
        self.state, self.asked, self.started, self.progress = WAITING, time.monotonic(), None, 0.0

    def end(self, state, outcome):
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

    def take(self):
        """Return the painting, which is forgotten then, or raise the problem."""
        outcome, self._outcome = self._outcome, None
        if isinstance(outcome, Problem):
            raise outcome
        return outcome
