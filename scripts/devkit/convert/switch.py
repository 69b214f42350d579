"""The switch: from the old tables, views and functions to the new ones, in one transaction."""

import re
import time
from typing import Any

from psycopg2 import errors

from ..console import Problem
from . import state, statements
from .early import execute
from .statements import FREE, LATE, Part

_BUDGET_MS = 100  # to get all locks; writers wait as long, and then for the rest
_PATIENCE_S = 600.0


def run(cursor: Any, patience: float = _PATIENCE_S) -> None:
    """Switch a prepared database. `cursor` is in autocommit. Raises Problem; then nothing was changed."""
    if state.reached(cursor) not in (state.PREPARED, state.BACK):
        raise Problem("The database is not prepared: run scripts/convert prepare first.")
    cursor.execute("begin; set local check_function_bodies = off")
    try:
        for part in statements.of_group(FREE):
            execute(cursor, part)
        lock(cursor, patience)
        cursor.execute(state.step("switch/move"))
        for part in statements.of_group(LATE):
            execute(cursor, Part(re.sub(r"\bconcurrently\b", "", part.text), part.group, part.place))
        state.complete(cursor, state.SWITCHED)
        cursor.execute("commit")
    except BaseException:
        if not cursor.connection.closed:
            cursor.execute("rollback")
        raise


def lock(cursor: Any, patience: float) -> None:
    """Lock everything that the old application uses, all within a moment or nothing; until it succeeds."""
    end, pause = time.monotonic() + patience, 0.05
    while True:
        cursor.execute(f"savepoint locks; set local statement_timeout = {_BUDGET_MS}")
        try:
            cursor.execute(state.step("switch/lock"))
            cursor.execute("set local statement_timeout = 0")
            return
        except (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected) as error:
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
