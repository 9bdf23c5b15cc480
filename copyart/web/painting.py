"""One request for a painting, from upload to painting: what the page's form and the REST API share."""

from dataclasses import dataclass

import flask

from copyart.web.gallery import StyleEntry
from copyart.web.process import Painted
from copyart.web.settings import MEDIA_TYPES
from copyart.web.upload import read_upload

_SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp"}


@dataclass(frozen=True)
class Painting(Painted):
    """A painting to answer with.

    Args:
        style: The `StyleEntry` it is in.
    """

    style: StyleEntry

    @property
    def mimetype(self):
        """Its media type."""
        return MEDIA_TYPES[self.format]

    @property
    def suffix(self):
        """What a file of it ends in."""
        return _SUFFIXES[self.format]


def paint_upload(request):
    """Paint what a request asks for; returns when it is painted.

    Args:
        request: A request of the application that `copyart.web.app.create_app` makes; see `read_upload`.

    Returns:
        A `Painting`.

    Raises:
        Problem: It was not painted.
    """
    studio, rate = (flask.current_app.extensions[name] for name in ("copyart", "copyart-rate"))
    studio.require_room()  # first: who is sent away because of others has not asked yet
    rate.check(request.remote_addr)
    upload = read_upload(request, studio.gallery, studio.settings)
    slug = upload.order.slug
    job = studio.ask(upload.order, upload.name)
    del upload  # the job holds the photo, and drops it when it is over
    painted = studio.wait(job, request.environ.get("waitress.client_disconnected", _never))
    return Painting(**vars(painted), style=studio.gallery[slug])


def _never():
    """Say that the client is there, where a WSGI server cannot tell."""
    return False
