"""Asking how far a painting is, and cancelling it, by the id that the client chose."""

import threading
import time
from io import BytesIO

import pytest

from tests.pictures import encode, photo

ID = "0d1b5a0e-6d0e-4f43-9d0e-0123456789ab"


@pytest.fixture
def asked(fake_app):
    """Ask for a painting in a thread; returns what to call for the answer."""

    def ask(name=ID):
        answers = []

        def post():
            data = {"artist": "monet", "id": name, "photo": (BytesIO(encode(photo())), "photo.png")}
            answers.append(fake_app.test_client().post("/api/v1/paintings", data=data))

        thread = threading.Thread(target=post)
        thread.start()

        def answer():
            thread.join(20)
            return answers[0]

        return answer

    return ask


def ask_about(app, name=ID):
    return app.test_client().get(f"/api/v1/paintings/{name}/progress")


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_progress_is_told_while_it_waits_is_painted_and_is_over(fake_app, workers, asked):
    worker, answer = workers.next(), asked()
    worker.requests.get(timeout=10)
    other = asked(ID[::-1])
    until(lambda: ask_about(fake_app, ID[::-1]).status_code == 200)
    assert ask_about(fake_app, ID[::-1]).json == {"id": ID[::-1], "state": "waiting", "position": 1, "progress": 0}
    worker.say("progress", 0.5)
    until(lambda: ask_about(fake_app).json["progress"] == 0.5)
    assert ask_about(fake_app).json == {"id": ID, "state": "painting", "position": 0, "progress": 0.5}
    worker.paint()
    assert answer().data == b"painting"
    assert ask_about(fake_app).json == {"id": ID, "state": "painted", "position": 0, "progress": 1}
    worker.requests.get(timeout=10)
    worker.say("refused", "it must be whole")
    assert other().status_code == 422
    assert ask_about(fake_app, ID[::-1]).json["state"] == "failed"


def test_a_cancelled_painting_answers_so_and_can_be_cancelled_again(fake_app, workers, asked):
    worker, answer, client = workers.next(), asked(), fake_app.test_client()
    worker.requests.get(timeout=10)
    assert client.delete(f"/api/v1/paintings/{ID}").status_code == 204
    assert (answer().status_code, answer().json["code"]) == (409, "cancelled")
    assert client.delete(f"/api/v1/paintings/{ID}").status_code == 204
    assert ask_about(fake_app).json["state"] == "cancelled"


def test_what_is_over_cannot_be_cancelled(fake_app, workers, asked):
    worker, answer = workers.next(), asked()
    worker.requests.get(timeout=10)
    worker.paint()
    answer()
    response = fake_app.test_client().delete(f"/api/v1/paintings/{ID}")
    assert (response.status_code, response.json["code"]) == (409, "in-use")


def test_an_id_in_use_is_refused(workers, asked):
    worker, answer = workers.next(), asked()
    worker.requests.get(timeout=10)
    assert asked()().json["code"] == "in-use"
    worker.paint()
    assert answer().status_code == 200


def test_too_many_are_sent_away(fake_app, workers, asked):
    worker, first = workers.next(), asked()
    worker.requests.get(timeout=10)
    others = [asked(ID[:-1] + mark) for mark in "xyz"]
    supervisor = fake_app.extensions["copyart"]
    until(lambda: len(supervisor.queue) == 2 and supervisor.metrics.registry.get_sample_value("copyart_waiting") == 2)
    until(lambda: fake_app.test_client().get("/metrics").text.count('status="503"') > 0)
    for _ in range(3):
        worker.paint()
    statuses = sorted(answer().status_code for answer in (first, *others))
    assert statuses == [200, 200, 200, 503]
