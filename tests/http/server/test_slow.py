"""Senders and receivers that take their time, on a server with one worker: nobody else waits for them."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests._lib.databases import Database
from tests.http import callers
from tests.http.serving import Server, rest, serving

_HEAD = (
    f"POST /v2/posicoes HTTP/1.1\r\nHost: x\r\nX-API-Key: {callers.INGEST_KEY}\r\n"
    "Content-Type: application/json\r\nContent-Length: 1000\r\n"
).encode()
_BODY = _HEAD + b"\r\n" + b'{"cdDispositivo": 7, '
_CHUNKS = _HEAD.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked") + b"\r\n400\r\n{"
SLOW = {"in the headers": _HEAD, "in the body": _BODY, "in a chunk": _CHUNKS}
_MANY = 40  # more than the worker has threads


@pytest.fixture(scope="module")
def server(fleet: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(fleet.api_url, log, RASTRO_RECEIVE_TIMEOUT_S="5") as server:
        yield server


def _status(server: Server, path: str = "/health/ready") -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def _trickle(wire: socket.socket) -> bytes:
    """One byte after the other, so that no single wait is long, until the server has had enough."""
    answer = b""
    wire.settimeout(0.05)
    while not answer:
        wire.sendall(b" ")
        try:
            answer = wire.recv(65_536)
        except TimeoutError:
            continue
    wire.settimeout(30)
    return answer + rest(wire)


# Seen to fail: without release and acquire in _OutOfTurn; without a deadline; with 400 for 408 in
# bodies._next.
@pytest.mark.parametrize("begun", SLOW.values(), ids=SLOW)
def test_others_are_served_while_one_trickles_who_is_told_to_stop(server, ledger, begun):
    before = ledger.stored(), ledger.quarantined()
    with closing(server.connect()) as wire:
        wire.sendall(begun)
        assert _status(server) == 200
        assert _still_open(wire), "it was served without waiting for the end of this one"
        answer = _trickle(wire)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error_code"] == "TIMEOUT"
    assert b"X-Content-Type-Options: nosniff" in head
    assert (ledger.stored(), ledger.quarantined()) == before


# Seen to fail: without wait_for_data in Worker.handle.
def test_many_connections_that_say_nothing_hold_nobody_up(server):
    with ExitStack() as stack:
        silent = [stack.enter_context(closing(server.connect())) for _ in range(_MANY)]
        assert _status(server) == 200
        assert _still_open(silent[0]), "it was served without waiting for them to end"


# Seen to fail: without a deadline.
def test_many_that_begin_a_body_hold_nobody_up_for_longer_than_the_limit(server):
    with ExitStack() as stack:
        for _ in range(_MANY):
            stack.enter_context(closing(server.connect())).sendall(_BODY)
        assert _status(server) == 200


def _still_open(wire: socket.socket) -> bool:
    """Nothing came of it yet, no answer and no end."""
    wire.setblocking(False)
    try:
        wire.recv(1)
    except BlockingIOError:
        return True
    return False
