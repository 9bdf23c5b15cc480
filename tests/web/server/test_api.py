"""The REST API through Flask's client: paintings, artists, and what is said when something is wrong."""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from copyart.web.problems import STATUSES
from tests.pictures import animation, bomb, encode, exif, photo, pixels, translucent

PAINTINGS = "/api/v1/paintings"


def send(client, picture, name="photo.jpg", **fields):
    """Paint by a form, Monet unless said otherwise."""
    fields = {"artist": "monet", **fields, "photo": (BytesIO(picture), name)}
    return client.post(PAINTINGS, data={name: value for name, value in fields.items() if value is not None})


def painted(response):
    assert response.status_code == 200, response.text
    return Image.open(BytesIO(response.data))


def code_of(response):
    """The code of a problem, which must be a whole one."""
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert problem.keys() == {"title", "status", "detail", "code"}
    assert problem["status"] == response.status_code == STATUSES[problem["code"]]
    assert problem["detail"]
    assert "\n" not in problem["detail"]
    return problem["code"]


def test_a_photo_in_a_form_comes_back_painted(client):
    response = send(client, encode(photo(50, 34), "JPEG"))
    painting = painted(response)
    assert (painting.format, painting.size, painting.mode) == ("JPEG", (50, 34), "RGB")
    assert response.headers["X-Painting-Size"] == "50x34"
    assert float(response.headers["X-Painting-Seconds"]) > 0
    assert response.headers["Content-Disposition"] == 'inline; filename="monet.jpg"'
    assert abs(pixels(painting) - pixels(photo(50, 34))).mean() > 3


def test_the_bytes_alone_with_a_query_are_painted_the_same(client):
    picture = encode(photo(50, 34))
    query = {"artist": "Claude Monet", "format": "png"}
    raw = client.post(PAINTINGS, query_string=query, data=picture, content_type="image/png")
    assert raw.data == send(client, picture, format="png").data


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_the_format_is_the_one_that_is_asked_for(client, format):
    response = send(client, encode(photo()), format=format)
    assert response.mimetype == f"image/{format}"
    assert painted(response).format == format.upper()


def test_transparency_is_kept_unless_another_format_is_asked_for(client):
    painting = painted(send(client, encode(translucent(20, 12))))
    assert (painting.format, painting.mode) == ("PNG", "RGBA")
    assert painted(send(client, encode(translucent(20, 12)), format="jpeg")).mode == "RGB"


def test_strength_and_colours_reach_the_painter(client):
    picture = encode(photo())
    assert (pixels(painted(send(client, picture, strength="0", format="png"))) == pixels(photo())).all()
    options = [{"strength": "0.5"}, {"preserve_color": "true"}, {"preserve_color": "on"}, {}]
    half, kept, on, whole = (send(client, picture, format="png", **option).data for option in options)
    assert kept == on
    assert len({half, kept, whole}) == 3


def test_the_content_decides_not_the_name(client):
    assert painted(send(client, encode(photo(), "WEBP"), name="../../etc/passwd.svg")).size == (48, 32)
    assert code_of(send(client, b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="photo.jpg")) == "not-a-picture"


