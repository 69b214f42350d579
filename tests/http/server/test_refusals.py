"""What the server refuses by itself, before the application sees it: the one shape, nothing in the log."""

import json
from collections.abc import Iterator

import pytest

from tests._lib.databases import Database
from tests.http import callers
from tests.http.serving import Server, serving

_SECRET = callers.INGEST_KEY
_GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
_KEY = f"X-API-Key: {_SECRET}".encode()
REFUSED = {
    "a request line too long": (414, b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    "a query too long": (414, b"GET /v2/TbPosicaoAtual?k=" + _SECRET.encode() * 200 + b" HTTP/1.1\r\n\r\n"),
    "too many headers": (431, _GET + b"".join(b"X-%d: 1\r\n" % n for n in range(60)) + b"\r\n"),
    "a header too long": (431, _GET + _KEY + b"x" * 20_000 + b"\r\n\r\n"),
    "no HTTP": (400, b"hello " + _SECRET.encode() + b"\r\n\r\n"),
    "no path": (400, b"GET HTTP/1.1\r\n\r\n"),
    "a method of odd characters": (400, b"G\xc3\x8bT / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "HTTP 9.9": (400, b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
    "TLS": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    "a header without colon": (400, _GET + _SECRET.encode() + b"\r\n\r\n"),
    "a NUL in a header": (400, _GET + _KEY + b"\x00\r\n\r\n"),
    "a bare line feed in a header": (400, _GET + _KEY + b"\nX-More: 1\r\n\r\n"),
    "a bare return in a header": (400, _GET + _KEY + b"\rX-More: 1\r\n\r\n"),
    "a folded header": (400, _GET + _KEY + b"\r\n more\r\n\r\n"),
    "a space before the colon": (400, _GET + b"X-API-Key : " + _SECRET.encode() + b"\r\n\r\n"),
    "two lengths": (400, _GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "a negative length": (400, _GET + b"Content-Length: -1\r\n\r\n"),
    "a length and chunks": (400, _GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "chunks within chunks": (400, _GET + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    "an encoding nobody knows": (501, _GET + b"Transfer-Encoding: cow\r\n\r\n"),
    "an expectation": (417, _GET + b"Expect: 200-ok\r\n\r\n"),
}


@pytest.fixture(scope="module")
def server(fleet: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(fleet.api_url, tmp_path_factory.mktemp("server") / "log") as server:
        yield server


# Seen to fail: without Worker.handle_error; with the exception's text in the log.
@pytest.mark.parametrize(("status", "request_"), REFUSED.values(), ids=REFUSED)
def test_it_has_the_one_shape_and_stays_out_of_the_log(server, status, request_):
    head, _, body = server.told(request_).partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert set(json.loads(body)) == {"error", "error_code"}
    assert headers["content-type"] == "application/json"
    assert headers["x-content-type-options"] == "nosniff"
    log = server.log.read_text()
    line = next(line for line in log.splitlines() if headers["x-request-id"] in line)
    assert json.loads(line)["action"] == "refused"
    assert _SECRET not in log


def test_the_server_serves_on(server):
    answer = server.told(_GET + b"Connection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert not any(digit in answer.split(b"Server: ")[1].split(b"\r\n")[0] for digit in b"0123456789")
