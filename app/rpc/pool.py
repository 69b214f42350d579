"""A small pool of PostgreSQL connections with bounded waits, which replaces dead connections."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class so

from app.errors import from_sqlstate
from app.identity.share import Share

from .slots import OURSELVES, Slots

_log = logging.getLogger(__name__)
_PAUSE_S = 1.0  # after a failed connect the database is left alone for this long


class Pool:
    """At most ``size`` connections in autocommit, opened when first needed (so after a fork).

    Clients and callers share them by turns (``Slots``): a request waits at most ``wait_s`` seconds for one.
    All failures are ApiError 503.
    """

    def __init__(
        self,
        dsn: str,
        size: int,
        wait_s: float,
        connect_timeout_s: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dsn = dsn
        self._connect_timeout_s = connect_timeout_s
        self._clock = clock
        self._slots = Slots(size, wait_s)
        self._idle: list[Connection] = []
        self._paused_until = -_PAUSE_S

    @contextmanager
    def connection(self, share: Share = OURSELVES) -> Iterator[Connection]:
        """Lend a live connection. It is kept only if the block shows that it still works."""
        with self._slots.taken(share):
            yield from self._lend(self._idle_connection() or self._connect())

    def _lend(self, connection: Connection) -> Iterator[Connection]:
        in_order = False
        try:
            yield connection
            in_order = True
        except psycopg2.Error as error:
            in_order = not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)
            raise
        finally:
            if in_order:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _idle_connection(self) -> Connection | None:
        """The last used connection with nothing to read: otherwise the server has closed it."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and _is_silent(connection):
                return connection
            connection.close()
        return None

    def _connect(self) -> Connection:
        if self._clock() < self._paused_until:
            raise from_sqlstate("08001")
        try:
            return _opened(self._dsn, self._connect_timeout_s)
        except psycopg2.OperationalError as error:
            self._paused_until = self._clock() + _PAUSE_S
            _log.error("connect", extra={"fields": {"error": str(error).strip()}})
            raise from_sqlstate("08001") from error


def _opened(dsn: str, connect_timeout_s: int) -> Connection:
    """The keepalives notice in about 11 seconds that the other side vanished without a word."""
    connection: Connection = psycopg2.connect(
        dsn,
        connect_timeout=connect_timeout_s,
        client_encoding="UTF8",
        application_name="rastro",
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
    connection.autocommit = True
    psycopg2.extensions.register_type(_JSON_TEXT, connection)
    return connection


def _is_silent(connection: Connection) -> bool:
    """Costs microseconds where asking the server would cost a round trip."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


def _as_text(value: str | bytes | None, _cursor: Any) -> str | bytes | None:
    return value


_JSON_TEXT = psycopg2.extensions.new_type((114, 3802), "JSON_TEXT", _as_text)  # json, jsonb: not decoded
