"""gunicorn's threaded worker, changed so that

- a request must arrive within a number of seconds, headers and body together, whatever its pace;
- what gunicorn refuses by itself is answered in the one error shape and logged without what was sent: a
  header that cannot be parsed may well be a credential.
"""

from __future__ import annotations

import errno
import logging
import math
import socket
import time
from http.client import responses
from secrets import token_hex
from typing import Any

import msgspec
from gunicorn import util
from gunicorn.http import errors as refusals
from gunicorn.workers import gthread

from app.errors import ApiError, from_status
from app.http.kit.headers import ALWAYS

_log = logging.getLogger(__name__)
_STATUS = {
    refusals.LimitRequestLine: 414,
    refusals.LimitRequestHeaders: 431,
    refusals.ExpectationFailed: 417,
    refusals.UnsupportedTransferCoding: 501,
}


class Wire(socket.socket):
    """To be read until ``deadline`` (monotonic clock); an answer must be taken within ``seconds``."""

    deadline = math.inf
    seconds = math.inf

    def recv(self, size: int, flags: int = 0) -> bytes:
        """See socket. Raises ApiError 408 after the deadline."""
        if math.isinf(self.deadline):
            return super().recv(size, flags)
        left = self.deadline - time.monotonic()
        try:
            self.settimeout(max(left, 1e-6))
            return super().recv(size, flags)
        except TimeoutError:
            raise from_status(408, "The request took too long to arrive.") from None

    def sendall(self, data: Any, flags: int = 0) -> None:
        """See socket. A receiver that does not read the answer in time is treated as disconnected."""
        self.settimeout(self.seconds)
        try:
            super().sendall(data, flags)
        except TimeoutError as slow:
            raise BrokenPipeError(errno.EPIPE, "The answer was not taken in time.") from slow


class Worker(gthread.ThreadWorker):  # type: ignore[misc]
    """See the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = 0

    def load_wsgi(self) -> None:
        """See gunicorn's Worker."""
        super().load_wsgi()
        self._seconds = self.wsgi.extensions["rastro.settings"].receive_timeout_s

    def handle(self, conn: Any) -> Any:
        """See gunicorn's ThreadWorker: in a thread, the next request of a connection."""
        if not conn.initialized and not conn.data_ready and not conn.wait_for_data(0):
            return gthread._DEFER  # a connection that says nothing waits without a thread
        self._wire(conn).deadline = time.monotonic() + self._seconds
        kept = super().handle(conn)
        conn.sock.deadline = math.inf
        if not kept:
            conn.close(graceful=True)  # lingers for seconds: here, not in the thread that accepts
        return kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """See gunicorn's ThreadWorker: what is left of the body after the answer is dropped by its rules."""
        try:
            return super().handle_request(req, conn)
        finally:
            conn.sock.deadline = math.inf

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """See gunicorn's Worker: answer for a request that did not reach the application or its end."""
        error, request_id = _refusal(exc), token_hex(16)
        known = {"request_id": request_id, "status": error.status, "reason": type(exc).__name__}
        if error.status == 500:
            _log.error("unexpected", exc_info=exc, extra={"fields": known})
        else:
            _log.warning("refused", extra={"fields": known})
        try:
            util.write_nonblock(client, _answer(error, request_id))
        except OSError:
            _log.debug("gone", extra={"fields": known})

    def _wire(self, conn: Any) -> Wire:
        if not isinstance(conn.sock, Wire):
            conn.sock = Wire(fileno=conn.sock.detach())
            conn.sock.seconds = self._seconds
        wire: Wire = conn.sock
        return wire


def _refusal(exc: Exception) -> ApiError:
    if isinstance(exc, ApiError):
        return exc
    if isinstance(exc, refusals.ParseException):
        return from_status(_STATUS.get(type(exc), 400), "The HTTP request is invalid.")
    return from_status(500, "An internal error occurred.")


def _answer(error: ApiError, request_id: str) -> bytes:
    body = msgspec.json.encode(error.body())
    headers = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Request-Id": request_id,
        **ALWAYS,
    }
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {error.status} {responses[error.status]}\r\n{''.join(lines)}\r\n"
    return head.encode("ascii") + body
