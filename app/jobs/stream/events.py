"""Server-sent events: what changed in the store, encoded once for all viewers who see the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

import msgspec

from app.errors import ApiError

from .database import Position
from .filters import Filter
from .store import Mark, Store

RETRY_MS = 2_000
_AT_ONCE = 200  # positions in one event: as much as is held for a viewer who takes nothing
_MOST_KEPT = 32 << 20  # bytes
_DEVICE_BITS = 32
_DEVICE_MASK = (1 << _DEVICE_BITS) - 1
HEARTBEAT = b": heartbeat\n\n"
Clients = frozenset[int]


class Progress:
    """What a viewer has: all until ``mark``, but for what is ``left`` of what changed after ``after``."""

    __slots__ = ("after", "left", "mark")

    def __init__(self, mark: Mark, after: int, rows: Iterable[Position]) -> None:
        self.mark, self.after = mark, after
        self.left = _names(rows)


class Encoder:
    """Events from a store. What was encoded is kept until the store changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of_mark = Mark(-1, -1)
        self._made: dict[object, bytes] = {}
        self._changed: dict[object, array[int]] = {}
        self._kept = 0

    def opening(
        self, clients: Clients, wanted: Filter, last_id: str
    ) -> Iterator[tuple[Progress, bytes] | None]:
        """The first event of a stream. What changed since ``last_id``, or else everything, is left.

        Yields nothing while it looks through a large fleet, so that others have their turn, and then this.
        """
        mark, since = self._store.mark, self._since(last_id)
        rows, present = list(self._store.positions(clients)), list[Position]()
        for first in range(0, len(rows), _AT_ONCE):
            yield None
            part = rows[first : first + _AT_ONCE]
            present += [row for row in part if not row.is_gone and wanted.wants(row, clients)]
        changed = present if since is None else [row for row in rows if row.transaction >= since]
        opened = b'{"resumed":%s,"cdDispositivos":%s}' % (
            b"false" if since is None else b"true",
            _codes(present),
        )
        event = b"retry: %d\n" % RETRY_MS + _event(b"open", opened)
        progress = Progress(mark, 0, changed)
        if not progress.left:
            event = b"".join(self._marked([event, *self._values(clients, wanted, 0)], mark))
        yield progress, event

    def more(self, progress: Progress, clients: Clients, wanted: Filter) -> bytes:
        """What a viewer is to be sent next, some rows at a time; b"" if it has everything that is wanted."""
        if self._store.mark != self._of_mark or self._kept > _MOST_KEPT:
            self._of_mark, self._made, self._changed, self._kept = self._store.mark, {}, {}, 0
        if not progress.left:
            after, progress.mark = progress.mark.number, self._store.mark
            if self._store.last_change(clients) <= after:
                return b""
            progress.after, progress.left = after, self._changed_after(after, clients)
        key = (clients, wanted.key, progress.after, progress.mark, len(progress.left))
        page = progress.left[-_AT_ONCE:]
        del progress.left[-_AT_ONCE:]
        if key not in self._made:
            self._made[key] = self._page(page, progress, clients, wanted)
            self._kept += len(self._made[key])
        return self._made[key]

    def _changed_after(self, after: int, clients: Clients) -> array[int]:
        """Found once for all viewers who have and see the same; each takes pages off a copy of its own."""
        if (after, clients) not in self._changed:
            found = self._changed[after, clients] = _names(self._store.positions(clients, after))
            self._kept += len(found) * found.itemsize
        return self._changed[after, clients][:]

    def _page(self, page: array[int], progress: Progress, clients: Clients, wanted: Filter) -> bytes:
        number = progress.mark.number  # what changed after it comes again
        found = [self._store.position(one >> _DEVICE_BITS, one & _DEVICE_MASK, number) for one in page]
        events = [*self._positions([row for row in found if row], clients, wanted)]
        if progress.left:
            return b"".join(events)
        events += self._values(clients, wanted, progress.after)
        return b"".join(self._marked(events, progress.mark))

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
        if shown:
            yield _event(b"positions", b'{"data":[%s]}' % b",".join(shown))
        gone = [row for row in rows if row.is_gone or (wanted.may_lose and not wanted.wants(row, clients))]
        if gone:
            yield _event(b"removed", b'{"cdDispositivos":%s}' % _codes(gone))

    def _values(self, clients: Clients, wanted: Filter, after: int) -> Iterator[bytes]:
        bodies = [value.body for value in self._store.values(clients, wanted.sensors, after)]
        if bodies:
            yield _event(b"values", b'{"data":[%s]}' % b",".join(bodies))


def _names(rows: Iterable[Position]) -> array[int]:
    """Names of rows, not the rows: those of viewers who take nothing would pile up."""
    return array("q", [row.client << _DEVICE_BITS | row.device for row in rows])


def _event(name: bytes, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name, data)


def _codes(rows: Iterable[Position]) -> bytes:
    return b"[%s]" % b",".join(b"%d" % row.device for row in rows)


def ended(error: ApiError) -> bytes:
    """The last event of a stream, in the shape of an error."""
    return _event(b"end", msgspec.json.encode(error.body()))
