"""All locks of a step at once, or none: others wait for a moment only."""

import time
from typing import Any

from psycopg2 import errors

from ..console import Problem
from . import state

BUDGET_MS = 100  # to get all locks; others wait as long, and then for the rest of the step
PATIENCE_S = 600.0
_AGAIN = (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected)


def take(cursor: Any, name: str, patience: float) -> float:
    """Run the statement that locks, sql/online/<name>.sql, until it succeeds within a moment.

    Returns when that began, by the monotonic clock: from then on writers wait.
    """
    end, pause = time.monotonic() + patience, 0.05
    while True:
        cursor.execute(f"savepoint locks; set local statement_timeout = {BUDGET_MS}")
        began = time.monotonic()
        try:
            cursor.execute(state.step(name))
            cursor.execute("set local statement_timeout = 0")
            return began
        except _AGAIN as error:
            cursor.execute("rollback to savepoint locks")
            if time.monotonic() > end:
                raise Problem(_whose(cursor)) from error
        time.sleep(pause)
        pause = min(pause * 1.5, 2.0)


def _whose(cursor: Any) -> str:
    cursor.execute(state.step("switch/blockers"))
    found = "; ".join(f"{pid} ({name}, since {since:%H:%M:%S})" for pid, name, since in cursor.fetchall())
    return (
        "The tables are in use by transactions that do not end: "
        f"{found or 'unknown'}. Nothing was changed. End them (pg_terminate_backend) and run this again."
    )
