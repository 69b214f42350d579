"""The early statements of the migrations: objects that the old system does not have, made beside it."""

import re
import time
from typing import Any

import psycopg2
from psycopg2 import errors

from ..console import Problem
from . import failures, state, statements
from .statements import EARLY, FREE, Part

_WAIT_MS = 100  # others wait as long for a lock as we do
_PATIENCE_S = 600.0
_LOCKING = re.compile(r"alter table \S+ add foreign key |create index if not exists |do .*rename ")

_MADE = """
    insert into conversao."TbConversaoFeito"
    select o.class, o.object from conversao.objects() o
    except select p.class, p.object from present p
"""


def run(cursor: Any, patience: float = _PATIENCE_S) -> None:
    """Run those that were not run yet. `cursor` is in autocommit. Raises Problem.

    Foreign keys hold up writers of the tables that they refer to, and so do indexes and names on old tables:
    each has a transaction of its own, which gives up soon and is tried again. All others are one transaction.
    """
    state.ensure(cursor)
    cursor.execute('select "dsComando" from conversao."TbConversaoComando"')
    done = {place for (place,) in cursor.fetchall()}
    parts = [part for part in statements.of_group(EARLY) if part.place not in done]
    locking = [part for part in parts if _LOCKING.match(statements.flat(part.text))]
    _transaction(cursor, [part for part in parts if part not in locking])
    for part in locking:
        _patiently(cursor, part, patience)


def _transaction(cursor: Any, parts: list[Part]) -> None:
    cursor.execute(f"begin; set local check_function_bodies = off; set local lock_timeout = {_WAIT_MS}")
    try:
        cursor.execute("create temporary table present on commit drop as select * from conversao.objects()")
        granted = _grant_nothing_by_default(cursor)
        for part in parts:
            execute(cursor, part)
            cursor.execute('insert into conversao."TbConversaoComando" values (%s)', (part.place,))
        for statement in granted:
            cursor.execute(statement)
        cursor.execute(_MADE)
        cursor.execute("commit")
    except BaseException:
        if not cursor.connection.closed:
            cursor.execute("rollback")
        raise


def _grant_nothing_by_default(cursor: Any) -> list[str]:
    """Old projects give new objects to the API roles. Returns the statements that let them do so again."""
    cursor.execute(state.step("switch/default_privileges"))
    granted = [statement for (statement,) in cursor.fetchall()]
    for part in statements.of_group(FREE):
        if statements.flat(part.text).startswith("alter default privileges"):
            execute(cursor, part)
    return granted


def _patiently(cursor: Any, part: Part, patience: float) -> None:
    end, pause = time.monotonic() + patience, 0.05
    while True:
        try:
            return _transaction(cursor, [part])
        except Problem as problem:
            if not isinstance(problem.__cause__, errors.LockNotAvailable) or time.monotonic() > end:
                raise
        time.sleep(pause)
        pause = min(pause * 1.5, 2.0)


def execute(cursor: Any, part: Part) -> None:
    """Run one statement. Raises Problem that says where it stands."""
    try:
        cursor.execute(part.text)
    except psycopg2.Error as error:
        raise Problem(f"{part.place}: {failures.in_words(error)}") from error
