"""Connections shared fairly: clients take turns, in each its callers, and none may have all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import ApiError
from app.identity.share import Held, Share
from app.identity.turns import Turns

# Times what is left free. 3 of 4 for a caller alone, and all callers of a client leave one to others, too.
_OF_A_CALLER, _OF_A_CLIENT = 2, 3


class _Waiter:
    __slots__ = ("has_turn", "ready")

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.has_turn = False


class Slots:
    """``size`` slots. Thread-safe.

    A request waits at most ``wait_s`` seconds; once one of a caller has waited in vain, others of this caller
    are refused immediately until one of its slots is returned, or anybody's if it has none. What is returned
    goes to the callers in turn.
    """

    def __init__(self, size: int, wait_s: float) -> None:
        self._size, self._wait_s = size, wait_s
        self._lock = threading.Lock()
        self._held = Held()
        self._waiting: Turns[_Waiter] = Turns()
        self._in_vain: set[Share] = set()

    @contextmanager
    def taken(self, share: Share) -> Iterator[None]:
        """Have a slot. Raises ApiError 503 BUSY."""
        self._take(share)
        try:
            yield
        finally:
            self._give_back(share)

    def _take(self, share: Share) -> None:
        with self._lock:
            if share not in self._waiting and self._may(share):
                self._held.add(share)
                return
            if share in self._in_vain:
                raise _busy()
            waiter = _Waiter()
            self._waiting.put(share, waiter)
        waiter.ready.wait(self._wait_s)
        with self._lock:
            if waiter.has_turn:
                return
            self._waiting.remove(share, waiter)
            self._in_vain.add(share)
        raise _busy()

    def _give_back(self, share: Share) -> None:
        with self._lock:
            self._held.remove(share)
            self._in_vain = {one for one in self._in_vain if one != share and self._held.by_caller(one)}
            self._hand_out()

    def _hand_out(self) -> None:
        """By turns, as long as one of those who wait may have more."""
        while found := self._waiting.next(self._may):
            share, waiter = found
            self._held.add(share)
            waiter.has_turn = True
            waiter.ready.set()

    def _may(self, share: Share) -> bool:
        free = self._size - self._held.total()
        return (
            self._held.by_caller(share) < _OF_A_CALLER * free
            and self._held.by_client(share) < _OF_A_CLIENT * free
        )


def _busy() -> ApiError:
    return ApiError(503, "BUSY", "Too many requests are waiting for the database; try again.")
