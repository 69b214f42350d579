"""How jobs reach the database: a connection, waits that signals end, and outages that are waited out."""

from __future__ import annotations

import logging
import random
import select
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, STATUS_READY, set_wait_callback
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class so

_log = logging.getLogger("app.jobs")
_LONGEST_PAUSE_S = 300.0
_CONNECT_TIMEOUT_S = 5.0
_GRACE_S = 1.5  # to cancel a statement after SIGTERM


class Session:
    """A connection in autocommit, opened when it is first needed and replaced after it has failed."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._connection: Connection | None = None

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Execute a statement; its rows, none for a procedure. Raises psycopg2.Error."""
        try:
            self._connection = self._connection or _connected(self._url, self._name)
            with self._connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall()) if cursor.description else []
        except psycopg2.Error:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection:
            self._connection.close()
        self._connection = None


def _connected(url: str, name: str) -> Connection:
    """A new connection, whose keepalives notice a server that has vanished."""
    connection: Connection = psycopg2.connect(
        url,
        application_name=f"rastro {name}",
        connect_timeout=int(_CONNECT_TIMEOUT_S),
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
    connection.autocommit = True
    return connection


def repeat(
    job: str,
    step: Callable[[], float],
    wait: Callable[[float], bool],
    interval_s: float,
    chance: Callable[[], float] = random.random,
) -> None:
    """Run ``step`` again and again, until ``wait`` returns True; each outage is logged once.

    ``step`` returns the seconds until the next one. After a failure the pause grows from ``interval_s``.
    """
    failures, known = 0, ""
    while True:
        try:
            seconds = step()
        except psycopg2.Error as error:
            failures += 1
            if (kind := _kind(error)) != known:
                known = kind
                _log_failure(job, error)
            seconds = pause(interval_s, failures, chance)
        else:
            if failures:
                _log.info(f"{job}_resumed", extra={"fields": {"failures": failures}})
            failures, known = 0, ""
        if wait(seconds):
            return


def once(job: str, run: Callable[[], object]) -> int:
    """Run it a single time; the exit code: 1 when the database is away or refuses, otherwise 0."""
    try:
        run()
    except psycopg2.Error as error:
        _log_failure(job, error)
        return 1
    return 0


def pause(interval_s: float, failures: int, chance: Callable[[], float]) -> float:
    """Seconds to wait after so many failures: longer each time, and different for every process."""
    return float(min(_LONGEST_PAUSE_S, interval_s * 2 ** min(failures, 10)) * (0.5 + chance() / 2))


def end_on_signals(exit_code: int) -> None:
    """SIGTERM and SIGINT end this process with that code, also while it waits for the database."""
    set_wait_callback(patient)

    def end(_signal: int, _frame: FrameType | None) -> None:
        # Cancelling may hang where the server no longer listens: then the kernel ends this process.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        raise SystemExit(exit_code)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)


def patient(connection: Connection) -> None:
    """Wait for the server so that signals interrupt the wait, and then cancel the statement.

    A callback for psycopg2, which closes the connection when this raises.
    """
    try:
        while (state := connection.poll()) != POLL_OK:
            _await(connection, state)
    except SystemExit:
        if connection.status == STATUS_READY:
            connection.cancel()
        raise


def _await(connection: Connection, state: int) -> None:
    """Wait for the socket. While connecting with a limit: libpq does not apply its own to a callback."""
    me = [connection]
    limit = None if connection.status == STATUS_READY else _CONNECT_TIMEOUT_S
    ready = select.select(me, [], [], limit) if state == POLL_READ else select.select([], me, [], limit)
    if not any(ready):
        raise psycopg2.OperationalError(f"no answer while connecting, for {_CONNECT_TIMEOUT_S:g} s")


def _kind(error: psycopg2.Error) -> str:
    """The same text for all errors of one outage."""
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return "away"
    return error.pgcode or type(error).__name__


def _log_failure(job: str, error: psycopg2.Error) -> None:
    _log.error(f"{job}_failed", extra={"fields": {"error": str(error).strip()[:500]}})