def test_a_photo_is_turned_upright_and_all_that_it_says_of_the_visitor_is_dropped(client):
    tags = exif(6)
    tags[0x010F] = "SECRET CAMERA"
    tags.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)  # where it was taken
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"exif": tags, "icc_profile": profile, "comment": b"SECRET COMMENT", "xmp": b"<x>SECRET XMP</x>"}
    picture = encode(photo(48, 32), "JPEG", **options)
    assert picture.count(b"SECRET") == 3
    for format in ("jpeg", "png", "webp"):
        response = send(client, picture, format=format)
        painting = painted(response)
        assert painting.size == (32, 48)
        assert dict(painting.getexif()) == {0x0131: "Painted by Copyart"}
        kept = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "loop", "background", "exif"}
        assert painting.info.keys() <= kept
        assert not any(trace in response.data for trace in (b"SECRET", b"ICC_PROFILE", b"iCCP", b"http:"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"artist": None}, "bad-request"),
        ({"artist": "../monet"}, "not-found"),
        ({"artist": "copyart/styles/data/monet"}, "not-found"),
        ({"artist": "Picasso"}, "not-found"),
        ({"artist": "x" * 5000}, "not-found"),
        ({"strength": "1.01"}, "bad-request"),
        ({"strength": "nan"}, "bad-request"),
        ({"strength": "much"}, "bad-request"),
        ({"strength": ""}, "bad-request"),
        ({"preserve_color": "perhaps"}, "bad-request"),
        ({"format": "gif"}, "bad-request"),
        ({"format": "../png"}, "bad-request"),
        ({"id": "short"}, "bad-request"),
        ({"id": "../../../../../../etc"}, "bad-request"),
        ({"strength": "1" * 20_000}, "bad-request"),
        ({"strength": "1" * 300_000}, "too-large"),
    ],
)
def test_a_field_that_is_wrong_is_one_line(fake_app, fields, code):
    assert code_of(send(fake_app.test_client(), encode(photo()), **fields)) == code


def test_a_field_is_given_once(client):
    picture = (BytesIO(encode(photo())), "photo.png")
    fields = {"artist": "monet", "strength": "1", "photo": picture}
    assert code_of(client.post(f"{PAINTINGS}?strength=0", data=fields)) == "bad-request"
    raw = client.post(f"{PAINTINGS}?artist=monet&artist=vangogh", data=encode(photo()), content_type="image/png")
    assert code_of(raw) == "bad-request"


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"", "bad-request"),
        (b"no picture", "not-a-picture"),
        (b"%PDF-1.7 and more", "not-a-picture"),
        (encode(photo(), "JPEG")[:20], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged"),
        (encode(photo(101, 100), "JPEG"), "too-large"),
        (bomb(), "too-large"),
        (encode(photo(), "BMP") + bytes(200_000), "too-large"),
        (encode(photo(), "BMP") + bytes(300_000), "too-large"),
        (animation("GIF"), "damaged"),
        (animation("PNG"), "damaged"),
        (animation("WEBP"), "damaged"),
        (animation("TIFF"), "damaged"),
    ],
)
def test_a_photo_that_cannot_be_taken_is_refused_before_it_waits(fake_app, workers, picture, code):
    assert code_of(send(fake_app.test_client(), picture)) == code
    assert workers.next().requests.empty()


def test_a_photo_that_breaks_off_is_found_out_by_the_painter(client):
    assert code_of(send(client, encode(photo(400, 300), "JPEG")[:2000])) == "damaged"


@pytest.mark.parametrize(
    ("request_of", "code"),
    [
        ({"method": "POST", "path": PAINTINGS}, "not-a-picture"),
        ({"method": "POST", "path": PAINTINGS, "data": {"artist": "monet"}}, "not-a-picture"),
        ({"method": "POST", "path": PAINTINGS, "json": {"artist": "monet"}}, "not-a-picture"),
        ({"method": "POST", "path": PAINTINGS, "data": b"--x", "content_type": "multipart/form-data"}, "bad-request"),
        ({"method": "POST", "path": PAINTINGS, "data": b"", "content_type": "image/png"}, "bad-request"),
        ({"method": "GET", "path": PAINTINGS}, "method-not-allowed"),
        ({"method": "GET", "path": "/api/v1/nothing"}, "not-found"),
        ({"method": "GET", "path": "/static/../app.py"}, "not-found"),
        ({"method": "GET", "path": "/api/v1/paintings/0123456789abcdef/progress"}, "not-found"),
        ({"method": "DELETE", "path": "/api/v1/paintings/0123456789abcdef"}, "not-found"),
        ({"method": "GET", "path": "/api/v1/artists/nobody/preview.jpg"}, "not-found"),
        ({"method": "GET", "path": "/api/v1/artists/..%2fmonet/preview.jpg"}, "not-found"),
    ],
)
def test_a_request_that_makes_no_sense_is_one_line(fake_app, request_of, code):
    assert code_of(fake_app.test_client().open(**request_of)) == code


