"""The REST API, version 1. Keep `copyart/web/server/openapi.py`, its description, in step."""

from typing import Any

import flask
from werkzeug.wrappers import Response

from copyart.web.problems import Problem
from copyart.web.server.openapi import openapi_document
from copyart.web.server.paint_request import paint_upload
from copyart.web.settings import MEDIA_TYPES, PHOTO_FORMATS
from copyart.web.style_registry import StyleEntry
from copyart.web.worker.job_queue import Job
from copyart.web.worker.supervisor import Supervisor

api = flask.Blueprint("api", __name__, url_prefix="/api/v1")


def _supervisor() -> Supervisor:
    return flask.current_app.extensions["copyart"]


@api.post("/paintings")
def paint() -> flask.Response:
    """Paint a photo and return the painting."""
    painting = paint_upload(flask.request)
    width, height = painting.size
    headers = {
        "Content-Disposition": f'inline; filename="{painting.style.slug}{painting.suffix}"',
        "X-Painting-Seconds": f"{painting.seconds:.3f}",
        "X-Painting-Size": f"{width}x{height}",
    }
    return flask.Response(painting.data, headers=headers, mimetype=painting.mimetype)


@api.get("/paintings/<name>/progress")
def progress(name: str) -> dict[str, Any]:
    """Return the progress of a painting."""
    supervisor, job = _supervisor(), _find_job(name)
    return {
        "id": name,
        "state": job.state,
        "position": supervisor.queue.position(job),
        "progress": round(job.progress, 4),
    }


@api.delete("/paintings/<name>")
def cancel(name: str) -> tuple[str, int]:
    """Cancel a painting."""
    job = _find_job(name)
    if not _supervisor().cancel(job):
        raise Problem(
            "in-use",
            f"A painting must be waiting or running. Received: one that is {job.state}. There is nothing to cancel.",
        )
    return "", 204


def _find_job(name: str) -> Job:
    job = _supervisor().queue.find(name)
    if job is None:
        raise Problem("not-found", "There is no painting with that id, or not any more.")
    return job


@api.get("/artists")
def artists() -> dict[str, Any]:
    """List the styles."""
    return {"artists": [_style_facts(style) for style in _supervisor().registry.values()]}


def _style_facts(style: StyleEntry) -> dict[str, Any]:
    preview = style.preview and f"artists/{style.slug}/preview.jpg"  # relative, so that it works under any prefix
    shown = {"slug": style.slug, "name": style.name, "experimental": style.experimental}
    return {**shown, "preview": preview, "card": style.metadata}


@api.get("/artists/<slug>/preview.jpg")
def preview(slug: str) -> Response:
    """Return the preview of a style."""
    style = _supervisor().registry.get(slug)
    if style is None or style.preview is None:
        raise Problem("not-found", "That style has no preview.")
    response = flask.Response(style.preview, mimetype="image/jpeg")
    response.add_etag()
    response.cache_control.public, response.cache_control.max_age = True, 86400
    return response.make_conditional(flask.request)


@api.get("/limits")
def limits() -> dict[str, Any]:
    """Return the limits for photos, so that a page can shrink a photo before sending it."""
    settings = _supervisor().settings
    names = ("max_bytes", "max_pixels", "painted_pixels", "paintings_a_minute")
    return {
        **{name: getattr(settings, name) for name in names},
        "formats": list(MEDIA_TYPES),
        "photo_formats": list(PHOTO_FORMATS),
    }


@api.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """Return the description of this API."""
    return openapi_document(_supervisor().registry, flask.request.script_root)
