"""The wire of a worker: how long it waits for a sender and for a receiver."""

import inspect
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import gunicorn
import pytest
from gunicorn.workers import gthread

from app.errors import ApiError
from app.server.worker import Wire, Worker


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """A wire, and who is at its other end."""
    ours, theirs = socket.socketpair()
    with closing(Wire(fileno=ours.detach())) as wire, closing(theirs):
        yield wire, theirs


# Seen to fail: without settimeout in Wire.sendall; without its except.
@pytest.mark.timeout(20)
def test_a_receiver_that_takes_nothing_is_as_good_as_gone(ends):
    wire, _ = ends
    wire.seconds = 0.1
    with pytest.raises(BrokenPipeError):
        wire.sendall(bytes(64 << 20))


# Seen to fail: without the deadline in Wire.recv.
@pytest.mark.timeout(20)
def test_a_sender_has_until_the_deadline(ends):
    wire, sender = ends
    wire.deadline = time.monotonic() + 0.1
    sender.sendall(b"x")
    assert wire.recv(10) == b"x"
    with pytest.raises(ApiError) as told:
        wire.recv(10)
    assert told.value.status == 408


# Seen to fail: with another version; without what the worker takes from it.
def test_gunicorn_is_the_version_whose_internals_the_worker_uses():
    """When this fails: read gthread of the new version, run tests/http/server, then change both numbers."""
    assert gunicorn.__version__ == "27.0.1"
    connection = gthread.TConn.__init__.__code__.co_names + gthread.TConn.wait_for_data.__code__.co_names
    assert {"initialized", "data_ready", "sock"} <= set(connection)
    assert "graceful" in inspect.signature(gthread.TConn.close).parameters
    assert gthread._DEFER is not None
    for name in ("handle", "handle_request", "handle_error", "load_wsgi"):
        ours, theirs = getattr(Worker, name), getattr(gthread.ThreadWorker, name)
        assert inspect.signature(ours).parameters.keys() == inspect.signature(theirs).parameters.keys()
