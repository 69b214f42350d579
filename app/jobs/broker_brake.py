"""Whom the broker lets in while it keeps so many messages that saving them holds everybody up: no floods.

Mosquitto saves all that it keeps every half minute, and serves nobody meanwhile: on two busy cores 200,000
messages take most of a second, a million several. A flood that gateways have been slower than for a while
would so delay others, whose messages are stored at once. So above a number of messages two kinds of devices
are shut out: those that flood, and of clients that send more than their share of what gateways store those
that send most; clients of one parent are one to others, and share alike among themselves. They lose nothing:
they keep what was not acknowledged, and are let in again when half of it is stored. A backlog to which every
device adds a little, as while the database is away, shuts nobody out.
Pure; another thread asks than the one that reports.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator

_log = logging.getLogger("app.jobs")
FLOOD = 100.0
"""Messages in a second; a device that sends so many floods."""
FLOOD_OF_CLIENT = 10 * FLOOD
"""As much of all devices of a client and its children; less is never more than its share."""
_STEP = 0.125  # of the limit: when so many more are kept, it looks again
_CAUSE = 0.5  # of what is sent more than is stored; what clients send beyond their shares is less: not they
_LEFT = 0.5  # of its share a client keeps, so that what it has sent before becomes less
_LONGEST_S = 600.0  # shut out, where what is kept does not become less

Place = tuple[int, int]
"""Client and device."""


class Brake:
    """Who is shut out, by client and device. ``most``: messages that the broker keeps; 0: no limit."""

    def __init__(
        self, most: int, changed: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._changed, self._clock = most, changed, clock
        self._limit = most
        self._sent: Counter[Place] = Counter()  # messages, while ``looks``
        self._since, self._before = 0.0, 0  # it looks; what was kept then
        self._out: dict[Place, float] = {}  # until when
        self.parents: dict[int, int] = {}
        """Of the clients that have one."""
        self.looks = False
        """Whether what devices send is wanted."""

    def lets_in(self, client: int, device: int) -> bool:
        """Whether the broker should."""
        return (client, device) not in self._out

    def sent(self, client: int, device: int) -> None:
        """A device has sent a message meanwhile."""
        self._sent[client, device] += 1

    def kept(self, messages: int) -> None:
        """The broker keeps so many."""
        if not self._most:
            return
        now = self._clock()
        if self.looks:
            self.looks = False
            self._limit = max(self._most, messages + int(_STEP * self._most))
            if messages > self._most:
                self._shut_out(messages, now)
        elif messages > self._limit:
            self._sent.clear()
            self._since, self._before, self.looks = now, messages, True
        elif messages <= self._most // 2:
            self._limit = self._most
            self._let_in(messages, {})
        else:
            self._let_in(messages, {one: until for one, until in self._out.items() if until > now})

    def _shut_out(self, messages: int, now: float) -> None:
        seconds = now - self._since
        stored = self._sent.total() - max(0, messages - self._before)
        floods = {place for place, many in self._sent.items() if many > FLOOD * seconds}
        if stored > FLOOD * seconds:  # less, and it is the database or the gateways that are slow
            floods.update(above_share(self._sent, stored, FLOOD_OF_CLIENT * seconds, self.parents))
        if not floods:
            return
        self._out = self._out | dict.fromkeys(floods, now + _LONGEST_S)
        heaviest = sorted(floods, key=lambda place: -self._sent[place])[:3]
        most = [{"client": client, "device": device} for client, device in heaviest]
        _log.error(
            "floods_shut_out", extra={"fields": {"messages": messages, "most": most, "out": len(self._out)}}
        )
        self._changed()

    def _let_in(self, messages: int, out: dict[Place, float]) -> None:
        if len(out) == len(self._out):
            return
        self._out = out
        _log.info("floods_let_in", extra={"fields": {"messages": messages, "out": len(out)}})
        self._changed()


def above_share(
    sent: Counter[Place], stored: float, least: float, parents: dict[int, int]
) -> Iterator[Place]:
    """The devices that send most, of each client that sends more than its share of what is stored.

    Shares are equal, and what a client does not need of its own is the others'; clients of one parent have
    one share with it. A client that sends no more than ``least`` is within it; so are all where each sends
    more: nobody is held up then by somebody else. Where those within it send most of what is too much, it
    would not become less without the others, who stay.
    """
    families: dict[int, Counter[Place]] = {}
    for (client, device), many in sent.items():
        families.setdefault(parents.get(client, client), Counter())[client, device] = many
    needs = {family: own.total() for family, own in families.items()}
    share = max(_share(sorted(needs.values()), stored), least)
    above = [family for family, need in needs.items() if need > share]
    beyond = sum(needs[family] - share for family in above)
    if len(above) == len(families) or beyond < _CAUSE * (sent.total() - stored):
        return
    for family in above:
        yield from _beyond(families[family], _LEFT * share)


def _beyond(sent: Counter[Place], enough: float) -> Iterator[Place]:
    """Those that send most, until the rest sends ``enough``; its clients have equal shares of that."""
    clients: dict[int, Counter[Place]] = {}
    for place, many in sent.items():
        clients.setdefault(place[0], Counter())[place] = many
    share = _share(sorted(own.total() for own in clients.values()), enough)
    for own in clients.values():
        left = own.total()
        for place, many in own.most_common():
            if left <= share:
                break
            left -= many
            yield place


def _share(ascending: list[int], stored: float) -> float:
    """What each may have, where those that need less have what they need."""
    left = stored
    for place, need in enumerate(ascending):
        share = left / (len(ascending) - place)
        if need > share:
            return share
        left -= need
    return float("inf")
