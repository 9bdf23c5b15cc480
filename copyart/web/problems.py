"""`Problem`: an error response as problem JSON (RFC 9457), with a code for programs and a line for people."""

import json
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

#: Problem code → HTTP status.
STATUSES = {
    "bad-request": 400,
    "forbidden": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "in-use": 409,
    "cancelled": 409,
    "too-large": 413,
    "not-a-picture": 415,
    "damaged": 422,
    "too-many-requests": 429,
    "broken": 500,
    "busy": 503,
    "not-ready": 503,
    "too-slow": 503,
}
_TITLES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """The error for a request that cannot be fulfilled.

    Args:
        code: A key of `STATUSES`.
        detail: One line for people.
        retry_after: Seconds after which to try again. Defaults to None: retrying the same request will not help.
    """

    def __init__(self, code: str, detail: str, retry_after: float | None = None):
        super().__init__(detail)
        self.code, self.detail = code, " ".join(detail.split())
        self.status = STATUSES[code]
        #: Headers of the response.
        self.headers = {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}

    def response(self) -> flask.Response:
        """Return the response, `application/problem+json`."""
        body = {"title": _TITLES[self.status], "status": self.status, "detail": self.detail, "code": self.code}
        return flask.Response(json.dumps(body), self.status, self.headers, mimetype="application/problem+json")


def register_problem_handlers(app: flask.Flask) -> None:
    """Make an application report problems and its own failures as problem JSON."""
    app.register_error_handler(Problem, Problem.response)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_unexpected_error)


def _answer_http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:  # a redirect
        return error
    problem = problem_from_http(error)
    problem.headers.update({name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")})
    return problem.response()


def problem_from_http(error: HTTPException) -> Problem:
    """Return the problem for an exception of Werkzeug."""
    by_status = {status: code for code, status in reversed(STATUSES.items())}
    status = error.code or 500
    code = by_status.get(status, "bad-request" if status < 500 else "broken")
    return Problem(code, error.description or error.name)


def _answer_unexpected_error(error: Exception) -> Any:
    flask.current_app.logger.error("A request failed: %s", flask.request.path, exc_info=error)
    return Problem("broken", "The server failed. Your photo is not the cause; try again.").response()
