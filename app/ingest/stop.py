"""When the threads of a gateway should end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

IDLE_S = 0.2  # how long a thread without work takes to notice that it should end


class Stopped(Exception):
    """The time to drain is over; the broker keeps what is not acknowledged."""


class Stop:
    """When the writers should end: on request, at the latest ``drain_s`` seconds later."""

    def __init__(self, drain_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._drain_s, self._clock = drain_s, clock
        self._until = float("inf")
        self.asked = threading.Event()
        self.failed = threading.Event()

    def ask(self) -> None:
        """From now on only what is queued."""
        self._until = self._clock() + self._drain_s
        self.asked.set()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Stopped when that would take longer than there is time."""
        while (left := min(seconds, IDLE_S)) > 0:
            time.sleep(left)
            seconds -= left
            if self._clock() >= self._until:
                raise Stopped
        if self._clock() >= self._until:
            raise Stopped
