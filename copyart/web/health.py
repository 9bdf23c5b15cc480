"""What those who run a server ask: is it alive, can it paint, how much does it do."""

import flask

from copyart.web.problems import Problem

health = flask.Blueprint("health", __name__)


@health.get("/healthz")
def alive():
    """Answer, if the server can at all."""
    return {"status": "ok"}


@health.get("/readyz")
def ready():
    """Tell whether the styles are loaded and warmed up."""
    if not flask.current_app.extensions["copyart"].ready:
        raise Problem("not-ready", "The styles are being loaded.", 1)
    return {"status": "ready"}


@health.get("/metrics")
def metrics():
    """Answer with figures for Prometheus."""
    return flask.current_app.extensions["copyart"].metrics.answer()
