"""How many downloads may be open: each holds a page in memory, or a file on disk, until it is taken."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from app.errors import ApiError

OF_A_CALLER = 4
OF_ALL = 32
_RETRY_AFTER_S = 10


class Turns:
    """Counts what is open, by caller. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def take(self, caller: str) -> Callable[[], None]:
        """A turn for this caller; what is returned gives it back. Raises ApiError 429, 503."""
        with self._lock:
            if self._open[caller] >= OF_A_CALLER:
                error = f"You have {OF_A_CALLER} downloads open; finish one of them first."
                raise ApiError(429, "TOO_MANY_REQUESTS", error, retry_after=_RETRY_AFTER_S)
            if self._open.total() >= OF_ALL:
                raise ApiError(503, "BUSY", "Too many downloads are open.", retry_after=_RETRY_AFTER_S)
            self._open[caller] += 1
        return _Once(lambda: self._give_back(caller))

    def _give_back(self, caller: str) -> None:
        with self._lock:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]


class _Once:
    """Calls a function at the first call only."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work: list[Callable[[], None]] = [work]

    def __call__(self) -> None:
        if self._work:
            self._work.pop()()
