"""The wire of a worker: nobody waits for a sender or a receiver, and where a request ends."""

import inspect
import socket
from collections.abc import Iterator
from contextlib import closing

import gunicorn
import pytest
from gunicorn.workers import gthread

from app.server.framing import MAX_CHUNKS, Framing
from app.server.wire import Wire
from app.server.worker import Worker

_GET = b"GET /x HTTP/1.1\r\nHost: y\r\n\r\n"
_POST = b"POST /x HTTP/1.1\r\nHost: y\r\ncontent-length: 5\r\n\r\n"
_CHUNKED = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
_OVERRIDDEN = (
    "accept",
    "finish_request",
    "handle_error",
    "handle_request",
    "init_process",
    "load_wsgi",
    "murder_pending",
    "_keepalive_after",
)


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """A wire, and who is at its other end."""
    ours, theirs = socket.socketpair()
    with closing(Wire(fileno=ours.detach())) as wire, closing(theirs):
        yield wire, theirs


# Seen to fail: with socket.sendall.
@pytest.mark.timeout(20)
def test_what_a_receiver_does_not_take_is_kept(ends):
    wire, receiver = ends
    content = bytes(range(256)) * (16 << 10)
    wire.sendall(content[:-1])
    wire.sendall(content[-1:])
    assert wire.unsent
    taken = b""
    while len(taken) < len(content):
        taken += receiver.recv(1 << 20)
        wire.flush()
    assert (taken, wire.unsent) == (content, 0)


def test_a_receiver_that_has_gone_is_an_error(ends):
    wire, receiver = ends
    receiver.close()
    with pytest.raises(OSError, match="pipe"):
        wire.sendall(b"x")


# Seen to fail: with socket.recv.
@pytest.mark.timeout(20)
def test_a_request_is_read_to_where_it_has_arrived(ends):
    wire, sender = ends
    sender.sendall(_POST + b"12345" + _GET)
    assert wire.add(wire.receive())
    wire.rewind()
    assert wire.recv(1_000) == _POST + b"12345" + _GET
    assert wire.recv(10) == b""
    assert not wire.next_request(b"GET /")
    assert not wire.add(b"x HTTP/1.1\r\n")
    assert wire.add(b"\r\n")


# Seen to fail: without go_on's word to the sender.
def test_a_sender_that_waits_is_told_to_go_on(ends):
    wire, sender = ends
    assert not wire.add(_POST.replace(b"Host", b"Expect: 100-continue\r\nHost"))
    assert wire.is_due
    wire.go_on()
    assert not wire.is_due
    assert sender.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert wire.add(b"12345")


WHOLE = {
    "no body": _GET,
    "a length": _POST + b"12345",
    "chunks": _CHUNKED + b"5\r\n12345\r\n1;a=b\r\n6\r\n0\r\n\r\n",
    "trailers": _CHUNKED + b"1\r\n1\r\n0\r\nX: y\r\n\r\n",
}
BROKEN = {
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "a length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "an unknown coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: cow\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "no chunks": _CHUNKED + b"zz\r\n",
    "an endless size": _CHUNKED + b"1" * 5_000,
    "chunks too many": _CHUNKED + b"1\r\nx\r\n" * (MAX_CHUNKS + 1),
    "trailers too many": _CHUNKED + b"0\r\n" + b"a\n" * (MAX_CHUNKS + 1),
    "a line too long": b"GET /" + b"x" * 9_000,
    "too many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000,
}


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize("request_", WHOLE.values(), ids=WHOLE)
def test_a_request_has_arrived_with_its_last_byte(request_, size):
    framing = Framing(8_190)
    parts = [request_[at : at + size] for at in range(0, len(request_), size)]
    assert [framing.has_arrived(part) for part in parts] == [False] * (len(parts) - 1) + [True]


# Seen to fail: without MAX_CHUNKS, for what is too many; 33 million lines would fit into a request.
@pytest.mark.parametrize("request_", BROKEN.values(), ids=BROKEN)
def test_nobody_waits_for_the_end_of_what_is_refused(request_):
    assert Framing(8_190).has_arrived(request_)


# Seen to fail: with a lazy group before the spaces; the loop took the square of their number, eight minutes.
@pytest.mark.timeout(60)
@pytest.mark.parametrize("header", [b"Transfer-Encoding", b"Content-Length", b"Expect"])
def test_a_header_of_spaces_costs_no_more_than_another(header):
    head = b"POST / HTTP/1.1\r\n" + header + b": 1" + b" " * 250_000 + b"x\r\n\r\n"
    assert Framing(8_190).has_arrived(head)


def test_what_follows_too_many_chunks_is_no_request(ends):
    wire, _ = ends
    assert wire.add(_CHUNKED + b"1\r\nx\r\n" * (MAX_CHUNKS + 1) + _GET)
    assert wire.is_cut


# Seen to fail: with another version; without what the worker takes from it.
def test_gunicorn_is_the_version_whose_internals_the_worker_uses():
    """When this fails: read gthread of the new version, run tests/http/server, then change both numbers."""
    assert gunicorn.__version__ == "27.0.1"
    connection = inspect.signature(gthread.TConn.__init__).parameters
    assert list(connection) == ["self", "cfg", "sock", "client", "server"]
    assert {"data_ready", "initialized"} <= set(gthread.TConn.__init__.__code__.co_names)
    for name in _OVERRIDDEN:
        ours, theirs = getattr(Worker, name), getattr(gthread.ThreadWorker, name)
        assert inspect.signature(ours).parameters.keys() == inspect.signature(theirs).parameters.keys()
    run = gthread.ThreadWorker.run.__code__.co_names
    assert {"nr_conns", "worker_connections", "murder_pending", "alive"} <= set(run)
