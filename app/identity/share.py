"""Whose share of threads, connections and downloads a request takes, and who holds how much."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Share(NamedTuple):
    """Of a client, and in it of one of its callers, whose large calls of the database wait for each other."""

    client: str
    caller: str
    is_large: bool = False


CONFIRMED = "rastro.share"
"""Where the environ of a request says whose it was: the server has that caller's later ones wait by turns."""
# Keys, accounts and devices can be made up by the thousand, so those that are not confirmed share one.
STRANGERS, NEWCOMERS, TRACKERS = (Share(name, name) for name in ("strangers", "newcomers", "trackers"))


class Held:
    """What clients and callers hold at this moment. Not thread-safe: its user has a lock."""

    def __init__(self) -> None:
        self._of_callers: Counter[Share] = Counter()
        self._of_clients: Counter[str] = Counter()

    def add(self, share: Share) -> None:
        """It holds one more."""
        self._of_callers[share] += 1
        self._of_clients[share.client] += 1

    def remove(self, share: Share) -> None:
        """It holds one less."""
        _less(self._of_callers, share)
        _less(self._of_clients, share.client)

    def by_caller(self, share: Share) -> int:
        """How many this caller holds."""
        return self._of_callers[share]

    def by_client(self, share: Share) -> int:
        """How many its client holds, by all its callers."""
        return self._of_clients[share.client]

    def total(self) -> int:
        """How many are held."""
        return self._of_clients.total()


def _less(counter: Counter[T], one: T) -> None:
    """What falls to nothing is gone, so that there are no more entries than holders."""
    counter[one] -= 1
    if not counter[one]:
        del counter[one]
