"""Security headers of the responses: run only Copyart's own scripts, forbid framing, do not cache paintings."""

import flask

from copyart.web.problems import Problem

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # painting in the browser compiles WebAssembly
    "worker-src": "'self' blob:",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {sources}" for name, sources in _SOURCES.items())

_HEADERS = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
#: Browsers use these 600 bytes of headers only on pages and workers; 73 of the 74 files in the first view are neither.
_PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Browsers allow WebAssembly threads only with these two headers.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def secure_application(app: flask.Flask) -> None:
    """Make an application send the security headers, and refuse requests from pages of other sites."""
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def mark_as_part_of_page() -> None:
    """Mark this request's response as a part of a page, such as a picture. It then gets no `_PAGE_HEADERS`."""
    flask.g.is_part_of_page = True


def _refuse_other_sites() -> None:
    # Only browsers send this header, and pages cannot change it. https://www.w3.org/TR/fetch-metadata/
    if flask.request.method not in ("GET", "HEAD", "OPTIONS"):
        site = flask.request.headers.get("Sec-Fetch-Site", "none")
        if site not in ("same-origin", "none"):
            raise Problem("forbidden", f"A request must come from this server's own page. Received: {site[:20]}.")


def _add_headers(response: flask.Response) -> flask.Response:
    part = flask.g.get("is_part_of_page") and response.status_code in (200, 304)
    for name, value in (_HEADERS if part else {**_HEADERS, **_PAGE_HEADERS}).items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if flask.request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
