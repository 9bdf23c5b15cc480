"""`create_app`: the Flask application with the page, the REST API and monitoring, which share one supervisor."""

import os
from collections.abc import Callable, Sequence

import flask

from copyart.web.compression import compress_responses
from copyart.web.headers import secure_application
from copyart.web.page.pages import pages
from copyart.web.problems import register_problem_handlers
from copyart.web.server.api import api
from copyart.web.server.monitoring import Metrics, health
from copyart.web.server.rate import RateLimit
from copyart.web.server.upload import Request
from copyart.web.settings import FORM_BYTES, Settings
from copyart.web.style_registry import open_registry
from copyart.web.worker.supervisor import Supervisor
from copyart.web.worker.worker_process import WorkerProcess


class _Application(flask.Flask):
    request_class = Request


def create_app(
    settings: Settings | None = None,
    styles: Sequence[str | os.PathLike] = (),
    start_worker: Callable | None = WorkerProcess,
) -> flask.Flask:
    """Create the application, and start the worker process. `/readyz` reports when the worker is ready.

    Args:
        settings: A `copyart.web.settings.Settings`. Defaults to None for the default limits.
        styles: Workdirs, style folders, packed styles, `.keras` or `.pth` files to offer in addition to the bundled
            ones.
        start_worker: Function (sources, settings) → worker process. None for a server that does not paint.

    Returns:
        A `flask.Flask`. Its `extensions["copyart"]` is the `Supervisor`, which the caller must close.

    Raises:
        StyleError: if a style cannot be loaded.
        ConfigError: if two styles have the same name.

    Example:
        >>> app = create_app()
        >>> app.test_client().get("/healthz").json
        {'status': 'ok'}
        >>> app.extensions["copyart"].close()
    """
    settings = settings or Settings()
    app = _Application("copyart.web", static_folder=None)
    rate = RateLimit(settings.paintings_a_minute, settings.limits_storage)  # fails before a process is started
    app.config["MAX_CONTENT_LENGTH"] = settings.max_bytes + FORM_BYTES
    app.url_map.redirect_defaults = False
    register_problem_handlers(app)
    metrics = Metrics()
    app.after_request(metrics.count_request)
    secure_application(app)
    compress_responses(app)
    supervisor = Supervisor(open_registry(styles), settings, metrics, start_worker)
    metrics.watch_supervisor(supervisor)
    app.before_request(supervisor.start_after_fork)
    app.extensions.update({"copyart": supervisor, "copyart-rate": rate})
    for blueprint in (pages, api, health):
        app.register_blueprint(blueprint)
    try:
        supervisor.wait_until_loaded()
    except BaseException:
        supervisor.close()
        raise
    return app
