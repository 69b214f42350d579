"""The circuit to the database: after a failure everybody waits, longer each time, none as long as another."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

_FIRST_S, _LONGEST_S = 0.1, 5.0


class Circuit:
    """Closed while calls succeed; open for a while after one that did not. Thread-safe."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        self._clock, self._chance = clock, chance
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def open(self) -> bool:
        """The last call failed."""
        return self._failures > 0

    def succeeded(self) -> bool:
        """Close it. True if it was open."""
        with self._lock:
            was_open, self._failures = self._failures > 0, 0
            return was_open

    def failed(self, at_least_s: float = 0.0) -> bool:
        """Open it, for longer than the last time. True if it was closed."""
        with self._lock:
            now = self._clock()
            if now >= self._until:  # failures of calls that ran side by side are one
                self._failures += 1
                pause = min(_LONGEST_S, _FIRST_S * 2 ** min(self._failures - 1, 10))
                self._until = now + max(at_least_s, pause * (0.5 + self._chance() / 2))
                return self._failures == 1
            return False

    def wait_s(self) -> float:
        """Seconds until the next call may be tried."""
        return max(0.0, self._until - self._clock()) if self.open else 0.0
