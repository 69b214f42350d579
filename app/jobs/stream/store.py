"""The latest position of each device and the latest value of each sensor, by client, as viewers see them.

No viewer has a queue: each change has a number, and a viewer takes everything after the number that it has.
Whoever is slow skips what was replaced meanwhile. A device changes at most once a second here; what comes
sooner is held until then.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from msgspec import Raw, Struct
from msgspec.structs import replace

from .database import News, Position, Value

PACE_S = 1.0  # between two changes of one device, on the average
_SLACK_S = PACE_S / 2  # who reports once a second is not always on time, and must not be a second late for it

T = TypeVar("T", Position, Value)


class Mark(NamedTuple):
    """How far a viewer is: by the store's own numbers, and by transactions, which outlive this process."""

    number: int
    horizon: int


class _Entry(Struct, Generic[T], gc=False):
    number: int
    row: T
    due: float
    """When the next change is expected; it may be shown a little sooner."""


@dataclass(slots=True)
class _Client:
    """Entries in the order of their changes."""

    positions: OrderedDict[int, _Entry[Position]] = field(default_factory=OrderedDict)
    values: OrderedDict[int, _Entry[Value]] = field(default_factory=OrderedDict)
    held: dict[int, Position] = field(default_factory=dict)
    whole_at: float = 0.0
    """When all of it was read."""
    number: int = 0
    """Its last change."""


class Store:
    """See the module. Not thread-safe. ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: dict[int, _Client] = {}
        self._owners: dict[int, int] = {}
        self._number = 0
        self._read_until = 0
        self.mark = Mark(0, 0)
        """Where a viewer is that has everything."""
        self.server = ""
        self.next_transaction = 0

    @property
    def known(self) -> Collection[int]:
        """Clients whose positions are here."""
        return self._clients.keys()

    @property
    def read_until(self) -> int:
        """The horizon from which the database is asked next."""
        return self._read_until

    def take(self, news: News, asked_as_known: Collection[int]) -> bool:
        """Take in an answer, in which clients that were not known are complete; whether anything changed."""
        before = self._number
        if news.server != self.server:
            self._clients, self._read_until, self.server = {}, 0, news.server
            if asked_as_known:  # what was known came from another server: all of it is read again
                return True
        clients = {client for held in news.callers.values() for client in held}
        for client in clients:
            self._clients.setdefault(client, _Client())
        for row in news.positions:
            self._put(row)
        whole: dict[int, set[int]] = {client: set() for client in clients.difference(asked_as_known)}
        for row in news.positions:
            if row.client in whole:
                whole[row.client].add(row.device)
        for client, present in whole.items():
            self._drop_missing(client, present)
            self._clients[client].whole_at = self._clock()
        for value in news.values:
            self._put_value(value)
        self._read_until, self.next_transaction = news.horizon, news.next_transaction
        self._release()
        held = [row.transaction for client in self._clients.values() for row in client.held.values()]
        self.mark = Mark(self._number, min([self._read_until, *held]))
        return self._number != before

    def _release(self) -> None:
        """Let what was held become visible where its second is over."""
        now = self._clock()
        for client in self._clients.values():
            for device, row in list(client.held.items()):
                if now >= client.positions[device].due - _SLACK_S:
                    del client.held[device]
                    self._show(client, row, now)

    def forget(self, others_than: Collection[int]) -> None:
        """Forget clients whom nobody sees any more."""
        self._clients = {code: client for code, client in self._clients.items() if code in others_than}

    def oldest(self, most: int, seconds: float) -> set[int]:
        """At most so many clients, of which all was read so long ago, the longest ago first."""
        before = self._clock() - seconds
        due = [code for code, client in self._clients.items() if client.whole_at <= before]
        return set(sorted(due, key=lambda code: self._clients[code].whole_at)[:most])

    def last_change(self, clients: Iterable[int]) -> int:
        """The number of the last change of these clients."""
        return max((self._clients[code].number for code in clients if code in self._clients), default=0)

    def position(self, client: int, device: int, until: int) -> Position | None:
        """What changed until a number; None where it changed again after that."""
        held = self._clients.get(client)
        entry = held.positions.get(device) if held else None
        return entry.row if entry and entry.number <= until else None

    def positions(self, clients: Collection[int], after: int = 0) -> Iterator[Position]:
        """Positions of these clients that changed after a number; what is gone among them."""
        for code in clients:
            if code in self._clients:
                yield from _newer(self._clients[code].positions, after)

    def values(self, clients: Collection[int], sensors: Collection[int], after: int = 0) -> Iterator[Value]:
        """Values of these sensors that changed after a number."""
        for code in clients:
            if code in self._clients:
                rows = _newer(self._clients[code].values, after)
                yield from (row for row in rows if row.sensor in sensors)

    def _put(self, row: Position) -> None:
        client = self._clients.get(row.client)
        if client is None:
            return
        if not row.is_gone:
            self._take_from_former_owner(row)
        client.held.pop(row.device, None)
        shown = client.positions.get(row.device)
        now = self._clock()
        if shown and shown.row == row:
            return
        if shown is None or row.is_gone or shown.row.is_gone or now >= shown.due - _SLACK_S:
            self._show(client, row, now)
        else:
            client.held[row.device] = row

    def _take_from_former_owner(self, row: Position) -> None:
        former = self._clients.get(self._owners.get(row.device, row.client))
        self._owners[row.device] = row.client
        if former and former is not self._clients[row.client] and row.device in former.positions:
            self._remove(former, row.device)

    def _show(self, client: _Client, row: Position, now: float) -> None:
        self._number = client.number = self._number + 1
        before = client.positions.get(row.device)
        due = max(before.due, now) if before else now
        client.positions[row.device] = _Entry(self._number, row, due + PACE_S)
        client.positions.move_to_end(row.device)

    def _put_value(self, value: Value) -> None:
        client = self._clients.get(value.client)
        shown = client and client.values.get(value.sensor)
        if client is None or (shown and shown.row == value):
            return
        self._number = client.number = self._number + 1
        client.values[value.sensor] = _Entry(self._number, value, 0.0)
        client.values.move_to_end(value.sensor)

    def _drop_missing(self, code: int, present: Collection[int]) -> None:
        client = self._clients[code]
        for device in [one for one in client.positions if one not in present]:
            self._remove(client, device)

    def _remove(self, client: _Client, device: int) -> None:
        client.held.pop(device, None)
        row = client.positions[device].row
        if not row.is_gone:
            self._show(client, _gone(row, self._read_until), self._clock())


def _newer(entries: OrderedDict[int, _Entry[T]], after: int) -> Iterator[T]:
    for entry in reversed(entries.values()):
        if entry.number <= after:
            return
        yield entry.row


def _gone(row: Position, horizon: int) -> Position:
    return replace(row, full=Raw(b"null"), without_product=Raw(b"null"), transaction_text=str(horizon))
