"""Clients take turns, and callers within a client, so that whoever asks for much waits behind itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from .share import Share

T = TypeVar("T")


class Turns(Generic[T]):
    """What waits, in the order of its turns: round robin by client, and by caller within a client."""

    def __init__(self) -> None:
        self._clients: dict[str, dict[Share, deque[T]]] = {}  # the first of each has the next turn

    def __len__(self) -> int:
        return sum(len(line) for callers in self._clients.values() for line in callers.values())

    def __contains__(self, share: Share) -> bool:
        return share in self._clients.get(share.client, ())

    def put(self, share: Share, one: T) -> None:
        """It waits behind all others of this caller."""
        self._clients.setdefault(share.client, {}).setdefault(share, deque()).append(one)

    def next(self, may: Callable[[Share], bool] = lambda _: True) -> tuple[Share, T] | None:
        """The next one of a caller that may, which then has the last turn; None if there is none."""
        share = next((one for one in self._shares() if may(one)), None)
        if share is None:
            return None
        callers = self._clients.pop(share.client)
        line = callers.pop(share)
        one = line.popleft()
        if line:
            callers[share] = line
        if callers:
            self._clients[share.client] = callers
        return share, one

    def remove(self, share: Share, one: T) -> None:
        """It does not wait any longer. Raises ValueError, KeyError if it did not."""
        callers = self._clients[share.client]
        callers[share].remove(one)
        if not callers[share]:
            del callers[share]
        if not callers:
            del self._clients[share.client]

    def _shares(self) -> Iterator[Share]:
        return (share for callers in self._clients.values() for share in callers)
