"""What the stream asks the database: tickets, and what changed for its viewers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import psycopg2

from app.errors import ApiError, from_sqlstate
from app.rpc import pipeline
from app.rpc.attempts import CONNECTION_LOST
from app.rpc.pool import Pool

_TIMEOUT = (
    "select set_config('statement_timeout', $1, true), set_config('client_min_messages', 'error', true)"
)
_FOLLOW = """
    select f.callers, f.horizon, f.next_transaction, f.server, f.positions, f.measured
    from private.follow_positions($1::text[], $2::integer[], $3::text::xid8, $4::integer[]) f
"""
_USE = "select private.use_ticket($1::text)"
_AREA = "select private.check_area($1::jsonb)"


_NULL = msgspec.Raw(b"null")


class Position(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A current position: what filters compare, and its JSON as it is; null: it has another client now."""

    client: int
    device: int
    product: int | None
    product_client: int | None
    latitude: float | None
    longitude: float | None
    is_inside: bool | None
    transaction_text: str
    full: msgspec.Raw
    without_product: msgspec.Raw

    @property
    def transaction(self) -> int:
        """The transaction that wrote it."""
        return int(self.transaction_text)

    @property
    def is_gone(self) -> bool:
        """Whether the device is not this client's any more."""
        return self.full == _NULL

    def seen_by(self, clients: Collection[int]) -> msgspec.Raw:
        """Its JSON for a viewer of these clients."""
        return self.full if self.shows_product(clients) else self.without_product

    def shows_product(self, clients: Collection[int]) -> bool:
        """Whether a viewer of these clients may see its product: one of no client is seen by nobody."""
        return self.product is None or self.product_client in clients


class Value(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The latest value of a sensor."""

    client: int
    sensor: int
    body: msgspec.Raw


class News(msgspec.Struct, frozen=True):
    """An answer of private.follow_positions."""

    callers: dict[str, frozenset[int]]
    horizon: int
    next_transaction: int
    server: str
    positions: list[Position]
    values: list[Value]


_callers = msgspec.json.Decoder(dict[str, frozenset[int]])
_positions = msgspec.json.Decoder(list[Position])
_values = msgspec.json.Decoder(list[Value])


class Database:
    """The functions, on connections of the application's login. Thread-safe."""

    def __init__(self, pool: Pool, statement_timeout_ms: int) -> None:
        self._pool, self._timeout = pool, str(statement_timeout_ms)

    def follow(
        self, callers: Collection[str], known: Collection[int], horizon: int, sensors: Collection[int]
    ) -> News:
        """See private.follow_positions. Raises ApiError 503."""
        row = self._row(_FOLLOW, sorted(callers), sorted(known), str(horizon), sorted(sensors))
        found, next_horizon, next_transaction, server, positions, values = row
        return News(
            _callers.decode(found or "{}"),
            int(next_horizon or 0),
            int(next_transaction or 0),
            str(server),
            _positions.decode(positions or "[]"),
            _values.decode(values or "[]"),
        )

    def use_ticket(self, digest: str) -> str | None:
        """Who opens a stream with the ticket of this SHA-256. Raises ApiError 503."""
        (caller,) = self._row(_USE, digest)
        return caller

    def check_area(self, area: Mapping[str, Any]) -> bytes | None:
        """The polygon of an area (WKB), if it has one. Raises ApiError 400, 413, 503."""
        (polygon,) = self._row(_AREA, msgspec.json.encode(area).decode())
        return bytes.fromhex(polygon) if polygon else None

    def _row(self, text: str, *values: list[str] | list[int] | str) -> pipeline.Row:
        try:
            with self._pool.connection() as connection:
                return pipeline.run(connection, (_TIMEOUT, (self._timeout,)), (text, values))
        except psycopg2.Error as error:
            raise _api_error(error) from error


def _api_error(error: psycopg2.Error) -> ApiError:
    if isinstance(error, pipeline.Refused):
        return from_sqlstate(error.state, error.message, error.hint, error.detail)
    return from_sqlstate(getattr(error, "state", None) or error.pgcode or CONNECTION_LOST)
