"""Monitoring: liveness, readiness and Prometheus metrics."""

from typing import TYPE_CHECKING

import flask
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from copyart.web.problems import Problem

if TYPE_CHECKING:
    from copyart.web.worker.supervisor import Supervisor

health = flask.Blueprint("health", __name__)
#: Histogram bounds in seconds: on two cores, bundled styles take 1 s a megapixel, the paper's generator 20 s.
_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120)


class Metrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "copyart_requests", "Requests answered.", ("method", "endpoint", "status"), registry=self.registry
        )
        self._paintings = Counter("copyart_paintings", "Paintings asked for.", ("outcome",), registry=self.registry)
        self._seconds = Histogram(
            "copyart_painting_seconds",
            "From decoding to encoding.",
            ("style",),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self._restarts = Counter("copyart_worker_restarts", "Worker processes that died.", registry=self.registry)
        self._waiting = Gauge("copyart_waiting", "Paintings waiting in the queue.", registry=self.registry)
        self._ready = Gauge("copyart_ready", "Whether the styles are loaded and warmed up.", registry=self.registry)

    def count_painting(self, outcome: str) -> None:
        """Count a finished job. The outcome is "painted" or the code of a problem."""
        self._paintings.labels(outcome).inc()

    def time_painting(self, style: str, seconds: float) -> None:
        """Record the duration of a painting."""
        self._seconds.labels(style).observe(seconds)

    def count_restart(self) -> None:
        """Count a worker process that died."""
        self._restarts.inc()

    def watch_supervisor(self, supervisor: "Supervisor") -> None:
        """Report the number of waiting jobs of a supervisor, and whether it is ready."""
        self._waiting.set_function(lambda: len(supervisor.queue))  # evaluated when the metrics are requested
        self._ready.set_function(lambda: supervisor.ready)

    def count_request(self, response: flask.Response) -> flask.Response:
        """Count a response, and return it, as `Flask.after_request` expects."""
        # The route's name and not the URL, because visitors' URLs would create endless labels.
        known = flask.request.method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
        method = flask.request.method if known else "other"
        self._requests.labels(method, flask.request.endpoint or "none", response.status_code).inc()
        return response

    def prometheus_response(self) -> flask.Response:
        """Return the metrics in Prometheus' text format."""
        return flask.Response(generate_latest(self.registry), content_type=CONTENT_TYPE_LATEST)


@health.get("/healthz")
def alive() -> dict[str, str]:
    """Report that the server is alive."""
    return {"status": "ok"}


@health.get("/readyz")
def ready() -> dict[str, str]:
    """Report whether the styles are loaded and warmed up."""
    if not flask.current_app.extensions["copyart"].ready:
        raise Problem("not-ready", "The styles are being loaded.", 1)
    return {"status": "ready"}


@health.get("/metrics")
def metrics() -> flask.Response:
    """Return the Prometheus metrics."""
    return flask.current_app.extensions["copyart"].metrics.prometheus_response()
