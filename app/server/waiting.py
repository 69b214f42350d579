"""Connections of a worker that are not in a thread: until when each may wait, and who gives way to others."""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable
from typing import Any

from .connection import Connection
from .wire import PIECE

_MOST = 256 << 20  # bytes of requests and answers that wait, all together


class Waiting:
    """They are in gunicorn's poller, too. Only the loop of the worker uses it."""

    def __init__(self, poller: selectors.BaseSelector) -> None:
        self._poller = poller
        self._connections: dict[Connection, None] = {}

    def add(self, conn: Connection, seconds: float, event: int, react: Callable[[Any], None]) -> None:
        """It waits for this event for so long; ``react`` gets what the poller passes on."""
        conn.sock.setblocking(False)
        conn.deadline = time.monotonic() + seconds
        self._connections[conn] = None
        self._poller.register(conn.sock, event, react)

    def remove(self, conn: Connection) -> None:
        """It waits no more."""
        del self._connections[conn]
        self._poller.unregister(conn.sock)

    def late(self, now: float, is_idle: Callable[[Connection], bool]) -> list[Connection]:
        """Those whose time is over, or that need not be waited for."""
        return [one for one in self._connections if one.deadline < now or is_idle(one)]

    def longest(self) -> Connection | None:
        """Whoever has waited longest: a silent one, otherwise a slow one."""
        by_time = ((one.sock.arrived + one.sock.unsent > 0, one.since) for one in self._connections)
        return min(zip(by_time, self._connections, strict=True), key=lambda one: one[0], default=(0, None))[1]

    def in_the_way(self) -> Connection | None:
        """Where too much waits to be received or taken, the large one that has waited longest.

        Were it the largest, many who each hold back a little would have every larger request refused.
        """
        sizes = {one: one.sock.arrived + one.sock.unsent for one in self._connections}
        if sum(sizes.values()) <= _MOST:
            return None
        large = [one for one in sizes if sizes[one] > PIECE] or list(sizes)
        return min(large, key=lambda one: one.deadline)
