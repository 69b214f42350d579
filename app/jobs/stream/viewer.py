"""An open stream, as the hub keeps it."""

from __future__ import annotations

import asyncio

from .filters import Filter

NOWHERE = -1


class Viewer:
    """An open stream."""

    def __init__(self, caller: str, wanted: Filter, now: float) -> None:
        self.caller, self.wanted, self.opened_at = caller, wanted, now
        self._clients: frozenset[int] | None = None
        self.share = 0
        """The client whose share it takes: the lowest that it sees, so that its keys and people have one."""
        self.reached = NOWHERE
        """The change of the store until which it has everything."""
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send."""
        self._news.set()

    async def changed(self) -> None:
        """Return when there may be something to send; also when there is nothing, after some pause."""
        await self._news.wait()
        self._news.clear()

    @property
    def clients(self) -> frozenset[int] | None:
        """Whose rows it may see, by the last answer of PostgreSQL; None before the first."""
        return self._clients

    @clients.setter
    def clients(self, clients: frozenset[int] | None) -> None:
        self._clients, self.share = clients, min(clients or (0,))

    @property
    def label(self) -> str:
        """A name of the caller for logs: enough to find it, no secret."""
        return self.caller[:16] if self.caller.startswith("key:") else self.caller
