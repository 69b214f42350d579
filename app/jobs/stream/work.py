"""Processor time that viewers of a client take, so that one with many devices and viewers leaves most of it
to others. Whoever waits misses nothing: no viewer has a queue, and it gets the latest when its turn comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 0.2  # of one processor, for a client, on the average
BURST_S = 0.1


class Work:
    """Seconds that were spent on each client and are not forgiven yet. ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[int, tuple[float, float]] = {}

    def may(self, client: int) -> bool:
        """Whether something may be done for this client now."""
        return self._owed(client) < BURST_S

    @contextmanager
    def of(self, client: int) -> Iterator[None]:
        """What is done inside is done for this client."""
        began = self._clock()
        try:
            yield
        finally:
            now = self._clock()
            self._spent[client] = self._owed(client) + now - began, now

    def forget(self) -> None:
        """Forget who owes nothing."""
        self._spent = {client: spent for client, spent in self._spent.items() if self._owed(client)}

    def _owed(self, client: int) -> float:
        spent, at = self._spent.get(client, (0.0, 0.0))
        return max(0.0, spent - (self._clock() - at) * SHARE)
