"""Read and check a request for a painting, without writing to disk or decoding pixels."""

import io
import re
from dataclasses import dataclass

import flask
from werkzeug.exceptions import HTTPException

from copyart.data.images import read_header
from copyart.errors import ImageError
from copyart.web.problems import Problem, problem_from_http
from copyart.web.settings import MEDIA_TYPES, PHOTO_FORMATS, Settings
from copyart.web.style_registry import StyleEntry, find_style
from copyart.web.worker.worker import PaintRequest

#: Pattern of ids that others cannot guess, such as `crypto.randomUUID()`.
ID = r"^[A-Za-z0-9_-]{16,64}$"
#: Fields besides the photo.
FIELDS = ("artist", "strength", "preserve_color", "format", "id")
#: Further allowed fields: the photo, and the language of the form's page.
_OTHERS = ("photo", "language")
#: Values of a switch. A form's checkbox sends "on".
SWITCH = {"true": True, "on": True, "false": False}
_KINDS = f"{', '.join(PHOTO_FORMATS[:-1])} or {PHOTO_FORMATS[-1]}"


class Request(flask.Request):
    """A request whose files stay in memory. Werkzeug would write files of 500 kB and more to disk."""

    max_form_memory_size = (
        256 * 1024
    )  # bytes per field; must be at least 64 KiB, because Werkzeug reads files in pieces of that size
    max_form_parts = 32

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> io.BytesIO:
        return io.BytesIO()


@dataclass(frozen=True)
class Upload:
    """A checked request for a painting.

    Args:
        request: The photo and the options.
        name: The client's id for the painting, or None.
    """

    request: PaintRequest
    name: str | None


def read_upload(request: flask.Request, registry: dict[str, StyleEntry], settings: Settings) -> Upload:
    """Read a request for a painting.

    Args:
        request: A `Request`: `multipart/form-data` with the file `photo`, or the photo itself as its body.
        registry: Slug → `copyart.web.style_registry.StyleEntry`.
        settings: A `copyart.web.settings.Settings`.

    Raises:
        Problem: "bad-request", "not-found", "too-large", "not-a-picture" or "damaged", if a check fails.
    """
    try:
        values, photo = _read_body(request)
    except HTTPException as error:
        if error.code == 413:
            most, received = settings.max_bytes / 1e6, (request.content_length or 0) / 1e6
            raise _too_large_problem(f"{most:.1f} MB", f"{received:.1f} MB" if received > most else "more") from error
        raise problem_from_http(error) from error
    name, format = values.get("id"), values.get("format")
    if name is not None and not re.fullmatch(ID, name):
        raise _bad_request_problem("id", "be 16 to 64 letters, digits, - or _", name, "Use a random UUID.")
    if format is not None and format not in MEDIA_TYPES:
        raise _bad_request_problem("format", f"be one of {', '.join(MEDIA_TYPES)}", format, "Leave it out for JPEG.")
    slug = _find_requested_style(values.get("artist"), registry).slug
    strength, preserve_color = _parse_strength(values.get("strength")), _parse_switch(values.get("preserve_color"))
    _check_photo(photo, settings)
    return Upload(PaintRequest(slug, photo, strength, preserve_color, format), name)


def _read_body(request: flask.Request) -> tuple[dict[str, str], bytes]:
    """Return the fields and the bytes of the photo."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("photo")
        if file is None:
            raise Problem("bad-request", "The field photo must contain a photo. Received: none. Choose a file.")
        with file.stream:
            return _request_fields(request), file.read()
    if request.mimetype.startswith("image/") or request.mimetype == "application/octet-stream":
        photo = request.get_data(cache=False)
        return _request_fields(request), photo
    must = "A body must be multipart/form-data, image/… or application/octet-stream."
    raise Problem("not-a-picture", f"{must} Received: {request.mimetype[:80] or 'none'}. Set Content-Type.")


def _request_fields(request: flask.Request) -> dict[str, str]:
    """Return the fields of the query and the form. Each may be given only once."""
    fields = request.values.to_dict(flat=False)
    if unknown := sorted(str(name) for name in {*fields, *request.files} - {*FIELDS, *_OTHERS}):
        raise _bad_request_problem(
            unknown[0][:40], f"be one of photo, {', '.join(FIELDS)}", "a field of that name", "Leave it out."
        )
    for name in FIELDS:
        if len(fields.get(name, ())) > 1:
            raise _bad_request_problem(name, "be given once", "several", "Give it in the form or in the query.")
    return {name: values[0] for name, values in fields.items()}


def _find_requested_style(name: str | None, registry: dict[str, StyleEntry]) -> StyleEntry:
    if not name:
        raise _bad_request_problem("artist", "be named", "none", f"Choose one of {', '.join(registry)}.")
    style = find_style(registry, name)
    if style is None:
        line = f"artist must be a style of this server. Received: {name[:80]}."
        raise Problem("not-found", f"{line} Choose one of {', '.join(registry)}.")
    return style


def _parse_strength(text: str | None) -> float:
    try:
        strength = 1.0 if text is None else float(text)
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= 1:  # refuses NaN too
        raise _bad_request_problem("strength", "be a number from 0 to 1", str(text), "1 is the whole painting.")
    return strength


def _parse_switch(text: str | None) -> bool:
    if text is None:
        return False
    if text not in SWITCH:
        raise _bad_request_problem("preserve_color", f"be one of {', '.join(SWITCH)}", text, "Leave it out for false.")
    return SWITCH[text]


def _check_photo(photo: bytes, settings: Settings) -> None:
    """Check the size, format, pixels and frames of a photo by its header, without decoding it."""
    if len(photo) > settings.max_bytes:
        raise _too_large_problem(f"{settings.max_bytes / 1e6:.1f} MB", f"{len(photo) / 1e6:.1f} MB")
    if not photo:
        raise Problem("bad-request", "A photo must have content. Received: an empty file. Choose another one.")
    try:
        header = read_header(photo)
    except ImageError as error:
        raise Problem("damaged", str(error)) from error
    if header is None:
        line = f"A photo must be a {_KINDS} picture. Received: something else. Convert it to JPEG."
        raise Problem("not-a-picture", line)
    pixels = header.size[0] * header.size[1]
    if pixels > settings.max_pixels:
        raise _too_large_problem(f"{settings.max_pixels / 1e6:.1f} megapixels", f"{pixels / 1e6:.1f}")
    if not header.still:
        raise Problem("damaged", "A photo must be a single picture. Received: an animation. Save one frame of it.")


def _too_large_problem(most: str, received: str) -> Problem:
    return Problem("too-large", f"A photo must have at most {most}. Received: {received}. Make it smaller.")


def _bad_request_problem(name: str, must: str, received: str, remedy: str) -> Problem:
    return Problem("bad-request", f"{name} must {must}. Received: {received[:80]}. {remedy}")
