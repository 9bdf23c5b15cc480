"""Compress responses for browsers that accept gzip.

Text files are most of the first view, and shrink to a third. Models (`application/octet-stream`) shrink by a twelfth.
"""

import functools
import gzip

import flask

_TYPES = (
    "text/html",
    "text/javascript",
    "text/css",
    "image/svg+xml",
    "application/manifest+json",
    "application/octet-stream",
)


def compress_responses(app: flask.Flask) -> None:
    """Make an application compress its pages, scripts, style sheets and models, but not the REST API's responses."""
    app.after_request(_compress_response)


def _compress_response(response: flask.Response) -> flask.Response:
    if flask.request.method != "GET" or response.status_code != 200 or response.mimetype not in _TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" not in flask.request.accept_encodings or response.content_encoding:
        return response
    response.direct_passthrough = False  # reads the file into memory, which is fine: the files are small
    response.set_data(_gzip(response.get_data()))
    response.content_encoding = "gzip"
    if etag := response.get_etag()[0]:
        response.set_etag(etag, weak=True)  # the same content in other bytes
    return response


@functools.lru_cache(maxsize=128)
def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
