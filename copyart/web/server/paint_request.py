"""Handle one request for a painting, from the upload to the painting, for both the form and the REST API."""

from dataclasses import dataclass

import flask

from copyart.web.server.upload import read_upload
from copyart.web.settings import MEDIA_TYPES
from copyart.web.style_registry import StyleEntry
from copyart.web.worker.worker import PaintResult

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


@dataclass(frozen=True)
class Painting(PaintResult):
    """A painting for the response: a `PaintResult` with its style.

    Args:
        style: The `StyleEntry` of the style.
    """

    style: StyleEntry

    @property
    def mimetype(self) -> str:
        """Its media type."""
        return MEDIA_TYPES[self.format]

    @property
    def suffix(self) -> str:
        """Its file suffix."""
        return _SUFFIXES[self.format]


def paint_upload(request: flask.Request) -> Painting:
    """Wait until the photo of a request is painted, and return the painting.

    Args:
        request: A request to the application of `copyart.web.app.create_app`; see `read_upload`.

    Raises:
        Problem: if the photo was not painted.
    """
    supervisor, rate = (flask.current_app.extensions[name] for name in ("copyart", "copyart-rate"))
    supervisor.require_queue_room()  # first: requests that a full queue refuses do not count towards the rate limit
    rate.check(request.remote_addr)
    upload = read_upload(request, supervisor.registry, supervisor.settings)
    slug = upload.request.slug
    job = supervisor.enqueue(upload.request, upload.name)
    del upload  # the job holds the photo and drops it when it ends
    painted = supervisor.wait(job, request.environ.get("waitress.client_disconnected", lambda: False))
    return Painting(**vars(painted), style=supervisor.registry[slug])
