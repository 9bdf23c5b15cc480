"""The studio: a queue with a limit, one process that paints, and another one when that dies."""

import collections
import logging
import threading
import time

from copyart.errors import StyleError
from copyart.web.jobs import CANCELLED, FAILED, PAINTED, WAITING, Job
from copyart.web.painter_process import PainterProcess
from copyart.web.problems import Problem

#: Seconds between two looks at whether a client is still there, or a process still answers.
LOOK = 0.2
#: Seconds for a process to stop when it is asked to, before it is ended: a photo painted whole knows no progress.
GRACE = 3.0
#: Seconds for which a painting that is over can still be asked about.
REMEMBERED = 60.0
#: Photos may not outlive this many processes.
_DEATHS = 2

_log = logging.getLogger(__name__)


class Studio:
    """Paints for many, one after the other.

    Args:
        gallery: Slug → `copyart.web.gallery.Style`.
        settings: A `copyart.web.settings.Settings`.
        metrics: A `copyart.web.metrics.Metrics`.
        painter: From sources and settings to a process that paints, or None: nothing is painted. Defaults to
            `PainterProcess`.
    """

    def __init__(self, gallery, settings, metrics, painter=PainterProcess):
        self.gallery, self.settings, self.metrics = gallery, settings, metrics
        #: Whether the styles are loaded and warmed up.
        self.ready = False
        self._painter, self._process = painter, None
        self._changed = threading.Condition()
        self._waiting, self._current, self._named = collections.deque(), None, collections.OrderedDict()
        self._loaded, self._failure, self._closing = threading.Event(), None, painter is None
        self._seconds = 2.0  # that a painting takes, lately
        self._thread = threading.Thread(target=self._run, name="copyart-studio", daemon=True)
        if painter is not None:
            self._thread.start()

    def wait_until_loaded(self):
        """Wait until the styles are loaded, not until they are warm.

        Raises:
            StyleError: One of them cannot be loaded.
        """
        if self._painter is not None:
            self._loaded.wait()
        if self._failure:
            raise StyleError(self._failure)

    def require_room(self):
        """Check that one more may ask, before work is put into what it asks for.

        Raises:
            Problem: "busy" or "not-ready".
        """
        if self._closing or self._failure:
            raise Problem("not-ready", "This server does not paint at the moment. Try again later.", 10)
        if len(self._waiting) >= self.settings.queue:
            raise Problem("busy", "Too many wait for their paintings. Try again soon.", self._seconds)

    def ask(self, order, name=None):
        """Put a painting into the queue.

        Args:
            order: A `copyart.web.process.Order`.
            name: What the client calls it, to ask about it and to cancel it. Defaults to None.

        Returns:
            The `Job`, for `wait`.

        Raises:
            Problem: "busy", "in-use" or "not-ready".
        """
        with self._changed:
            self._forget()
            self.require_room()
            if name in self._named:
                raise Problem("in-use", f"An id must be new. Received: {name}, which is in use. Make another one.")
            job = Job(order, name)
            self._waiting.append(job)
            if name is not None:
                self._named[name] = job
            self._changed.notify()
        return job

    def wait(self, job, is_gone):
        """Return the painting of a job.

        Args:
            job: What `ask` returned.
            is_gone: Called now and then; tells whether the client has hung up, which frees its place.

        Raises:
            Problem: It was not painted.
        """
        while not job.over.wait(LOOK):
            if is_gone():
                self.cancel(job)
            elif job.state == WAITING and time.monotonic() - job.asked > self.settings.wait_seconds:
                problem = Problem("too-slow", "It was not your photo's turn in time. Try again.", self._seconds)
                self._end(job, FAILED, problem)
        return job.take()

    def cancel(self, job):
        """Cancel a painting.

        Returns:
            Whether it is cancelled, now or before; it may be over.
        """
        self._end(job, CANCELLED, Problem("cancelled", "This painting was cancelled."))
        return job.state == CANCELLED

    def find(self, name):
        """Return the job that a client calls by this name, or None."""
        with self._changed:
            self._forget()
            return self._named.get(name)

    def position(self, job):
        """Return how many are painted before it: 0 where it is being painted, or over."""
        with self._changed:
            if job not in self._waiting:
                return 0
            return self._waiting.index(job) + (self._current is not None)

    @property
    def length(self):
        """How many wait."""
        return len(self._waiting)

    @property
    def painter_pid(self):
        """The number of the process that paints, or None."""
        return self._process and self._process.pid

    def close(self):
        """End the process, and every painting under way."""
        with self._changed:
            self._closing, self.ready = True, False
            jobs = [*self._waiting, *([self._current] if self._current else [])]
            self._changed.notify()
        for job in jobs:
            self._end(job, FAILED, Problem("not-ready", "The server is being shut down. Try again later.", 10))
        if self._thread.is_alive():
            self._thread.join(2 * GRACE)

    def _forget(self):
        late = time.monotonic() - REMEMBERED
        for name in [name for name, job in self._named.items() if job.ended is not None and job.ended < late]:
            del self._named[name]

    def _end(self, job, state, outcome):
        with self._changed:
            if not job.end(state, outcome):
                return
            if job in self._waiting:
                self._waiting.remove(job)
        self.metrics.count_painting(outcome.code if isinstance(outcome, Problem) else state)

    def _run(self):
        while not self._closing and not self._failure:
            sources = {slug: style.source for slug, style in self.gallery.items()}
            try:
                self._process = self._painter(sources, self.settings)
                self._serve(self._process)
            except (EOFError, OSError):
                self._lose()
            finally:
                process, self._process = self._process, None
                if process is not None:
                    process.end()

    def _serve(self, process):
        self._await_ready(process)
        while not self._closing:
            with self._changed:
                job = self._take_next()
            if job is None:
                process.hear(0)  # raises if it has died meanwhile
            else:
                self._paint(process, *job)

    def _await_ready(self, process):
        while not self._closing and not self.ready and not self._failure:
            kind, content = process.hear(LOOK) or (None, None)
            if kind == "refused":
                self._fail(content)
            elif kind == "loaded":
                self._loaded.set()
            elif kind == "ready":
                self.ready = True

    def _fail(self, line):
        self._failure = line
        self._loaded.set()

    def _take_next(self):
        """Return the next job and its order, or None where there is none for a while."""
        if not self._waiting and not self._closing:
            self._changed.wait(5 * LOOK)
        if not self._waiting or self._closing or self._failure:
            return None
        job = self._current = self._waiting.popleft()
        job.start()
        return job, job.order

    def _paint(self, process, job, order):
        process.ask(order)
        asked_to_stop = None
        while not self._closing:
            kind, content = process.hear(LOOK / 4) or (None, None)
            if kind == "progress":
                job.progress = content
            elif kind is not None:
                self._conclude(job, order.slug, kind, content)
                self._current = None
                return
            if asked_to_stop is None and self._is_unwanted(job):
                process.stop()
                asked_to_stop = time.monotonic()
            elif asked_to_stop is not None and time.monotonic() - asked_to_stop > GRACE:
                raise EOFError

    def _is_unwanted(self, job):
        if not job.over.is_set() and time.monotonic() - job.started > self.settings.paint_seconds:
            line = f"A photo must be painted within {self.settings.paint_seconds:g} seconds. Send a smaller one."
            self._end(job, FAILED, Problem("too-slow", line, self._seconds))
        return job.over.is_set()

    def _conclude(self, job, slug, kind, content):
        if kind == "painted":
            self._seconds += 0.3 * (content.seconds - self._seconds)
            self.metrics.time_painting(slug, content.seconds)
            self._end(job, PAINTED, content)
        elif kind == "refused":
            self._end(job, FAILED, Problem("damaged", content))
        else:
            if kind == "broken":
                _log.error("A painting failed.\n%s", content)
            # One that was stopped is over already.
            self._end(job, FAILED, Problem("broken", "The photo could not be painted. Try another style or photo."))

    def _lose(self):
        """Go on after a process has died: what it was painting is painted anew, once, before all others."""
        self.ready = False
        time.sleep(LOOK)  # where the system is short of something, that is no better at once
        if not self._loaded.is_set():
            self._fail("the painting process must live. Received: one that ended as it started. See its log lines.")
            return
        self.metrics.count_restart()
        with self._changed:
            job, self._current = self._current, None
            if job is None or job.over.is_set():
                return
            _log.error("The painting process died.")
            job.deaths += 1
            if job.deaths < _DEATHS:
                job.state = WAITING
                self._waiting.appendleft(job)
                return
        self._end(job, FAILED, Problem("broken", "The photo could not be painted: the painter died over it, twice."))
