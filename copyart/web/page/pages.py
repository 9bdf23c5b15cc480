"""Serve the page, its models, runtimes and previews, and the form for browsers without JavaScript."""

import base64
import mimetypes
from typing import Any

import flask

from copyart.web.headers import mark_as_part_of_page
from copyart.web.page.rendering import (
    browser_files,
    data_for_scripts,
    format_decimal,
    problem_text,
    render_page,
    sample_photo,
    style_phrase,
    thumbnail,
    web_manifest,
)
from copyart.web.page.runtime import installed_runtimes, runtime_file, vendor_version
from copyart.web.page.static_files import SERVICE_WORKER, WORKERS, static_file
from copyart.web.page.translations import LANGUAGES
from copyart.web.problems import Problem
from copyart.web.server.paint_request import paint_upload
from copyart.web.worker.supervisor import Supervisor

for _type, _suffix in (("text/javascript", ".js"), ("application/wasm", ".wasm")):
    mimetypes.add_type(_type, _suffix)  # browsers require these types, but some systems have others for these suffixes

pages = flask.Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")
#: Cache time of files whose name changes with their content: a year, in seconds.
_FOR_EVER = 365 * 24 * 3600
_DAY = 24 * 3600


@pages.get("/")
def front() -> flask.Response:
    """Serve the page in the browser's preferred language."""
    return _render_page(_preferred_language(), changes=True)


@pages.get("/<any(en, fr):language>")
def translated(language: str) -> flask.Response:
    """Serve the page in a chosen language."""
    return _render_page(language)


@pages.post("/paint")
def paint() -> Any:
    """Paint a photo from the form for browsers without JavaScript. The painting is embedded in the page, because the
    server stores nothing."""
    language = flask.request.args.get("language")
    language = language if language in LANGUAGES else _preferred_language()
    try:
        painting = paint_upload(flask.request)
    except Problem as problem:
        said = problem_text(language, problem.code, problem.headers.get("Retry-After"))
        return _render_page(language, problem={"text": said, "detail": problem.detail}), problem.status, problem.headers
    painted = {
        "address": f"data:{painting.mimetype};base64,{base64.b64encode(painting.data).decode()}",
        "file": f"{painting.style.slug}{painting.suffix}",
        "manner": style_phrase(language, painting.style),
        "size": painting.size,
        "seconds": format_decimal(language, painting.seconds),
    }
    return _render_page(language, painted=painted)


@pages.get("/paint")
def form_after_reload() -> Any:
    """Redirect a reload of a painting's page to the form, because the painting is not stored."""
    language = flask.request.args.get("language")
    return flask.redirect(language if language in LANGUAGES else _preferred_language())


@pages.get("/models/<name>")
def model(name: str) -> flask.Response:
    """Serve the weights of a style, or the graphs of a generator."""
    pairs = (browser_files(style.slug, style.opens) for style in _supervisor().registry.values())
    found = next((file for pair in pairs for file in pair or () if file.name == name), None)
    if found is None:
        flask.abort(404)
    return _cache_for(flask.Response(found.content, mimetype="application/octet-stream"), _FOR_EVER)


@pages.get("/static/vendor/<name>")
def runtime(name: str) -> flask.Response:
    """Serve a file of onnxruntime-web, compressed if the browser accepts that."""
    found = runtime_file(name, list(flask.request.accept_encodings.values()))
    if found is None:
        flask.abort(404)
    path, encoding = found
    answer = flask.send_file(path, mimetype=mimetypes.guess_type(name)[0])
    answer.headers["Vary"] = "Accept-Encoding"
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    return answer


@pages.get("/static/vendor/<version>/<name>")
def versioned_runtime(version: str, name: str) -> flask.Response:
    """Serve a file of onnxruntime-web at an address with its version, so that browsers may cache it forever."""
    if version != vendor_version():
        flask.abort(404)
    return _cache_forever(runtime(name))


@pages.get("/static/<version>/<name>")
def versioned_static(version: str, name: str) -> flask.Response:
    """Serve a script, style sheet or icon at an address with its version, so that browsers may cache it forever."""
    path = static_file(f"{version}/{name}")
    if path is None:
        flask.abort(404)
    if name not in WORKERS and path.suffix != ".svg":
        mark_as_part_of_page()
    return _cache_forever(flask.send_file(path, mimetype=mimetypes.guess_type(name)[0]))


@pages.get("/service_worker.js")
def service_worker() -> flask.Response:
    """Serve the script that lets the page work offline. Browsers check each time whether it has changed."""
    answer = flask.send_file(SERVICE_WORKER, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/samples/<name>")
def sample(name: str) -> flask.Response:
    """Serve a sample photo."""
    photo = sample_photo(name)
    if photo is None:
        flask.abort(404)
    mark_as_part_of_page()
    return _cache_for(flask.Response(photo, mimetype="image/jpeg"), _DAY)


@pages.get("/previews/<slug>.jpg")
def preview(slug: str) -> flask.Response:
    """Serve the preview of a style."""
    style = _supervisor().registry.get(slug)
    if style is None or style.preview is None:
        flask.abort(404)
    mark_as_part_of_page()
    return _cache_for(flask.Response(thumbnail(style.preview), mimetype="image/jpeg"), _DAY)


@pages.get("/app.webmanifest")
def manifest() -> flask.Response:
    """Serve the web app manifest, with which phones install the page on the home screen."""
    return flask.Response(flask.json.dumps(web_manifest(_preferred_language())), mimetype="application/manifest+json")


def _render_page(language: str, changes: bool = False, **state: Any) -> flask.Response:
    supervisor = _supervisor()
    limits = {"max_bytes": supervisor.settings.max_bytes, "max_pixels": supervisor.settings.max_pixels}
    known = data_for_scripts(supervisor.registry, installed_runtimes(), limits)
    answer = flask.Response(
        render_page(language, known, supervisor.registry, root=flask.request.url_root, **state), mimetype="text/html"
    )
    answer.headers["Cache-Control"] = "no-cache" if not state else "no-store"
    answer.headers["Content-Language"] = language
    if changes:
        answer.headers["Vary"] = "Accept-Language"
    return answer


def _supervisor() -> Supervisor:
    return flask.current_app.extensions["copyart"]


def _preferred_language() -> str:
    return flask.request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def _cache_forever(answer: flask.Response) -> flask.Response:
    answer.headers["Cache-Control"] = f"public, max-age={_FOR_EVER}, immutable"
    return answer


def _cache_for(answer: flask.Response, seconds: int) -> Any:
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.add_etag()
    return answer.make_conditional(flask.request)
