"""How many downloads may be open: each holds a page in memory, or a file on disk, until it is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.errors import ApiError
from app.identity.share import Held, Share

OF_A_CALLER = 4
OF_A_CLIENT = 16
OF_ALL = 32
_RETRY_AFTER_S = 10


class Turns:
    """Counts what is open, by caller and client. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = Held()

    def take(self, share: Share) -> Callable[[], None]:
        """A turn of this share; what is returned gives it back. Raises ApiError 429, 503."""
        with self._lock:
            if self._open.by_caller(share) >= OF_A_CALLER:
                raise _too_many(f"You have {OF_A_CALLER} downloads open; finish one of them first.")
            if self._open.by_client(share) >= OF_A_CLIENT:
                raise _too_many(f"Your client has {OF_A_CLIENT} downloads open; one must end first.")
            if self._open.total() >= OF_ALL:
                raise ApiError(503, "BUSY", "Too many downloads are open.", retry_after=_RETRY_AFTER_S)
            self._open.add(share)
        return _Once(lambda: self._give_back(share))

    def _give_back(self, share: Share) -> None:
        with self._lock:
            self._open.remove(share)


def _too_many(error: str) -> ApiError:
    return ApiError(429, "TOO_MANY_REQUESTS", error, retry_after=_RETRY_AFTER_S)


class _Once:
    """Calls a function at the first call only."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work: list[Callable[[], None]] = [work]

    def __call__(self) -> None:
        if self._work:
            self._work.pop()()
