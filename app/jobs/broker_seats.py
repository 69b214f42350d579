"""Which connections of a client the broker keeps when few are left for others.

Mosquitto limits connections of all devices together, and a client may have as many devices as it likes. So
when nine tenths of them are taken, the clients that have most are cut to one level, by which a quarter is
free again: of each the connections stay that are oldest, and its other logins are refused for some minutes.
Who has less than that level is not affected.

Whose a connection is the broker's log says when it is made. For those that are older than the job, devices
connect once more, in groups: the broker ends what is not among its logins, and devices come back. Pure;
another thread asks than the one that reports.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from zlib import crc32

_log = logging.getLogger("app.jobs")
_FULL, _LEVEL = 0.9, 0.75  # of all connections: from here on some are ended, so that no more are left
_OUT_S = 600.0
_GROUPS = 8
_REPORTS = 2  # of the broker, in which it has ended the connections of a group
_DO = "raise max_connections, revoke logins that nobody needs, or limit the connections of an address"

Clients = Mapping[int, Sequence[str]]
"""Logins that are connected, oldest first, by client."""


class Seats:
    """Whom the broker lets in while connections are few. ``most``: connections of devices; 0: no limit."""

    def __init__(
        self, most: int, changed: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._changed, self._clock = most, changed, clock
        self._kept: dict[int, frozenset[str]] = {}  # of clients that are cut: the logins that stay
        self._until = self._renewed = float("-inf")
        self._reports = -1  # since connections are made anew; -1: they are not
        self._known: frozenset[str] = frozenset()
        self._needed: Callable[[], bool] = _always

    def lets_in(self, client: int, login: str) -> bool:
        """Whether the broker should."""
        kept, reports = self._kept.get(client), self._reports
        if kept is not None and login not in kept:
            return False
        return reports < 0 or login in self._known or group(login) != reports // _REPORTS

    def renew(self, known: Collection[str], needed: Callable[[], bool]) -> None:
        """Let devices connect once more, but for those whose connections are known, while there is need."""
        now = self._clock()
        if self._reports >= 0 or now < self._renewed + _OUT_S:
            return
        self._renewed, self._known, self._needed, self._reports = now, frozenset(known), needed, 0
        _log.warning("connections_renewed", extra={"fields": {"known": len(self._known)}})
        self._changed()

    def report(self, connected: int, look: Callable[[], Clients]) -> None:
        """So many are connected now."""
        if self._reports >= 0:
            self._go_on()
        elif self._most and connected >= _FULL * self._most:
            clients = look()
            if not self._cut(clients, connected):
                self.renew([login for logins in clients.values() for login in logins], _always)
        elif self._kept and self._clock() >= self._until:
            self._kept = {}
            _log.info("clients_let_in", extra={"fields": {"connected": connected}})
            self._changed()

    def _go_on(self) -> None:
        """To the next group, after a while; the last one, or where it is not needed any more, to nobody."""
        self._reports += 1
        if self._reports % _REPORTS == 0:
            if self._reports == _REPORTS * _GROUPS or not self._needed():
                self._reports = -1
            self._changed()

    def _cut(self, clients: Clients, connected: int) -> bool:
        """Whether so many of these could be ended that enough are left for others."""
        found = level([len(logins) for logins in clients.values()], int(_LEVEL * self._most))
        kept = {one: frozenset(logins[:found]) for one, logins in clients.items() if len(logins) > found}
        if not kept:
            return False
        self._kept, self._until = self._kept | kept, self._clock() + _OUT_S
        fields = {"connected": connected, "each": found, "clients": sorted(kept)[:10], "do": _DO}
        _log.error("clients_cut", extra={"fields": fields})
        self._changed()
        return True


def level(sizes: Collection[int], most: int) -> int:
    """The largest number to which each may be cut so that all together are no more than ``most``."""
    left, many = most, len(sizes)
    for size in sorted(sizes):
        if size * many > left:
            return left // many
        left, many = left - size, many - 1
    return max(sizes, default=0)


def _always() -> bool:
    return True


def group(login: str) -> int:
    """One of a few, by which logins are taken in turns."""
    return crc32(login.encode()) % _GROUPS
