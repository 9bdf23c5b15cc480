"""The application: page, REST API and health, over one studio."""

import flask

from copyart.web.api import api
from copyart.web.gallery import open_gallery
from copyart.web.headers import guard
from copyart.web.health import health
from copyart.web.metrics import Metrics
from copyart.web.pages import pages
from copyart.web.painter_process import PainterProcess
from copyart.web.problems import answer_problems
from copyart.web.rate import RateLimit
from copyart.web.settings import FORM_BYTES, Settings
from copyart.web.studio import Studio
from copyart.web.upload import Request


class _Application(flask.Flask):
    request_class = Request


def create_app(settings=None, styles=(), painter=PainterProcess):
    """Make the application, and start the process that paints; ready when `/readyz` says so.

    Args:
        settings: `copyart.web.settings.Settings`. Defaults to None: the usual limits.
        styles: Workdirs, style folders, packed styles, `.keras` or `.pth` files to paint with besides the bundled ones.
        painter: From sources and settings to a process that paints, or None: nothing is painted.

    Returns:
        A `flask.Flask`. Its `extensions["copyart"]` is the `Studio`, which wants to be closed.

    Raises:
        StyleError: A style cannot be loaded.
        ConfigError: Two styles have the same name.

    Example:
        >>> app = create_app()
        >>> app.test_client().get("/healthz").json
        {'status': 'ok'}
        >>> app.extensions["copyart"].close()
    """
    settings = settings or Settings()
    app = _Application("copyart.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_bytes + FORM_BYTES
    app.url_map.redirect_defaults = False
    answer_problems(app)
    metrics = Metrics()
    app.after_request(metrics.count_request)
    guard(app)
    studio = Studio(open_gallery(styles), settings, metrics, painter)
    metrics.watch(studio)
    app.extensions.update({"copyart": studio, "copyart-rate": RateLimit(settings.paintings_a_minute)})
    for blueprint in (pages, api, health):
        app.register_blueprint(blueprint)
    try:
        studio.wait_until_loaded()
    except BaseException:
        studio.close()
        raise
    return app
