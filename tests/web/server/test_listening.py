"""Under waitress, over a socket: hanging up, large bodies that stay in memory, proxies, addresses."""

import contextlib
import http.client
import io
import json
import socket
import tempfile
import time
import urllib.parse
import urllib.request
from urllib.parse import urlsplit

import pytest

from copyart.errors import ConfigError
from copyart.web.app import create_app
from copyart.web.server.listening import Server
from copyart.web.settings import Settings
from tests.pictures import encode, photo
from tests.web.serving import serving

PATH = "/api/v1/paintings?artist=monet"


def connect(url):
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)


def ask(url, method="GET", path="/healthz", body=None, **headers):
    connection = connect(url)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("working", [True, False])
def test_a_client_that_hangs_up_frees_its_place(fake_app, workers, working):
    worker, supervisor = workers.next(), fake_app.extensions["copyart"]
    with serving(fake_app, port=0) as url:
        connections = [connect(url) for _ in range(1 if working else 2)]
        for connection in connections:
            connection.request("POST", PATH, encode(photo()), {"Content-Type": "image/png"})
        worker.requests.get(timeout=10)
        until(lambda: len(supervisor.queue) == len(connections) - 1)
        connections.pop().close()
        until(lambda: (worker.stops == 1) if working else (len(supervisor.queue) == 0))
        assert ask(url)[0] == 200
        if working:
            worker.say("stopped")
        else:
            worker.paint()
        for connection in connections:
            connection.close()


def test_large_photos_and_paintings_never_touch_the_disk(workers, monkeypatch):
    app = create_app(Settings(paint_seconds=20), start_worker=workers)
    worker = workers.next()
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, pytest.fail)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", pytest.fail)
    picture, painting = encode(photo(1000, 900), "BMP"), bytes(3_000_000)
    line = b'--edge\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    form = line % (b"artist", b"", b"monet") + line % (b"photo", b'; filename="a"', picture) + b"--edge--\r\n"
    with serving(app, port=0) as url:
        for path, body, kind in (
            ("/api/v1/paintings", form, "multipart/form-data; boundary=edge"),
            (PATH, picture, "image/bmp"),
        ):
            connection = connect(url)
            connection.request("POST", path, body, {"Content-Type": kind})
            assert worker.requests.get(timeout=20).photo == picture
            worker.paint(painting)
            assert connection.getresponse().read() == painting
            connection.close()


def test_more_than_a_photo_may_have_is_refused(fake_app):
    with serving(fake_app, port=0) as url:
        status, headers, body = ask(url, "POST", PATH, bytes(300_000), **{"Content-Type": "image/png"})
        assert (status, headers["Content-Type"]) == (413, "application/problem+json")
        assert ask(url, "POST", PATH, bytes(464_000), **{"Content-Type": "image/png"})[0] == 413
        assert ask(url)[0] == 200
    assert b"too-large" in body


def test_a_proxy_is_believed_only_if_it_is_trusted(workers):
    for trusted, statuses in ((None, [415, 429]), ("127.0.0.1", [415, 415])):
        app = create_app(Settings(paintings_a_minute=1), start_worker=workers)
        with serving(app, port=0, trusted_proxy=trusted) as url:
            asked = [ask(url, "POST", PATH, **{"X-Forwarded-For": f"203.0.113.{number}"})[0] for number in (1, 2)]
            secure = "Strict-Transport-Security" in ask(url, **{"X-Forwarded-Proto": "https"})[1]
        assert asked == statuses
        assert secure == (trusted is not None)


@pytest.mark.parametrize(
    ("trusted", "said", "server"),
    [
        ("127.0.0.1", "/copyart", "/copyart"),
        ("127.0.0.1", "/a/b.c/", "/a/b.c"),
        ("127.0.0.1", "//other.example", "/"),
        ("127.0.0.1", "/a/../b", "/"),
        (None, "/copyart", "/"),
    ],
)
def test_the_openapi_document_names_the_prefix_of_a_trusted_proxy(fake_app, trusted, said, server):
    with serving(fake_app, port=0, trusted_proxy=trusted) as url:
        status, _, body = ask(url, path="/api/v1/openapi.json", **{"X-Forwarded-Prefix": said})
    assert (status, json.loads(body)["servers"]) == (200, [{"url": server}])


def test_an_answer_does_not_say_what_serves_it(fake_app):
    with serving(fake_app, port=0) as url:
        headers = ask(url)[1]
    assert headers["Server"] is None
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_address_that_is_taken_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"Received: 127.0.0.1, port {port} \(.*in use\). Choose another"):
            Server(create_app(start_worker=None), "127.0.0.1", port)


def test_an_address_of_no_machine_is_one_line():
    with pytest.raises(ConfigError, match="must be free"):
        Server(create_app(start_worker=None), "no such host", 0)


def test_a_name_of_several_addresses_is_served_too():
    with serving(create_app(start_worker=None), host="localhost", port=0) as url:
        assert ask(url)[0] == 200


def test_bytes_io_is_what_a_file_is_read_into(fake_app):
    with fake_app.test_request_context():
        from flask import request

        assert isinstance(request._get_file_stream(10**9, "image/png"), io.BytesIO)


def test_a_hundred_slow_connections_do_not_lock_out_the_others(fake_app):
    begun = b"POST /api/v1/paintings HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\nContent-Type: image/png\r\n\r\nab"
    with serving(fake_app, port=0) as url, contextlib.ExitStack() as held:
        address = urllib.parse.urlsplit(url)
        for _ in range(120):
            slow = held.enter_context(socket.create_connection((address.hostname, address.port)))
            slow.sendall(begun)
        time.sleep(0.5)
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            assert answer.status == 200
