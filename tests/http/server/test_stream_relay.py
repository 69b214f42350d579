"""GET /v2/stream under the address of the API, by the server it runs on."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests._lib.databases import Database
from tests.http import callers, serving
from tests.http.jobs.stream import Server as Stream
from tests.http.jobs.stream import streaming
from tests.http.serving import Server

READER = callers.as_user(callers.READER)


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The demo fleet and the callers."""
    return callers.settle(database)


@pytest.fixture(scope="module")
def stream(fleet: Database) -> Iterator[Stream]:
    """The running stream."""
    with streaming(fleet.api_url, RASTRO_STREAM_HEARTBEAT_S="1") as server:
        yield server


@pytest.fixture(scope="module")
def api(fleet: Database, stream: Stream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The API, which passes requests on to it."""
    log: Path = tmp_path_factory.mktemp("api") / "log"
    with serving.serving(fleet.api_url, log, RASTRO_STREAM_URL=stream.base) as server:
        yield server


def test_the_same_address(api: Server, stream: Stream) -> None:
    with Stream(api.port).viewer(**READER) as viewer:
        assert viewer.event().name == "open"
        assert stream.open() == 1
        while viewer.event().name != "heartbeat":
            pass


def test_a_connection_of_the_stream_is_closed_after_an_error(api: Server) -> None:
    request = b"GET /v2/stream?cdProduto=x HTTP/1.1\r\nHost: x\r\nconnection: keep-alive\r\n\r\n"
    answer = api.told(request)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"INVALID_PARAMETER" in answer


def test_the_stream_is_away(fleet: Database, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with serving.serving(
        fleet.api_url, tmp_path / "log", RASTRO_STREAM_URL=f"http://127.0.0.1:{port}"
    ) as api:
        answer = api.told(b"GET /v2/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 2\r\n" in answer


def test_no_stream_is_set(fleet: Database, tmp_path: Path) -> None:
    with serving.serving(fleet.api_url, tmp_path / "log") as api:
        head = "\r\n".join(f"{name}: {value}" for name, value in READER.items())
        answer = api.told(
            f"GET /v2/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n\r\n".encode()
        )
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"RASTRO_STREAM_URL" in answer
