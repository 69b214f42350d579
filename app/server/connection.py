"""A connection of the worker, and the answer that is being made for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from gunicorn.workers import gthread

from app.identity.share import Share

from .wire import Wire


class Answer:
    """An answer that is being made: its parts, and what they are written with."""

    def __init__(self, response: Any, parts: Any, request: Any, environ: dict[str, Any]) -> None:
        self.response, self.request, self.environ = response, request, environ
        self.began = datetime.now()
        self._parts = parts
        self.rest: Iterator[bytes] = iter(parts)

    def close(self) -> None:
        """The application may release what it holds for it."""
        if hasattr(self._parts, "close"):
            self._parts.close()


class Connection(gthread.TConn):  # type: ignore[misc]
    """A connection, and what the loop waits for on it."""

    def __init__(self, cfg: Any, sock: Any, client: Any, server: Any) -> None:
        wire = Wire(fileno=sock.detach(), max_line=cfg.limit_request_line)
        super().__init__(cfg, wire, client, server)
        self.parser: Any
        self.data_ready = True
        self.deadline = 0.0
        self.since = time.monotonic()
        self.taken = 0  # bytes that the receiver took since the deadline was set
        self.is_ending = False  # answered: the loop waits until the client closes, too
        self.answer: Answer | None = None
        self.kept: Any = False
        self.credential = b""  # of the request
        self.share: Share | None = None  # who made it, once that is known
        self.has_thread = False  # one of those that are taken in turns
        self.is_asked = False  # the application was asked who sends the request
        self.is_confirmed = False  # and knows; the rest may be received
        self.is_unknown = False  # and did not: answered 401
        self.drained = 0  # bytes that came after the answer

    def begin_again(self) -> None:
        """The request is parsed anew when the rest of it has arrived."""
        self.parser, self.initialized = None, False

    def give_up(self) -> None:
        """Close it, whatever is still to be done."""
        answer, self.answer = self.answer, None
        if answer:
            with suppress(Exception):
                answer.close()
        self.close()