def test_the_methods_that_work_are_named(client):
    assert set(client.get(PAINTINGS).headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_the_artists_come_with_card_and_preview(client):
    artists = {artist["slug"]: artist for artist in client.get("/api/v1/artists").json["artists"]}
    assert {"monet", "vangogh", "ukiyoe"} <= artists.keys()
    monet = artists["monet"]
    assert monet["name"] == monet["card"]["name"] == "Claude Monet"
    assert monet["experimental"] is monet["card"].get("experimental", False)
    assert monet["preview"] == "artists/monet/preview.jpg"  # relative, so that it is right behind any prefix
    response = client.get(f"/api/v1/{monet['preview']}")
    assert Image.open(BytesIO(response.data)).format == response.mimetype.removeprefix("image/").upper() == "JPEG"
    again = client.get(f"/api/v1/{monet['preview']}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_limits_are_told(fake_app):
    limits = fake_app.test_client().get("/api/v1/limits").json
    assert (limits["max_bytes"], limits["max_pixels"], limits["formats"]) == (200_000, 10_000, ["jpeg", "png", "webp"])


def test_health_is_told(client, app):
    assert client.get("/healthz").json == {"status": "ok"}
    send(client, encode(photo()))  # it is ready when it has painted
    assert client.get("/readyz").json == {"status": "ready"}
    figures = client.get("/metrics")
    assert figures.content_type.startswith("text/plain")
    assert 'copyart_paintings_total{outcome="painted"}' in figures.text
    assert 'copyart_painting_seconds_count{style="monet"}' in figures.text
    assert "copyart_ready 1.0" in figures.text
    assert 'endpoint="api.paint",method="POST",status="200"' in figures.text


def test_before_the_styles_are_loaded_it_says_so(app):
    supervisor = app.extensions["copyart"]
    supervisor.ready = False
    try:
        response = app.test_client().get("/readyz")
    finally:
        supervisor.ready = True
    assert code_of(response) == "not-ready"
    assert response.headers["Retry-After"] == "1"


def test_a_failure_of_ours_is_told_without_its_innards(fake_app, monkeypatch, caplog):
    monkeypatch.setattr("copyart.web.server.api.paint_upload", lambda request: 1 / 0)
    response = send(fake_app.test_client(), encode(photo()))
    assert code_of(response) == "broken"
    assert "division" not in response.text
    assert "ZeroDivisionError" in caplog.text


def test_nothing_but_json_numbers_are_in_the_card(client):
    json.loads(client.get("/api/v1/artists").data, parse_constant=pytest.fail)


def test_an_app_that_does_not_paint_says_so():
    from copyart.web.app import create_app

    client = create_app(start_worker=None).test_client()
    assert code_of(send(client, encode(photo()))) == "not-ready"
    assert len(client.get("/api/v1/artists").json["artists"]) >= 3
    assert np.asarray(Image.open(BytesIO(client.get("/api/v1/artists/monet/preview.jpg").data))).size


@pytest.mark.parametrize("where", ["query", "form", "file"])
def test_an_unknown_field_is_refused_by_its_name(client, where):
    form = {"photo": (BytesIO(encode(photo())), "a.png"), "artist": "monet"}
    extra = (BytesIO(b"1"), "b.png") if where == "file" else "1"
    fields = {} if where == "query" else {"strenght": extra}
    query = "?strenght=1" if where == "query" else ""
    answer = client.post(f"/api/v1/paintings{query}", data={**form, **fields})
    assert answer.status_code == 400
    assert answer.json["detail"].startswith("strenght must be one of photo, artist,")


def test_a_body_that_is_too_large_is_told_the_limit(fake_app):
    answer = fake_app.test_client().post(
        "/api/v1/paintings?artist=monet", data=b"x" * 900_000, content_type="image/jpeg"
    )
    assert answer.status_code == 413
    assert "at most 0.2 MB. Received: 0.9 MB" in answer.json["detail"]


def test_the_limits_say_which_photos_may_be_sent(client):
    limits = client.get("/api/v1/limits").json
    assert "JPEG" in limits["photo_formats"]
    assert "HEIC" not in limits["photo_formats"]
    assert limits["paintings_a_minute"] == 0
