"""Connections shared fairly: clients take turns, in each its callers, and none may have all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from app import meters
from app.errors import ApiError
from app.identity.share import NEWCOMERS, STRANGERS, Held, Share
from app.identity.turns import Turns

# Times what is left free. 3 of 4 for a caller alone, and all callers of a client leave one to others, too.
_OF_A_CALLER, _OF_A_CLIENT = 2, 3
# Where others have asked lately, half: what they ask may be much, and would wait for the one that is left. A
# quarter for large calls, which keep a processor for as long as a hundred others.
_LATELY_S = 30.0  # each process notices for itself, and callers come to one or the other
_LARGE = 64 << 10  # characters or bytes of arguments
OURSELVES = Share("", "")  # whether the database is ready
_NEVER_OTHERS = {one.client for one in (OURSELVES, STRANGERS, NEWCOMERS)}


def sized(share: Share, size: int) -> Share:
    """The share of a call with arguments of this size."""
    return share._replace(is_large=size > _LARGE)


class _Waiter:
    __slots__ = ("has_turn", "ready")

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.has_turn = False


class _Lately:
    """Who has asked in the last seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._asked: dict[Hashable, float] = {}  # the latest last

    def add(self, one: Hashable) -> None:
        """It asks now."""
        now = self._clock()
        self._asked.pop(one, None)
        self._asked[one] = now
        while now - self._asked[first := next(iter(self._asked))] > _LATELY_S:
            del self._asked[first]

    def others(self, one: Hashable) -> bool:
        """Whether somebody else has."""
        return len(self._asked) > (one in self._asked)


class Slots:
    """``size`` slots. Thread-safe.

    A request waits at most ``wait_s`` seconds; once one of a caller has waited in vain, others of this caller
    are refused immediately until one of its slots is returned, or anybody's if it has none. What is returned
    goes to clients that have none first, and to the callers in turn.
    """

    def __init__(self, size: int, wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._wait_s = size, wait_s
        self._callers, self._clients = _Lately(clock), _Lately(clock)
        self._lock = threading.Lock()
        self._held = Held()
        self._waiting: Turns[_Waiter] = Turns()
        self._in_vain: set[Share] = set()

    @contextmanager
    def taken(self, share: Share) -> Iterator[None]:
        """Have a slot. Raises ApiError 503 BUSY."""
        self._take(share)
        meters.connection_taken()
        try:
            yield
        finally:
            meters.connection_returned()
            self._give_back(share)

    def _take(self, share: Share) -> None:
        with self._lock:
            if share.client not in _NEVER_OTHERS:
                self._callers.add(share.caller)
                self._clients.add(share.client)
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
        while found := self._waiting.next(self._must) or self._waiting.next(self._may):
            share, waiter = found
            self._held.add(share)
            waiter.has_turn = True
            waiter.ready.set()

    def _must(self, share: Share) -> bool:
        return self._may(share) and not self._held.by_client(share)

    def _may(self, share: Share) -> bool:
        free, half = self._size - self._held.total(), self._size / 2
        of_caller = sum(self._held.by_caller(share._replace(is_large=large)) for large in (False, True))
        of_client, of_large = self._held.by_client(share), self._held.by_caller(share) * share.is_large
        return (
            of_caller < _OF_A_CALLER * free
            and of_client < _OF_A_CLIENT * free
            and ((of_caller < half and of_large < half / 2) or not self._callers.others(share.caller))
            and (of_client < half or not self._clients.others(share.client))
        )


def _busy() -> ApiError:
    meters.no_connection()
    return ApiError(503, "BUSY", "Too many requests are waiting for the database; try again.")
