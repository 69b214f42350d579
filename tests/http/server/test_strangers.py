"""Of a large body no more is received than has arrived, until it is known who sends it.

"Sent" are always fewer bytes than were announced: whoever waited for the rest would never answer.
"""

import hashlib
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from app.server.wire import IN_MEMORY
from tests._lib.databases import Database
from tests.http import callers
from tests.http.serving import Server, rest, serving

_ANNOUNCED = 60 << 20
_READING = b'{"cdDispositivo":7,"nrBat":3.1}'
_BEGUN = b"[" + b" " * IN_MEMORY
UNKNOWN = {
    "an unknown key": {"X-API-Key": "rastro_unknown"},
    "no key": {},
    "a token of nobody": callers.as_user("00000000-0000-4000-8000-000000009999"),
    "a token that is none": {"Authorization": "Bearer x.y.z"},
}
_KEY = """insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes", "dsNome")
          values (%s, %s, '{ingest}', 'ends')"""
KINDS = ["application/json", "text/csv", "application/x-nothing"]


@pytest.fixture(scope="module")
def server(fleet: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(fleet.api_url, log, RASTRO_RECEIVE_TIMEOUT_S="120") as server:
        yield server


def head(headers: dict[str, str], framing: str = f"Content-Length: {_ANNOUNCED}", path: str = "") -> bytes:
    lines = [f"POST {path or '/v2/posicoes/lote'} HTTP/1.1", "Host: x", framing]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def is_refused(answer: bytes) -> bool:
    """Once, as a whole, and the connection is closed: `rest` reads to its end."""
    begin, _, body = answer.partition(b"\r\n\r\n")
    return (
        begin.startswith(b"HTTP/1.1 401 ")
        and b"Connection: close" in begin
        and json.loads(body)["error_code"] == "UNAUTHORIZED"
    )


# Seen to fail: before, when all of a body was received first (no answer).
@pytest.mark.parametrize("headers", UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_is_refused_by_what_has_arrived(server, headers, kind):
    with closing(server.connect()) as wire:
        wire.sendall(head(headers | {"Content-Type": kind}) + _BEGUN)
        assert is_refused(rest(wire))


# Seen to fail: before (no answer).
@pytest.mark.parametrize("headers", UNKNOWN.values(), ids=UNKNOWN)
def test_a_slow_stranger_and_one_that_sends_chunks(server, headers):
    framing = "Transfer-Encoding: chunked"
    with closing(server.connect()) as wire:
        for part in (head(headers, framing), b"20000\r\n", _BEGUN[: len(_BEGUN) // 2], _BEGUN):
            wire.sendall(part)
        assert is_refused(rest(wire))


# Seen to fail: before (100 Continue).
@pytest.mark.parametrize("headers", [UNKNOWN["an unknown key"], UNKNOWN["a token of nobody"]])
def test_a_stranger_is_not_told_to_go_on(server, headers):
    with closing(server.connect()) as wire:
        wire.sendall(head(headers | {"Expect": "100-continue", "Content-Type": "application/json"}))
        assert is_refused(rest(wire))


# Seen to fail: before (no answer; 100 Continue).
@pytest.mark.parametrize("more", [{}, {"Expect": "100-continue"}], ids=["", "waits"])
def test_requests_behind_each_other_are_each_looked_at(server, more):
    first = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    with closing(server.connect()) as wire:
        wire.sendall(first + head(UNKNOWN["an unknown key"] | more) + (b"" if more else _BEGUN))
        answers = rest(wire)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert is_refused(answers[answers.index(b"HTTP/1.1 401") :])


# Seen to fail: before (all of it was taken).
@pytest.mark.timeout(60)
def test_what_a_stranger_goes_on_sending_is_not_taken(server):
    sent = 0
    with closing(server.connect()) as wire:
        wire.sendall(head(UNKNOWN["an unknown key"]))
        try:
            while sent < _ANNOUNCED:
                sent += wire.send(bytes(1 << 16))
        except OSError:
            pass
    assert sent < _ANNOUNCED


def status(wire: socket.socket) -> int:
    """Of one answer, which is read to its end."""
    answer = http.client.HTTPResponse(wire)
    answer.begin()
    answer.read()
    return answer.status


def key(name: str) -> dict[str, str]:
    return {"Content-Type": "application/json", **callers.with_key(name)}


# Seen to fail: with nobody known to Places.
@pytest.mark.parametrize("chunked", [False, True])
def test_a_caller_who_is_known_sends_all_of_it(server, chunked):
    """By a credential that this process has not met, and by one that it has; with spaces around a reading."""
    body = b" " * 300_000 + _READING
    for _ in range(2):
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            sent = (body[at : at + 50_000] for at in range(0, len(body), 50_000)) if chunked else body
            headers = key(callers.INGEST_KEY) | {"X-Request-Id": f"r{chunked}"}
            connection.request("POST", "/v2/posicoes", sent, headers, encode_chunked=chunked)
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Connection")) == (201, "keep-alive"), answer.read()
            answer.read()
            connection.request("GET", "/health/live")
            assert connection.getresponse().status == 200


# Seen to fail: without the word of go_on.
def test_a_caller_who_is_known_is_told_to_go_on(server):
    waiting = head(
        key(callers.INGEST_KEY) | {"Expect": "100-continue"},
        f"Content-Length: {len(_READING)}",
        "/v2/posicoes",
    )
    with closing(server.connect()) as wire:
        for _ in range(2):
            wire.sendall(waiting)
            assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            wire.sendall(_READING)
            assert status(wire) == 201


# Seen to fail: with a key remembered after it was refused (no answer).
def test_a_key_that_has_ended_is_one_of_a_stranger(server, fleet):
    name = "rastro_that_ends_for_tests_00000000000000000000"
    with closing(psycopg2.connect(fleet.owner_url)) as owner, owner.cursor() as cursor:
        owner.autocommit = True
        cursor.execute(_KEY, (callers.ADMIN, hashlib.sha256(name.encode()).hexdigest()))
        one = head(key(name), f"Content-Length: {len(_READING)}", "/v2/posicoes") + _READING
        with closing(server.connect()) as wire:
            wire.sendall(one)
            assert status(wire) == 201
            cursor.execute('update public."TbApiKeys" set "blAtiva" = false where "dsNome" = \'ends\'')
            wire.sendall(one)
            assert status(wire) == 401
            wire.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert status(wire) == 200, "the server is done with the request before"
    with closing(server.connect()) as wire:
        wire.sendall(head(key(name)) + _BEGUN)
        assert is_refused(rest(wire))


def test_the_word_and_the_rest_of_one_request(server):
    """Its sender does not wait for the word, as many do not."""
    with closing(server.connect()) as wire:
        wire.sendall(
            head(
                key(callers.INGEST_KEY) | {"Expect": "100-continue"}, "Content-Length: 100000", "/v2/posicoes"
            )
            + _READING
        )
        wire.sendall(b" " * (100_000 - len(_READING)))
        wire.shutdown(socket.SHUT_WR)
        answer = rest(wire)
    assert b"HTTP/1.1 201 " in answer
