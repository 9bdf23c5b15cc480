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


def openapi_document(registry: dict[str, StyleEntry], prefix: str = "") -> dict[str, Any]:
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
            "/api/v1/paintings": {"post": _paint_operation(slugs)},
            "/api/v1/paintings/{id}/progress": {
                "get": _progress_operation(),
                "parameters": [_path_parameter("id", pattern=ID)],
            },
            "/api/v1/paintings/{id}": {
                "delete": _cancel_operation(),
                "parameters": [_path_parameter("id", pattern=ID)],
            },
            "/api/v1/artists": {"get": _artists_operation()},
            "/api/v1/artists/{slug}/preview.jpg": {
                "get": _preview_operation(),
                "parameters": [_path_parameter("slug", enum=slugs)],
            },
            "/api/v1/limits": {"get": _limits_operation()},
            "/api/v1/openapi.json": {"get": _operation("openapi", "This document", _json_content({"type": "object"}))},
            "/healthz": {"get": _operation("healthz", "Is the server alive?", _json_content(_status_schema("ok")))},
            "/readyz": {
                "get": _operation(
                    "readyz", "Are the styles loaded and warmed up?", _json_content(_status_schema("ready")), 503
                )
            },
            "/metrics": {"get": _operation("metrics", "Figures for Prometheus", {"content": {"text/plain": {}}})},
        },
        "components": {"schemas": {"Problem": _problem_schema()}},
    }


def _paint_operation(slugs: list[str]) -> dict[str, Any]:
    parameters = _paint_parameters(slugs)
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


def _paint_parameters(slugs: list[str]) -> dict[str, Any]:
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


def _progress_operation() -> dict[str, Any]:
    states = [WAITING, PAINTING, PAINTED, FAILED, CANCELLED]
    properties = {
        "id": _TEXT,
        "state": {"type": "string", "enum": states},
        "position": {"type": "integer", "minimum": 0, "description": "Number of paintings before this one."},
        "progress": {"type": "number", "minimum": 0, "maximum": 1, "description": "Finished share."},
    }
    return {
        **_operation("progress", "What is the progress of a painting?", _json_content(_object_schema(properties)), 404),
        "description": "Available from the arrival of the whole photo until a minute after the painting is finished.",
    }


def _cancel_operation() -> dict[str, Any]:
    cancelled = {"description": "Cancelled; its POST request is answered with 409."}
    return _operation("cancel", "Cancel a painting", cancelled, 403, 404, 409, status=204)


def _artists_operation() -> dict[str, Any]:
    address = {"type": ["string", "null"], "format": "uri-reference"}
    card = {"type": "object", "description": "Its training and its figures."}
    style = {"slug": _TEXT, "name": _TEXT, "experimental": _SWITCH, "preview": address, "card": card}
    listed = {"artists": {"type": "array", "items": _object_schema(style)}}
    return _operation("artists", "Which styles are there?", _json_content(_object_schema(listed)))


def _preview_operation() -> dict[str, Any]:
    content = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
    return _operation("preview", "A painting in this style", {"content": content}, 404)


def _limits_operation() -> dict[str, Any]:
    formats = {"type": "array", "items": {"type": "string", "enum": list(MEDIA_TYPES)}}
    limits: dict[str, Any] = {
        "max_bytes": _WHOLE,
        "max_pixels": _WHOLE,
        "painted_pixels": _WHOLE,
        "paintings_a_minute": _WHOLE,
    }
    limits |= {"formats": formats, "photo_formats": {"type": "array", "items": _TEXT}}
    return _operation("limits", "What are the limits for photos?", _json_content(_object_schema(limits)))


def _operation(name: str, summary: str, answer: dict[str, Any], *problems: int, status: int = 200) -> dict[str, Any]:
    responses = {str(problem): _refusal_response(problem) for problem in problems}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): {"description": summary, **answer}, **responses},
    }


def _refusal_response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    refusal = {"description": _MEANINGS[status], "content": {"application/problem+json": {"schema": schema}}}
    if status in (429, 503):
        wait = {"type": "integer", "minimum": 1}
        refusal["headers"] = {"Retry-After": {"schema": wait, "required": True, "description": "Seconds."}}
    return refusal


def _problem_schema() -> dict[str, Any]:
    status = {"type": "integer", "enum": sorted({*STATUSES.values()})}
    code = {"type": "string", "enum": list(STATUSES)}
    return {
        **_object_schema({"title": _TEXT, "status": status, "detail": _TEXT, "code": code}),
        "description": "RFC 9457",
    }


def _path_parameter(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}


def _json_content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _object_schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _status_schema(word: str) -> dict[str, Any]:
    return _object_schema({"status": {"type": "string", "enum": [word]}})
