"""Whom the broker lets in while its memory is full: not the clients that send most.

Mosquitto keeps what gateways have not stored yet without a limit, and its own limits drop what it has
acknowledged. A device that is shut out loses nothing: it is disconnected, keeps what was not acknowledged,
and is let in again when there is room, or after a time: Mosquitto 2.0.11 does not free all that it has used.
Nobody is shut out for what others do. Pure; another thread asks than the one that reports.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.ingest.wire import Received
from app.readings import topics

from .broker_brake import Brake

_log = logging.getLogger("app.jobs")
_SHARE = 0.75  # of what is sent; whoever sends it is shut out
_STEP = 0.125  # of the limit: so much more or less than at the last decision leads to another
_EXPLAINED = 0.5  # of what memory has grown by; less, and nobody is to blame
_TOPIC = 1_700  # bytes of a topic that was ever retained, which Mosquitto 2.0.11 does not free
_FIRST_S, _LONGER, _LONGEST_S = 600.0, 6.0, 86_400.0  # shut out so long, each time so many times longer
_DO = "revoke the logins that nobody needs, limit what an address may send, or restart the broker"

Place = tuple[int, int]
"""Client and device."""
One = TypeVar("One")


class Door:
    """Who is shut out, by client and device. ``most``: bytes in use by the broker; 0: no limit.

    ``messages``: how many it may keep before floods are shut out, whatever its memory; 0: no limit.

    Growth is attributed: to devices that send, as far as the broker keeps messages; to those that have new
    topics retained; the rest to those that do not read what it answers. What is none of it is nobody's.
    """

    def __init__(
        self,
        prefix: str,
        most: int,
        changed: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        messages: int = 0,
    ) -> None:
        self._prefix, self._most, self._changed, self._clock = prefix, most, changed, clock
        self._brake = Brake(messages, changed, clock)
        self._step = int(_STEP * most)
        self._sent: Counter[Place] = Counter()  # bytes, while ``looks``
        self._topics: Counter[Place] = Counter()  # new ones with retained messages, since the last decision
        self._out: dict[tuple[int, int | None], float] = {}  # until when; without a device: the whole client
        self._times: dict[int, tuple[int, float]] = {}  # how often a client was shut out, and when last
        self._unread: Counter[Place] = Counter()  # bytes that wait for those who do not read them
        self._limit = most
        self._level, self._kept = -1, 0  # in use, and of messages, at the last decision; -1: nothing is known
        self._looks = False
        self.unexplained = False
        """Whether nobody was known, at the last decision, to be the cause of most of it."""

    def lets_in(self, client: int, device: int) -> bool:
        """Whether the broker should."""
        out = self._out
        if (client, None) in out or (client, device) in out:
            return False
        return self._brake.lets_in(client, device)

    def parents(self, of_clients: dict[int, int]) -> None:
        """Which clients have a parent: with it, and with its other children, they are one."""
        self._brake.parents = of_clients

    @property
    def looks(self) -> bool:
        """Whether what devices send until the next report is wanted."""
        return self._looks or self._brake.looks

    def report(self, used: int, kept: int, messages: int) -> None:
        """The broker has so many bytes in use, so many of them for messages that gateways have not stored."""
        self._brake.kept(messages)
        if not self._most:
            return
        if self._level < 0:  # what is there already is nobody's who sends now
            self._decided(used, kept)
        if self._looks:
            self._looks = False
            if used > self._limit:
                self._shut_out(used, kept)
        elif used > self._limit:
            self._sent.clear()
            self._looks = True
        elif used < self._level - self._step:
            self._decided(used, kept)
            if self._limit == self._most:
                self._times.clear()
            self._let_in(used, {})
        else:
            now = self._clock()
            self._let_in(used, {one: until for one, until in self._out.items() if until > now})

    def sent(self, received: Iterable[Received]) -> None:
        """What devices have sent meanwhile."""
        for one in received:
            place = topics.read(self._prefix, one.topic.decode(errors="replace"))
            if place:
                self._sent[place.client, place.device] += len(one.topic) + len(one.payload)
                self._brake.sent(place.client, place.device)

    def retained(self, new: Counter[Place]) -> None:
        """So many topics had a message retained for the first time."""
        self._topics += new

    def unread(self, waiting: Counter[Place]) -> None:
        """Devices do not read what the broker answers; so many bytes wait in their connections now."""
        self._unread = waiting

    def _decided(self, used: int, kept: int) -> None:
        self._level, self._kept, self._limit = used, kept, max(self._most, used + self._step)
        self._topics.clear()

    def _causes(self, grown: int, kept: int) -> Counter[Place]:
        """Bytes by which memory has grown since the last decision, as far as they are somebody's."""
        found = Counter({place: many * _TOPIC for place, many in self._topics.items()})
        share = max(0, kept - self._kept) / (self._sent.total() or 1)
        found.update({place: int(size * share) for place, size in self._sent.items()})
        share = max(0, grown - found.total()) / (self._unread.total() or 1)
        found.update({place: int(size * share) for place, size in self._unread.items()})
        return found

    def _shut_out(self, used: int, kept: int) -> None:
        """The devices that fill memory of the clients that do; a client as a whole where it was before."""
        grown = used - self._level
        causes = self._causes(grown, kept)
        self._decided(used, kept)
        clients: Counter[int] = Counter()
        for (client, _), size in causes.items():
            clients[client] += size
        most = [{"client": client, "device": device} for (client, device), _ in causes.most_common(3)]
        fields = {"memory_mb": used // 1_000_000, "kept_mb": kept // 1_000_000, "most": most}
        self.unexplained = causes.total() < _EXPLAINED * grown
        if self.unexplained:
            _log.error("broker_memory_full", extra={"fields": fields | {"do": _DO}})
            return
        now, out = self._clock(), self._out
        for client in _heaviest(clients):
            until = now + self._time_out(client, now)
            mine = Counter({one: size for one, size in causes.items() if one[0] == client})
            again = self._times[client][0] > 1
            out = {one: end for one, end in out.items() if one[0] != client}
            out |= dict.fromkeys([(client, None)] if again else _heaviest(mine), until)
        self._out = out
        _log.error("devices_shut_out", extra={"fields": fields | {"out": len(out)}})
        self._changed()

    def _time_out(self, client: int, now: float) -> float:
        """Longer each time; what was more than twice the longest time ago is forgotten."""
        times, last = self._times.get(client, (0, now))
        times = 1 if now - last > 2 * _LONGEST_S else times + 1
        self._times[client] = times, now
        return min(_FIRST_S * _LONGER ** (times - 1), _LONGEST_S)

    def _let_in(self, used: int, out: dict[tuple[int, int | None], float]) -> None:
        if len(out) == len(self._out):
            return
        self._out = out
        _log.info("devices_let_in", extra={"fields": {"memory_mb": used // 1_000_000, "out": len(out)}})
        self._changed()


def _heaviest(sizes: Counter[One]) -> list[One]:
    """Those who send most of all; none that sends less than the average."""
    left, average = _SHARE * sizes.total(), sizes.total() / len(sizes)
    found = []
    for one, size in sizes.most_common():
        if left <= 0 or size < average:
            break
        found.append(one)
        left -= size
    return found
