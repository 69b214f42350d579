"""Requests that have arrived wait for a thread, by turns of clients, of callers, of strangers together."""

from __future__ import annotations

from collections.abc import Iterator

from app.identity.met import Met
from app.identity.turns import Turns

from .connection import Connection


class Places:
    """Threads that are taken in turns. Only the loop of the worker uses it."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._turns: Turns[Connection] = Turns()
        self._met = Met()
        self._taken = 0

    def put(self, conn: Connection) -> None:
        """A request of this connection has arrived."""
        conn.credential, conn.share, conn.is_unknown = conn.sock.credential, None, False
        self._turns.put(self._met.share(conn.credential), conn)

    def free(self) -> Iterator[Connection]:
        """Those who have waited for their turn, while a thread is free for each."""
        while self._taken < self._threads and (found := self._turns.next()):
            _, conn = found
            conn.has_thread = True
            self._taken += 1
            yield conn

    def leave(self, conn: Connection) -> None:
        """Its thread is free again. Who made the request may be known now."""
        conn.has_thread = False
        self._taken -= 1
        if conn.is_unknown:
            self._met.forget(conn.credential)
        elif conn.share:
            self._met.add(conn.credential, conn.share)

    def knows(self, conn: Connection) -> bool:
        """Whether the application has met who shows the credential of the request that arrives."""
        return self._met.knows(conn.sock.credential)
