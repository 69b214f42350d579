"""All locks of a step at once, or none: others wait for a moment only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg2 import errors

from ..console import Problem
from . import state

BUDGET_MS = 100  # to get all locks; others wait as long, and then for the rest of the step
GATE = 5_117_302_664_190_372_846  # requests of PostgREST pass it, see sql/online/switch/gate.sql
IDLE_S = 5  # that a command may be silent for while it holds the locks: a stopped one must not keep them
PATIENCE_S = 600.0
_TRY = (
    f"savepoint locks; set local statement_timeout = {BUDGET_MS};"
    f"set local idle_in_transaction_session_timeout = '{IDLE_S}s'"
)
_BUSY = (
    "More is written than can be carried meanwhile. Nothing was changed. Run this again when less is written."
)
_AGAIN = (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected)


@dataclass(frozen=True)
class Rest:
    """What others go on writing, and is to be carried under the locks: so little that nobody notices."""

    carry: Callable[[], bool]  # a part of it; whether few rows are left
    is_small: Callable[[], bool]

    def catch_up(self, end: float) -> None:
        """Carry until few rows are left. Raises Problem if others still write more by then (monotonic)."""
        while not self.carry():
            if time.monotonic() > end:
                raise Problem(_BUSY)


def take(cursor: Any, name: str, patience: float, rest: Rest | None = None) -> float:
    """Run the statement that locks, sql/online/<name>.sql, until it succeeds within a moment.

    Before each attempt the rest is carried, as it grows while somebody is in the way; if it is not small
    under the locks, they are given up. Returns when the attempt began, by the monotonic clock: from then on
    writers wait.
    """
    end, pause = time.monotonic() + patience, 0.05
    _keep_vacuum_out(cursor, name, patience)
    while True:
        if rest:
            rest.catch_up(end)
        cursor.execute(_TRY)
        began = time.monotonic()
        reason: Exception | None = None
        try:
            cursor.execute(f"select pg_advisory_xact_lock({GATE})")
            cursor.execute(state.step(name))
            cursor.execute("set local statement_timeout = 0")
            if not rest or rest.is_small():
                return began
        except _AGAIN as error:
            reason = error
        cursor.execute("rollback to savepoint locks; release savepoint locks")
        if time.monotonic() > end:
            raise Problem(_whose(cursor) if reason else _BUSY) from reason
        time.sleep(pause)
        pause = min(pause * 1.5, 2.0)


def _keep_vacuum_out(cursor: Any, name: str, patience: float) -> None:
    """Wait until nobody vacuums the tables; from then on, and until the transaction ends, nobody can.

    Autovacuum gives way to who waits for a second, and no attempt does. Reading and writing go on meanwhile.
    Raises Problem.
    """
    cursor.execute(f"savepoint locks; set local statement_timeout = {max(1, int(patience * 1_000))}")
    try:
        cursor.execute(state.step(name).replace("access exclusive mode", "share update exclusive mode"))
    except _AGAIN as error:
        cursor.execute("rollback to savepoint locks")
        raise Problem(_whose(cursor)) from error
    cursor.execute("set local statement_timeout = 0; release savepoint locks")


def _whose(cursor: Any) -> str:
    cursor.execute(state.step("switch/blockers"))
    found = "; ".join(f"{pid} ({name}, since {since:%H:%M:%S})" for pid, name, since in cursor.fetchall())
    return (
        "The tables are in use by transactions that do not end: "
        f"{found or 'unknown'}. Nothing was changed. End them (pg_terminate_backend) and run this again."
    )
