"""Callers whom PostgreSQL has confirmed: whom they act for, and that their next body may be read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from .principal import Principal

LIFETIME_S = 60
MET_S = 24 * 3600  # how long a confirmed caller is remembered
_MOST = 10_000  # callers; beyond, all are looked up anew


class Known:
    """Confirmed callers, each with the permission that was asked for. Thread-safe.

    No decision about what a caller may see or do depends on this: the call that follows is judged by
    PostgreSQL again. Unknown callers are never held, so nobody but a holder of credentials takes room here.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str, str | None], float] = {}
        self._met: dict[str, tuple[float, str]] = {}

    def client_of(self, identity: str) -> str | None:
        """For whom the caller acted, "" where that was not said; None if unconfirmed within the last day."""
        until, client = self._met.get(identity, (0.0, ""))
        return client if self._clock() < until else None

    def recognised(self, principal: Principal) -> Principal:
        """The same caller with what is known of it now."""
        client = self.client_of(principal.identity)
        return replace(principal, is_stranger=client is None, client=client or "")

    def has(self, principal: Principal, permission: str | None) -> bool:
        """Whether the caller was confirmed within the last minute."""
        until = self._until.get((principal.kind, principal.identity, permission))
        return until is not None and self._clock() < until

    def add(self, principal: Principal, permission: str | None, clients: str | None = None) -> None:
        """The caller was confirmed now; it acted for these clients (codes with commas), if that was said."""
        if len(self._until) >= _MOST:
            self._until, self._met = {}, {}
        client = clients.partition(",")[0] if clients else self.client_of(principal.identity) or ""
        self._met[principal.identity] = self._clock() + MET_S, client
        self._until[principal.kind, principal.identity, permission] = self._clock() + LIFETIME_S

    def drop(self, principal: Principal, permission: str | None) -> None:
        """The caller was refused this permission."""
        self._until.pop((principal.kind, principal.identity, permission), None)

    def forget(self, principal: Principal) -> None:
        """PostgreSQL does not know the caller any more."""
        self._met.pop(principal.identity, None)
