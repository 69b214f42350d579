"""The way back before a switch: what prepare made goes, and the old system is as it was before."""

import time
from typing import Any

import psycopg2
from psycopg2 import errors

from ..console import Problem, note
from . import back, locks, state, texts

_WAIT_MS = 100  # others wait as long for a lock as we do


def run(cursor: Any, patience: float = locks.PATIENCE_S) -> list[str]:
    """Take `prepare` back; `cursor` is in autocommit. Returns what was left, as it is used.

    What locks old tables is one short transaction for each statement. It can be interrupted and run again;
    in between the old system works. Raises Problem.
    """
    _require_unused(cursor)
    note("Dropping what prepare made …")
    if state.reached(cursor) == state.BACK:
        back.comment(cursor)
    if state.reached(cursor) != state.UNDOING:
        state.complete(cursor, state.UNDOING)
    back.drop_pre_request(cursor)
    for statement in _all(cursor, "locking"):
        _patiently(cursor, statement, patience)
    for name in ("indexes", "partitions"):
        for statement in _all(cursor, name):
            cursor.execute(statement)
    cursor.connection.notices.clear()
    try:
        cursor.execute(texts.text("undo", "drop"))
    except psycopg2.Error as error:
        raise Problem(f"Not everything was dropped; run back again: {str(error).strip()}") from error
    cursor.execute("notify pgrst, 'reload schema'")
    return [
        text.removeprefix("WARNING:").strip()
        for text in cursor.connection.notices
        if text.startswith("WARNING")
    ]


def _require_unused(cursor: Any) -> None:
    if found := _all(cursor, "dependents"):
        raise Problem(
            "Nothing was changed: what was added meanwhile depends on what prepare made. Drop it and run "
            f"back again: {'; '.join(found)}"
        )


def _all(cursor: Any, name: str) -> list[str]:
    cursor.execute(texts.text("undo", name))
    return [text for (text,) in cursor.fetchall()]


def _patiently(cursor: Any, statement: str, patience: float) -> None:
    end, pause = time.monotonic() + patience, 0.05
    while True:
        try:
            cursor.execute(f"begin; set local lock_timeout = {_WAIT_MS}; {statement}; commit")
            return
        except errors.LockNotAvailable as error:
            cursor.execute("rollback")
            if time.monotonic() > end:
                raise Problem(f"A transaction that does not end is in the way: {statement}") from error
        time.sleep(pause)
        pause = min(pause * 1.5, 2.0)
