"""The API behind the WSGI server it runs on: bodies as the network brings them."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests._lib.databases import Database
from tests.http import callers
from tests.http.serving import serving

HEADERS = {"Content-Type": "application/json", **callers.with_key(callers.INGEST_KEY)}
_HEAD = "".join(
    f"{name}: {value}\r\n" for name, value in {"Host": "x", "Connection": "close", **HEADERS}.items()
)


@pytest.fixture(scope="module")
def port(fleet: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A gunicorn with one worker."""
    with serving(fleet.api_url, tmp_path_factory.mktemp("server") / "log") as server:
        yield server.port


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as opened:
        yield opened


def _parts(body: bytes, size: int) -> Iterator[bytes]:
    yield from (body[begin : begin + size] for begin in range(0, len(body), size))


def _sent(port: int, framing: str, body: bytes) -> bytes:
    """What the server answers to a body whose sender then hangs up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as wire:
        wire.sendall(f"POST /v2/posicoes HTTP/1.1\r\n{_HEAD}{framing}\r\n\r\n".encode() + body)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65_536), b""))


# Seen to fail: with content_length bytes read in bodies._read.
def test_a_chunked_body_is_stored(connection):
    connection.request(
        "POST", "/v2/posicoes", _parts(b'{"cdDispositivo":7,"nrBat":3.1}', 5), HEADERS, encode_chunked=True
    )
    assert connection.getresponse().status == 201


# Seen to fail: without reading on in bodies._digest.
@pytest.mark.parametrize("chunked", [True, False])
def test_after_a_large_body_the_connection_serves_on(connection, chunked):
    body: Any = _parts(b" " * 10_000_000, 65_536) if chunked else b" " * 10_000_000
    connection.request("POST", "/v2/posicoes/lote", body, HEADERS, encode_chunked=chunked)
    answer = connection.getresponse()
    assert (answer.status, b"TOO_LARGE" in answer.read()) == (413, True)
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200


# Seen to fail: without the check of content_length in app/http/kit/bodies.py; with except OSError in _next.
@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ("Content-Length: 100", b'{"cdDispositivo":7,"nrBat":3.1}'),
        ("Transfer-Encoding: chunked", b"1f\r\n{"),
        ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
    ],
    ids=["too short", "cut off", "strange chunks"],
)
def test_a_body_that_does_not_arrive_whole_is_not_taken(port, ledger, framing, body):
    before = ledger.stored(), ledger.quarantined()
    answer = _sent(port, framing, body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"error_code":"BAD_REQUEST"' in answer
    assert (ledger.stored(), ledger.quarantined()) == before
