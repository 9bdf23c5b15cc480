"""The OpenAPI 3.1 description of the REST API. Tests are generated from it."""

from typing import Any

from copyart._version import __version__
from copyart.web.problems import STATUSES
from copyart.web.server.upload import ID, SWITCH
from copyart.web.settings import MEDIA_TYPES
from copyart.web.style_registry import StyleEntry
from copyart.web.worker.job_queue import CANCELLED, FAILED, PAINTED, PAINTING, WAITING

_TEXT, _NUMBER, _WHOLE, _SWITCH = {"type": "string"}, {"type": "number"}, {"type": "integer"}, {"type": "boolean"}
_MEANINGS = {
    400: "a field is missing or out of its range",
    403: "the request comes from a page of another site",
    404: "there is nothing with that name",
    409: "the id is in use, or the painting was cancelled or is finished",
    413: "more bytes or pixels than `/limits` allows",
    415: "the content is not a picture, or the media type is not one of those listed",
    422: "a damaged picture or an animation",
    429: "too many requests by one client",
    503: "the queue is full, painting took too long, or the styles are not loaded yet",
}


def document(registry: dict[str, StyleEntry], prefix: str = "") -> dict[str, Any]:
    """Return the document as JSON types.

    Args:
        registry: Slug → `copyart.web.style_registry.StyleEntry`.
        prefix: Path prefix that a proxy adds to each URL, such as `/copyart`. Defaults to none.
    """
    slugs = list(registry)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copyart",
            "version": __version__,
            "description": "Turns photos into paintings in an artist's style. Nothing is stored.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": prefix or "/"}],
        "paths": {
            "/api/v1/paintings": {"post": _paint(slugs)},
            "/api/v1/paintings/{id}/progress": {"get": _progress(), "parameters": [_path("id", pattern=ID)]},
            "/api/v1/paintings/{id}": {"delete": _cancel(), "parameters": [_path("id", pattern=ID)]},
            "/api/v1/artists": {"get": _artists()},
            "/api/v1/artists/{slug}/preview.jpg": {"get": _preview(), "parameters": [_path("slug", enum=slugs)]},
            "/api/v1/limits": {"get": _limits()},
            "/api/v1/openapi.json": {"get": _operation("openapi", "This document", _json({"type": "object"}))},
            "/healthz": {"get": _operation("healthz", "Is the server alive?", _json(_status("ok")))},
            "/readyz": {
                "get": _operation("readyz", "Are the styles loaded and warmed up?", _json(_status("ready")), 503)
            },
            "/metrics": {"get": _operation("metrics", "Figures for Prometheus", {"content": {"text/plain": {}}})},
        },
        "components": {"schemas": {"Problem": _problem()}},
    }


def _paint(slugs: list[str]) -> dict[str, Any]:
    parameters = _parameters(slugs)
    properties = {name: {**schema, "description": text} for name, (schema, text) in parameters.items()}
    photo = {"type": "string", "format": "binary", "description": "The photo as a file."}
    form = {"type": "object", "properties": {"photo": photo, **properties}, "required": ["photo", "artist"]}
    sizes = {
        "X-Painting-Seconds": {"schema": _NUMBER, "description": "From decoding to encoding."},
        "X-Painting-Size": {"schema": {"type": "string", "pattern": "^[0-9]+x[0-9]+$"}, "description": "In pixels."},
    }
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}
    painted = {"description": "The painting, upright, in the photo's size.", "headers": sizes, "content": content}
    return {
        **_operation("paint", "Paint a photo", painted, 400, 403, 404, 409, 413, 415, 422, 429, 503),
        "description": "Send the fields in a form, or send the photo as the body and the fields in the query. The "
        "response comes when the painting is finished. Closing the connection cancels it.",
        "parameters": [
            {"name": name, "in": "query", "schema": schema, "description": text}
            for name, (schema, text) in parameters.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "image/*": {"schema": {"type": "string", "format": "binary"}},
            },
        },
    }


def _parameters(slugs: list[str]) -> dict[str, Any]:
    """Return name → (schema, description) of each field besides the photo."""
    return {
        "artist": ({"type": "string", "enum": slugs}, "Required, in the query or the form. Any spelling of the name."),
        "strength": ({"type": "number", "minimum": 0, "maximum": 1, "default": 1}, "0 is the photo, 1 the painting."),
        "preserve_color": ({"type": "string", "enum": list(SWITCH)}, "Whether the photo keeps its colours."),
        "format": (
            {"type": "string", "enum": list(MEDIA_TYPES)},
            "Defaults to JPEG, or PNG if the photo has transparency.",
        ),
        "id": ({"type": "string", "pattern": ID}, "A new id chosen by the client, to ask for progress and to cancel."),
    }


def _progress() -> dict[str, Any]:
    states = [WAITING, PAINTING, PAINTED, FAILED, CANCELLED]
    properties = {
        "id": _TEXT,
        "state": {"type": "string", "enum": states},
        "position": {"type": "integer", "minimum": 0, "description": "Number of paintings before this one."},
        "progress": {"type": "number", "minimum": 0, "maximum": 1, "description": "Finished share."},
    }
    return {
        **_operation("progress", "What is the progress of a painting?", _json(_object(properties)), 404),
        "description": "Available from the arrival of the whole photo until a minute after the painting is finished.",
    }


def _cancel() -> dict[str, Any]:
    cancelled = {"description": "Cancelled; its POST request is answered with 409."}
    return _operation("cancel", "Cancel a painting", cancelled, 403, 404, 409, status=204)


def _artists() -> dict[str, Any]:
    address = {"type": ["string", "null"], "format": "uri-reference"}
    card = {"type": "object", "description": "Its training and its figures."}
    style = {"slug": _TEXT, "name": _TEXT, "experimental": _SWITCH, "preview": address, "card": card}
    listed = {"artists": {"type": "array", "items": _object(style)}}
    return _operation("artists", "Which styles are there?", _json(_object(listed)))


def _preview() -> dict[str, Any]:
    content = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
    return _operation("preview", "A painting in this style", {"content": content}, 404)


def _limits() -> dict[str, Any]:
    formats = {"type": "array", "items": {"type": "string", "enum": list(MEDIA_TYPES)}}
    limits: dict[str, Any] = {
        "max_bytes": _WHOLE,
        "max_pixels": _WHOLE,
        "painted_pixels": _WHOLE,
        "paintings_a_minute": _WHOLE,
    }
    limits |= {"formats": formats, "photo_formats": {"type": "array", "items": _TEXT}}
    return _operation("limits", "What are the limits for photos?", _json(_object(limits)))


def _operation(name: str, summary: str, answer: dict[str, Any], *problems: int, status: int = 200) -> dict[str, Any]:
    responses = {str(problem): _refusal(problem) for problem in problems}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): {"description": summary, **answer}, **responses},
    }


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    refusal = {"description": _MEANINGS[status], "content": {"application/problem+json": {"schema": schema}}}
    if status in (429, 503):
        wait = {"type": "integer", "minimum": 1}
        refusal["headers"] = {"Retry-After": {"schema": wait, "required": True, "description": "Seconds."}}
    return refusal


def _problem() -> dict[str, Any]:
    status = {"type": "integer", "enum": sorted({*STATUSES.values()})}
    code = {"type": "string", "enum": list(STATUSES)}
    return {**_object({"title": _TEXT, "status": status, "detail": _TEXT, "code": code}), "description": "RFC 9457"}


def _path(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _status(word: str) -> dict[str, Any]:
    return _object({"status": {"type": "string", "enum": [word]}})
