"""A gateway's sessions at a broker that is a few lines of Python: what it routes, keeps and sends again.

Sessions, acknowledgements, turns and lanes are the gateway's own; only the wire and the clock are not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from paho.mqtt.client import topic_matches_sub

from app.ingest import broker, intake, lanes
from app.ingest.acks import finish
from app.ingest.broker import Broker
from app.ingest.lanes import Lanes
from app.ingest.settings import GatewaySettings
from app.ingest.stop import Stop
from app.ingest.turns import Turns
from app.ingest.wire import Received
from tests.ingest.test_broker import Counted

SETTINGS = GatewaySettings.model_construct(broker="mqtt://127.0.0.1:1883", queue=160)
Copy = tuple[str, int, int]
"""Topic, number and subscription identifier, 0 for none."""


class Clock:
    """Advances by what somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Kept:
    """What the broker has of a session: filters with their identifiers, and copies, the oldest first."""

    def __init__(self) -> None:
        self.filters: dict[str, int] = {}
        self.copies: deque[Copy] = deque()
        self.sent: dict[int, Copy] = {}

    def again(self) -> None:
        """What was sent and not acknowledged is sent again."""
        self.copies.extendleft(reversed(self.sent.values()))
        self.sent = {}


class Hub:
    """The broker."""

    def __init__(self) -> None:
        self.sessions: dict[str, Kept] = {}
        self.is_up = self.grants = True
        self.published = 0

    def publish(self, topic: str) -> None:
        """To each session that has asked for it."""
        self.published += 1
        for kept in self.sessions.values():
            found = [number for one, number in kept.filters.items() if topic_matches_sub(one, topic)]
            if found:
                kept.copies.append((topic, self.published, found[0]))


class Wire:
    """In the place of the connection of a session. Answers come when somebody looks."""

    def __init__(self, hub: Hub, name: str, owner: Broker) -> None:
        self._hub, self.name, self._owner = hub, name, owner
        self._online = self._wanted = False
        self._mids = 0
        self._answers: deque[tuple[int, bool]] = deque()

    def connect_async(self, *_: object, **__: object) -> None:
        self._wanted = True

    def loop_start(self) -> None:
        self.look()

    def loop_stop(self) -> None:
        self._wanted = False

    def look(self) -> None:
        """Connect, where that is wanted and possible, and take answers."""
        if self._wanted and not self._online and self._hub.is_up:
            present = self.name in self._hub.sessions
            self._hub.sessions.setdefault(self.name, Kept()).again()
            self._online = True
            flags, reason = SimpleNamespace(session_present=present), SimpleNamespace(is_failure=False)
            self._owner._on_connect(self, None, flags, reason, None)  # type: ignore[arg-type]
        while self._answers:
            mid, granted = self._answers.popleft()
            reasons = [SimpleNamespace(is_failure=not granted)]
            self._owner._on_subscribe(self, None, mid, reasons, None)  # type: ignore[arg-type]

    def break_off(self) -> None:
        """The connection is lost."""
        if self._online:
            self._online = False
            self._answers.clear()
            self._owner._on_disconnect(self, None, None, "lost", None)  # type: ignore[arg-type]

    def is_connected(self) -> bool:
        self.look()
        return self._online

    def subscribe(self, filters: Any, properties: Any = None) -> tuple[int, int | None]:
        if not self._online:
            return 4, None
        self._mids += 1
        if self._hub.grants or not self._is_lane or self._kept.filters:
            number = getattr(properties, "SubscriptionIdentifier", [0])[0] if properties else 0
            self._kept.filters.update((one, number) for one, _ in filters)
            self._answers.append((self._mids, True))
        else:
            self._answers.append((self._mids, False))
        return 0, self._mids

    def unsubscribe(self, filters: Any) -> None:
        if self._online:
            for one in [filters] if isinstance(filters, str) else filters:
                self._kept.filters.pop(one, None)

    def disconnect(self, properties: Any = None) -> None:
        self._wanted = False
        if self._online:
            if properties is not None:
                del self._hub.sessions[self.name]
            self.break_off()

    def acknowledge(self, mids: Sequence[int]) -> None:
        for mid in mids:
            del self._kept.sent[mid]

    def deliver(self, many: int) -> None:
        """So many copies arrive, or as many as there is room for."""
        while many and self._online and self._kept.copies and not self._owner.acks.is_full:
            topic, number, identifier = copy = self._kept.copies.popleft()
            self._mids += 1
            self._kept.sent[self._mids] = copy
            properties = b"" if not identifier else b"\x0b" + _variable(identifier)
            self._owner._take(
                [Received(self._mids, 1, False, topic.encode(), properties, str(number).encode())]
            )
            many -= 1

    @property
    def _kept(self) -> Kept:
        return self._hub.sessions[self.name]

    @property
    def _is_lane(self) -> bool:
        return "lane" in self.name


class Process:
    """A gateway process. ``stored`` is the database, which is there before and after it."""

    def __init__(self, hub: Hub, clock: Clock, stored: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
        for module in (broker, intake, lanes):
            monkeypatch.setattr(module, "time", clock, raising=False)
        monkeypatch.setattr(lanes, "_GRANT_S", 0.01)
        self._hub, self._stored = hub, stored
        self.wires: list[Wire] = []
        self.queues = [Turns(), Turns()]
        main = self._session("", None, 0)
        self.lanes = Lanes(SETTINGS, main, self.queues, self._session, Stop(1))
        self._main, self._begun = main, False
        main.start()

    def look(self) -> None:
        """As the thread of lanes does, again and again."""
        self._main.connected  # noqa: B018 - takes answers
        if self._begun:
            self.lanes.step()
        elif self._main.subscribed(0):
            self._begun = True
            self.lanes._look_for_old_ones()

    def _session(self, name: str, filters: Sequence[str] | None, most: int) -> Broker:
        made = Broker(SETTINGS, self.queues, Counted(), name=name, filters=filters, most=most)
        wire = Wire(self._hub, name or "main", made)
        made._client, made.acks._send = wire, wire.acknowledge  # type: ignore[assignment]
        self.wires.append(wire)
        return made

    def commit(self, many: int) -> None:
        """So many messages of each queue are stored."""
        for queue in self.queues:
            messages = [queue.get(0) for _ in range(min(many, len(queue)))]
            self._stored.update(int(message.payload) for message in messages)
            finish(messages)

    def end(self) -> None:
        """Killed: what it had is at the broker, or in the database."""
        for wire in self.wires:
            wire._online = wire._wanted = False


def _variable(value: int) -> bytes:
    out = b""
    while True:
        value, low = divmod(value, 128)
        out += bytes([low | 128 if value else low])
        if not value:
            return out
