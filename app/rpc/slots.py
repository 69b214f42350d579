"""Connections shared fairly: callers take turns, and none may have all."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import ApiError

_SHARE = 2  # a caller may have so many times what is left free: 3 of 4 alone, 1 always for somebody else


class _Waiter:
    __slots__ = ("has_turn", "ready")

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.has_turn = False


class Slots:
    """``size`` slots. Thread-safe.

    A request waits at most ``wait_s`` seconds; once one of a caller has waited in vain, others of this caller
    are refused immediately until one of its slots is returned. What is returned goes to the callers in turn.
    """

    def __init__(self, size: int, wait_s: float) -> None:
        self._size, self._wait_s = size, wait_s
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()
        self._free = size
        self._waiting: dict[str, deque[_Waiter]] = {}  # the first caller has the next turn
        self._in_vain: set[str] = set()

    @contextmanager
    def taken(self, caller: str) -> Iterator[None]:
        """Have a slot. Raises ApiError 503 BUSY."""
        self._take(caller)
        try:
            yield
        finally:
            self._give_back(caller)

    def _take(self, caller: str) -> None:
        with self._lock:
            if caller not in self._waiting and self._may(caller):
                self._give(caller)
                return
            if caller in self._in_vain:
                raise _busy()
            waiter = _Waiter()
            self._waiting.setdefault(caller, deque()).append(waiter)
        waiter.ready.wait(self._wait_s)
        with self._lock:
            if waiter.has_turn:
                return
            self._leave(caller, waiter)
            self._in_vain.add(caller)
        raise _busy()

    def _give_back(self, caller: str) -> None:
        with self._lock:
            self._free += 1
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]
            if self._free == self._size:
                self._in_vain.clear()
            self._in_vain.discard(caller)
            self._hand_out()

    def _hand_out(self) -> None:
        """To callers in turn, as long as one of them may have more."""
        while self._free:
            caller = next((one for one in self._waiting if self._may(one)), None)
            if caller is None:
                return
            line = self._waiting.pop(caller)
            waiter = line.popleft()
            if line:
                self._waiting[caller] = line  # behind all others
            self._give(caller)
            waiter.has_turn = True
            waiter.ready.set()

    def _may(self, caller: str) -> bool:
        return self._free > 0 and self._held[caller] < _SHARE * self._free

    def _give(self, caller: str) -> None:
        self._free -= 1
        self._held[caller] += 1

    def _leave(self, caller: str, waiter: _Waiter) -> None:
        line = self._waiting[caller]
        line.remove(waiter)
        if not line:
            del self._waiting[caller]


def _busy() -> ApiError:
    return ApiError(503, "BUSY", "Too many requests are waiting for the database; try again.")
