"""Whom the broker lets in while its memory is full: not the devices that send most.

Mosquitto keeps what gateways have not stored yet without a limit, and its own limits drop what it has
acknowledged. A device that is shut out loses nothing: it is disconnected, keeps what was not acknowledged,
and is let in again when gateways have made room. Pure; another thread asks than the one that reports.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable

from app.ingest.wire import Received
from app.readings import topics

_log = logging.getLogger("app.jobs")
_SHARE = 0.75  # of what is sent; whoever sends it is shut out
_ROOM = 0.75  # of the limit: below that everybody is let in again
_GROWTH = 0.125  # of the limit, beyond what it was when some were shut out: then all are


class Door:
    """Devices that are shut out, by client and device. ``most``: bytes in use by the broker; 0: no limit."""

    def __init__(self, prefix: str, most: int, changed: Callable[[], None]) -> None:
        self._prefix, self._most, self._changed = prefix, most, changed
        self._sent: Counter[tuple[int, int]] = Counter()  # bytes, while ``looks``
        self._out: frozenset[tuple[int, int]] = frozenset()
        self._limit = most
        self.looks = False
        self.shut = False  # for everybody

    def lets_in(self, client: int, device: int) -> bool:
        """Whether the broker should."""
        return not self.shut and (client, device) not in self._out

    def memory(self, used: int) -> None:
        """The broker has so many bytes in use. Then ``looks`` says whether what devices send is wanted."""
        if not self._most:
            return
        if self.looks:
            self.looks = False
            if used > self._limit:
                self._shut_out(used)
        elif used > self._limit and not self.shut:
            self._sent.clear()
            self.looks = True
        elif used < _ROOM * self._most and (self.shut or self._out):
            self._out, self.shut, self._limit = frozenset(), False, self._most
            _log.info("devices_let_in", extra={"fields": {"memory_mb": used // 1_000_000}})
            self._changed()

    def sent(self, received: Iterable[Received]) -> None:
        """What devices have sent meanwhile."""
        for one in received:
            place = topics.parse.__wrapped__(self._prefix, one.topic.decode(errors="replace"))
            if place:
                self._sent[place.client, place.device] += len(one.topic) + len(one.payload)

    def _shut_out(self, used: int) -> None:
        """Those who send most; all where nobody sends, or where that was done already and did not suffice."""
        left, out = _SHARE * self._sent.total(), set(self._out)
        for place, size in self._sent.most_common():
            if left <= 0:
                break
            out.add(place)
            left -= size
        self.shut = bool(self._out) or not out
        self._out, self._limit = frozenset(out), int(used + _GROWTH * self._most)
        most = [{"client": client, "device": device} for (client, device), _ in self._sent.most_common(3)]
        devices = None if self.shut else len(out)
        fields = {"memory_mb": used // 1_000_000, "devices": devices, "most": most}
        _log.error("devices_shut_out", extra={"fields": fields})
        self._changed()
