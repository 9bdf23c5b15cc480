"""The rate limit per client."""

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage

import copyart.web.server.rate as rates
from copyart.errors import ConfigError
from copyart.web.app import create_app
from copyart.web.problems import Problem
from copyart.web.server.rate import RateLimit, client_key
from copyart.web.settings import Settings
from copyart.web.worker.worker import PaintRequest


def test_a_client_that_asks_too_often_is_told_when_to_come_back():
    rate = RateLimit(3)
    for _ in range(3):
        rate.check("203.0.113.7")
    with pytest.raises(Problem) as caught:
        rate.check("203.0.113.7")
    assert (caught.value.code, caught.value.status) == ("too-many-requests", 429)
    assert 1 <= int(caught.value.headers["Retry-After"]) <= 60
    rate.check("203.0.113.8")


@pytest.fixture
def shared(monkeypatch):
    """The address of a store of `limits` that two servers in this process share."""
    storage = MemoryStorage(wrap_exceptions=True)
    monkeypatch.setattr(rates, "storage_from_string", lambda address, **options: storage)
    return storage


def test_servers_with_one_store_count_together(shared):
    first, second = RateLimit(2, "redis://store"), RateLimit(2, "redis://store")
    first.check("203.0.113.7")
    second.check("203.0.113.7")
    for rate in (first, second):
        with pytest.raises(Problem, match="2 paintings per minute"):
            rate.check("203.0.113.7")


def test_a_server_whose_store_fails_counts_for_itself(shared, monkeypatch, caplog):
    rate = RateLimit(1, "redis://:secret@store")

    def fail(*arguments, **named):
        raise StorageError(ConnectionError("gone"))

    monkeypatch.setattr(shared, "acquire_entry", fail)
    rate.check("203.0.113.7")
    with pytest.raises(Problem, match="1 paintings per minute"):
        rate.check("203.0.113.7")
    assert "does not answer" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("address", ["nonsense://:secret@host", "secret", "memcached://127.0.0.1:1"])
def test_a_store_that_cannot_be_used_is_refused_without_its_password(address):
    with pytest.raises(ConfigError, match="the storage of the rate limits must") as caught:
        RateLimit(1, address)
    assert "secret@" not in str(caught.value)


def test_none_is_no_limit():
    rate = RateLimit(0)
    for _ in range(1000):
        rate.check("203.0.113.7")


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        (None, "unknown"),
        ("a socket", "unknown"),
    ],
)
def test_a_client_is_an_address_or_a_network_that_one_customer_has_whole(address, client):
    assert client_key(address) == client


@pytest.fixture
def client(workers):
    """A client that may ask for one painting a minute."""
    app = create_app(Settings(paintings_a_minute=1, queue=1), start_worker=workers)
    yield app.test_client()
    app.extensions["copyart"].close()


def test_the_limit_holds_for_paintings_and_for_nothing_else(client):
    codes = [client.post("/api/v1/paintings").json["code"] for _ in range(2)]
    assert codes == ["not-a-picture", "too-many-requests"]
    assert client.post("/paint").status_code == 429
    assert {client.get("/api/v1/artists").status_code for _ in range(50)} == {200}


def test_who_is_sent_away_because_of_others_has_not_asked(client, workers):
    supervisor = client.application.extensions["copyart"]
    supervisor.enqueue(PaintRequest("monet", b"at work"))
    workers.next().requests.get(timeout=10)
    waiting = supervisor.enqueue(PaintRequest("monet", b"waits"))
    assert [client.post("/api/v1/paintings").json["code"] for _ in range(2)] == ["busy", "busy"]
    supervisor.cancel(waiting)
    assert client.post("/api/v1/paintings").json["code"] == "not-a-picture"


def test_what_a_client_says_of_itself_does_not_change_who_it_is(client):
    headers = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(2)]
    assert [client.post("/api/v1/paintings", headers=one).status_code for one in headers] == [415, 429]
