"""Server-sent events: what changed in the store, encoded once for all viewers who see the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from app.errors import ApiError

from .database import Position
from .filters import Filter
from .store import Mark, Store

RETRY_MS = 2_000
_AT_ONCE = 1_000  # positions in one event
HEARTBEAT = b": heartbeat\n\n"
Clients = frozenset[int]


class Encoder:
    """Events from a store. What was encoded is kept until the store changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of_mark = Mark(-1, -1)
        self._made: dict[object, bytes] = {}

    def opening(self, clients: Clients, wanted: Filter, last_id: str) -> tuple[Mark, list[bytes]]:
        """The first events of a stream: what changed since ``last_id``, or else everything."""
        mark, since = self._store.mark, self._since(last_id)
        rows = list(self._store.positions(clients))
        present = [row for row in rows if not row.is_gone and wanted.wants(row, clients)]
        changed = present if since is None else [row for row in rows if row.transaction >= since]
        opened = b'{"resumed":%s,"cdDispositivos":%s}' % (
            b"false" if since is None else b"true",
            _codes(present),
        )
        events = [
            b"retry: %d\n" % RETRY_MS + _event(b"open", opened),
            *self._positions(changed, clients, wanted),
            *self._values(clients, wanted, 0),
        ]
        return mark, self._marked(events, mark)

    def changes(self, clients: Clients, wanted: Filter, after: int) -> tuple[Mark, bytes]:
        """What changed after that number, b"" if nothing that is wanted."""
        mark = self._store.mark
        if mark != self._of_mark:
            self._of_mark, self._made = mark, {}
        key = (clients, wanted.key, after)
        if key not in self._made:
            rows = list(self._store.positions(clients, after))
            events = [*self._positions(rows, clients, wanted), *self._values(clients, wanted, after)]
            self._made[key] = b"".join(self._marked(events, mark))
        return mark, self._made[key]

    def _since(self, last_id: str) -> int | None:
        """The horizon in an id of this database server; None where it is of another, or no id."""
        server, _, number = last_id.partition(".")
        if server != self._store.server or not (number.isascii() and number.isdigit()) or len(number) > 20:
            return None
        return int(number) if int(number) <= self._store.next_transaction else None

    def _marked(self, events: list[bytes], mark: Mark) -> list[bytes]:
        """The same events; the last one has the id: whoever got it has everything before it."""
        if events:
            events[-1] = f"id: {self._store.server}.{mark.horizon}\n".encode() + events[-1]
        return events

    def _positions(self, rows: list[Position], clients: Clients, wanted: Filter) -> Iterator[bytes]:
        shown = [row.seen_by(clients) for row in rows if not row.is_gone and wanted.wants(row, clients)]
        for first in range(0, len(shown), _AT_ONCE):
            yield _event(b"positions", b'{"data":[%s]}' % b",".join(shown[first : first + _AT_ONCE]))
        gone = [row for row in rows if row.is_gone or (wanted.may_lose and not wanted.wants(row, clients))]
        if gone:
            yield _event(b"removed", b'{"cdDispositivos":%s}' % _codes(gone))

    def _values(self, clients: Clients, wanted: Filter, after: int) -> Iterator[bytes]:
        bodies = [bytes(value.body) for value in self._store.values(clients, wanted.sensors, after)]
        if bodies:
            yield _event(b"values", b'{"data":[%s]}' % b",".join(bodies))


def _event(name: bytes, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name, data)


def _codes(rows: Iterable[Position]) -> bytes:
    return b"[%s]" % b",".join(b"%d" % row.device for row in rows)


def ended(error: ApiError) -> bytes:
    """The last event of a stream, in the shape of an error."""
    return _event(b"end", msgspec.json.encode(error.body()))
