"""Whom the broker lets in while it keeps so many messages that saving them holds everybody up: no floods.

Mosquitto saves all that it keeps every half minute, and serves nobody meanwhile: on two busy cores 200,000
messages take most of a second, a million several. A flood that gateways have been slower than for a while
would so delay others, whose messages are stored at once. So above a number of messages the devices that flood
are shut out. They lose nothing: they keep what was not acknowledged, and are let in again when half of it is
stored. A backlog to which every device adds a little, as while the database is away, shuts nobody out. Pure;
another thread asks than the one that reports.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

_log = logging.getLogger("app.jobs")
FLOOD = 100.0
"""Messages in a second; a device that sends so many floods."""
_STEP = 0.125  # of the limit: when so many more are kept, it looks again
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
        self._since = 0.0  # it looks
        self._out: dict[Place, float] = {}  # until when
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
            self._since, self.looks = now, True
        elif messages <= self._most // 2:
            self._limit = self._most
            self._let_in(messages, {})
        else:
            self._let_in(messages, {one: until for one, until in self._out.items() if until > now})

    def _shut_out(self, messages: int, now: float) -> None:
        least = FLOOD * (now - self._since)
        floods = [(place, many) for place, many in self._sent.most_common() if many > least]
        if not floods:
            return
        self._out = self._out | dict.fromkeys((place for place, _ in floods), now + _LONGEST_S)
        most = [{"client": client, "device": device} for (client, device), _ in floods[:3]]
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
