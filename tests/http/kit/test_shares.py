"""Callers share the threads of a process. Comments name changes that make a test fail."""

import hashlib
import threading

import pytest

from app.errors import ApiError
from app.http.kit.shares import Shares, counts
from app.identity.share import NEWCOMERS, STRANGERS, Share
from tests.http import callers


# Fails with a fixed number for each: the first two would have all.
def test_nobody_has_all_threads_however_many_there_are() -> None:
    shares = Shares(16)
    callers_of_clients = [Share(client, "x") for client in "abc"]
    held = [as_many_as_may_be(shares, share) for share in callers_of_clients]
    assert held == [8, 4, 2]
    shares.take(Share("d", "x"))
    for share, many in zip(callers_of_clients, held, strict=True):
        for _ in range(many):
            shares.give_back(share)
    shares.give_back(Share("d", "x"))
    assert shares._held.total() == 0


# Seen to fail: without _OF_A_CLIENT, where a client with five keys has all threads.
def test_a_client_leaves_some_to_others_however_many_keys_it_has() -> None:
    shares = Shares(16)
    assert sum(as_many_as_may_be(shares, Share("1", f"key {number}")) for number in range(9)) == 12
    assert as_many_as_may_be(shares, Share("2", "x")) == 2


def as_many_as_may_be(shares: Shares, share: Share) -> int:
    """How many requests of this share are let in at a time."""
    before = shares._held.by_caller(share)
    with pytest.raises(ApiError) as refused:
        _take_for_ever(shares, share)
    assert (refused.value.status, refused.value.headers()) == (429, {"Retry-After": "1"})
    return shares._held.by_caller(share) - before


def _take_for_ever(shares: Shares, share: Share) -> None:
    for _ in range(100):
        shares.take(share)


# Fails when the turn is not given back after an error, and when it is taken before the caller is known.
def test_a_request_holds_a_turn_until_it_ends(app, gateway, reading) -> None:
    shares: Shares = app.extensions["rastro.shares"]
    before = counts()
    for answer in (gateway.post("/v2/posicoes", reading()), gateway.post("/v2/posicoes", b"{")):
        assert answer.status_code in (200, 201, 400)
    assert shares._held.total() == 0
    assert counts()["given"] == before["given"] + 2
    share = Share("1", hashlib.sha256(callers.INGEST_KEY.encode()).hexdigest())  # no credential
    for _ in range(shares._threads):
        shares._held.add(share)
    refused = gateway.post("/v2/posicoes", reading())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json["error_code"] == "TOO_MANY_REQUESTS"
    for _ in range(shares._threads):
        shares._held.remove(share)
    assert gateway.post("/v2/posicoes", reading()).status_code in (200, 201)
    assert counts()["refused"] == before["refused"] + 1


# Seen to fail: with a share for each key that is sent, whoever invents it.
def test_all_invented_keys_are_one_caller(app, gateway, reading) -> None:
    gateway.post("/v2/posicoes", reading())
    shares: Shares = app.extensions["rastro.shares"]
    held, slots = _strangers(app, shares)
    assert set(held) == set(slots) == {STRANGERS}
    for _ in range(shares._threads // 2):
        shares.take(STRANGERS)
    another = callers.Api(app.test_client(), callers.with_key("rastro_" + "x" * 43))
    assert another.post("/v2/posicoes", reading()).status_code == 429
    assert gateway.post("/v2/posicoes", reading()).status_code in (200, 201), "who was confirmed has a share"
    for public in ("/health/timeseries", "/metrics"):
        assert app.test_client().get(public).status_code == 429, "who shows nothing is one of them"
    for _ in range(shares._threads // 2):
        shares.give_back(STRANGERS)


# Seen to fail: with strangers and newcomers as one; with each caller as a client of its own.
def test_people_without_a_client_are_one_caller_and_others_share_as_their_clients(app, reading) -> None:
    asked = []
    for person in (callers.STRANGER, callers.STRANGER, callers.ADMIN, callers.ADMIN, callers.READER):
        with pytest.MonkeyPatch.context() as patch:
            shares: Shares = app.extensions["rastro.shares"]
            take = shares.take
            patch.setattr(shares, "take", lambda share, take=take: (asked.append(share), take(share)))
            callers.Api(app.test_client(), callers.as_user(person)).get("/v2/dispositivos")
    assert asked[:3] == [NEWCOMERS] * 3, "whom nobody has confirmed yet"
    assert asked[3:] == [Share("1", callers.ADMIN), NEWCOMERS]


def _strangers(app, shares: Shares) -> tuple[list[str], list[str]]:
    """Under which names ten unknown keys have threads and connections."""
    slots = app.extensions["rastro.backend"].inner._pool._slots
    threads, connections = [], []
    with pytest.MonkeyPatch.context() as patch:
        take, give = shares.take, slots._take
        patch.setattr(shares, "take", lambda share: (threads.append(share), take(share)))
        patch.setattr(slots, "_take", lambda share: (connections.append(share), give(share)))
        for number in range(10):
            key = callers.with_key(f"rastro_{number:043}")
            assert callers.Api(app.test_client(), key).get("/v2/dispositivos").status_code == 401
    return threads, connections


# Fails with counters of the process alone.
def test_shares_are_counted_for_all_processes(app) -> None:
    given = counts()["given"]
    thread = threading.Thread(target=Shares(4).take, args=(Share("x", "x"),))
    thread.start()
    thread.join()
    assert counts()["given"] == given + 1
    text = app.test_client().get("/metrics").get_data(as_text=True)
    assert f'rastro_http_turns_total{{outcome="given"}} {given + 2}.0' in text, "this request, too"
