"""Callers share the threads of a process. Comments name changes that make a test fail."""

import hashlib
import threading

import pytest

from app.errors import ApiError
from app.http.kit.shares import Shares, counts
from tests.http import callers


# Fails with a fixed number for each: the first two would have all.
def test_nobody_has_all_threads_however_many_there_are() -> None:
    shares = Shares(16)
    held = {}
    for caller in ("a", "b", "c"):
        held[caller] = 0
        while shares._held[caller] < 16 - shares._busy:
            shares.take(caller)
            held[caller] += 1
        with pytest.raises(ApiError) as refused:
            shares.take(caller)
        assert (refused.value.status, refused.value.headers()) == (429, {"Retry-After": "1"})
    assert held == {"a": 8, "b": 4, "c": 2}
    shares.take("d")
    for caller, many in held.items():
        for _ in range(many):
            shares.give_back(caller)
    shares.give_back("d")
    assert (shares._busy, shares._held) == (0, {})


# Fails when the turn is not given back after an error, and when it is taken before the caller is known.
def test_a_request_holds_a_turn_until_it_ends(app, gateway, reading) -> None:
    shares: Shares = app.extensions["rastro.shares"]
    before = counts()
    for answer in (gateway.post("/v2/posicoes", reading()), gateway.post("/v2/posicoes", b"{")):
        assert answer.status_code in (200, 201, 400)
    assert (shares._busy, shares._held) == (0, {})
    assert counts()["given"] == before["given"] + 2
    held = hashlib.sha256(callers.INGEST_KEY.encode()).hexdigest()  # no credential
    for _ in range(shares._threads):
        shares._held[held] += 1
    refused = gateway.post("/v2/posicoes", reading())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json["error_code"] == "TOO_MANY_REQUESTS"
    shares._held.clear()
    assert gateway.post("/v2/posicoes", reading()).status_code in (200, 201)
    assert counts()["refused"] == before["refused"] + 1


# Seen to fail: with a share for each key that is sent, whoever invents it.
def test_all_invented_keys_are_one_caller(app, gateway, reading) -> None:
    gateway.post("/v2/posicoes", reading())
    shares: Shares = app.extensions["rastro.shares"]
    held, slots = _strangers(app, shares)
    assert set(held) == set(slots) == {"strangers"}
    for _ in range(shares._threads // 2):
        shares.take("strangers")
    another = callers.Api(app.test_client(), callers.with_key("rastro_" + "x" * 43))
    assert another.post("/v2/posicoes", reading()).status_code == 429
    assert gateway.post("/v2/posicoes", reading()).status_code in (200, 201), "who was confirmed has a share"
    for public in ("/health/timeseries", "/metrics"):
        assert app.test_client().get(public).status_code == 429, "who shows nothing is one of them"
    for _ in range(shares._threads // 2):
        shares.give_back("strangers")


def _strangers(app, shares: Shares) -> tuple[list[str], list[str]]:
    """Under which names ten unknown keys have threads and connections."""
    slots = app.extensions["rastro.backend"]._pool._slots
    threads, connections = [], []
    with pytest.MonkeyPatch.context() as patch:
        take, give = shares.take, slots._take
        patch.setattr(shares, "take", lambda caller: (threads.append(caller), take(caller)))
        patch.setattr(slots, "_take", lambda caller: (connections.append(caller), give(caller)))
        for number in range(10):
            key = callers.with_key(f"rastro_{number:043}")
            assert callers.Api(app.test_client(), key).get("/v2/dispositivos").status_code == 401
    return threads, connections


# Fails with counters of the process alone.
def test_shares_are_counted_for_all_processes(app) -> None:
    given = counts()["given"]
    thread = threading.Thread(target=Shares(4).take, args=("x",))
    thread.start()
    thread.join()
    assert counts()["given"] == given + 1
    text = app.test_client().get("/metrics").get_data(as_text=True)
    assert f'rastro_http_turns_total{{outcome="given"}} {given + 2}.0' in text, "this request, too"
