"""One request for a painting, from the upload to the finished painting: shared by the form and the REST API."""

from dataclasses import dataclass

import flask

from copyart.web.server.upload import read_upload
from copyart.web.settings import MEDIA_TYPES
from copyart.web.style_registry import StyleEntry
from copyart.web.worker.worker import Painted

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


@dataclass(frozen=True)
class Painting(Painted):
    """A painting to answer with.

    Args:
        style: The `StyleEntry` it is in.
    """

    style: StyleEntry

    @property
    def mimetype(self) -> str:
        """Its media type."""
        return MEDIA_TYPES[self.format]

    @property
    def suffix(self) -> str:
        """What a file of it ends in."""
        return _SUFFIXES[self.format]


def paint_upload(request: flask.Request) -> Painting:
    """Paint what a request asks for; returns when it is painted.

    Args:
        request: A request of the application that `copyart.web.app.create_app` makes; see `read_upload`.

    Returns:
        A `Painting`.

    Raises:
        Problem: It was not painted.
    """
    supervisor, rate = (flask.current_app.extensions[name] for name in ("copyart", "copyart-rate"))
    supervisor.require_room()  # first: who is sent away because of others has not asked yet
    rate.check(request.remote_addr)
    upload = read_upload(request, supervisor.registry, supervisor.settings)
    slug = upload.order.slug
    job = supervisor.ask(upload.order, upload.name)
    del upload  # the job holds the photo, and drops it when it is over
    painted = supervisor.wait(job, request.environ.get("waitress.client_disconnected", _never))
    return Painting(**vars(painted), style=supervisor.registry[slug])


def _never() -> bool:
    """Say that the client is there, where a WSGI server cannot tell."""
    return False
