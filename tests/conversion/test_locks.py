"""Locks of a step are taken when little is left to carry under them, or the step ends in words."""

import itertools
import threading
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.console import Problem
from scripts.devkit.convert import locks
from tests._lib.databases import Database
from tests._lib.legacy import legacy, owner, query

WAITS = "select count(*) from pg_locks where not granted and mode = 'ShareUpdateExclusiveLock'"


class Session:
    """A cursor that takes every lock at once, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def execute(self, statement: str, _values: Any = None) -> None:
        self.asked.append(statement)


# Seen to fail: it went on without end while others wrote more than was carried.
def test_others_write_more_than_is_carried() -> None:
    session = Session()
    with pytest.raises(Problem, match="More is written than can be carried"):
        locks.take(session, "switch/lock", 0.05, locks.Rest(lambda: False, lambda: True))
    assert not any(statement.startswith(locks._TRY) for statement in session.asked)


def test_others_write_more_whenever_the_locks_are_held() -> None:
    session = Session()
    with pytest.raises(Problem, match="More is written than can be carried"):
        locks.take(session, "switch/lock", 0.0, locks.Rest(lambda: True, lambda: False))
    assert session.asked[-1].startswith("rollback to savepoint locks")


def test_carrying_catches_up() -> None:
    parts = itertools.chain([False, False], itertools.repeat(True))
    session = Session()
    locks.take(session, "switch/lock", 60.0, locks.Rest(lambda: next(parts), lambda: True))
    assert session.asked[-1].startswith("set local statement_timeout = 0")


# Seen to fail: without the wait for it, as no attempt is long enough for autovacuum to give way.
def test_vacuum_is_waited_for_while_others_go_on(project: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(locks.time, "sleep", pauses.append)

    def take() -> None:
        with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
            locks.take(cursor, "switch/lock", 60.0)

    with legacy(project) as database, owner(database) as vacuum, owner(database) as other:
        vacuum.execute('begin; lock table public."TbPosicao" in share update exclusive mode')  # as it does
        taking = threading.Thread(target=take)
        taking.start()
        while taking.is_alive() and query(database, WAITS) == [(0,)]:
            threading.Event().wait(0.05)
        other.execute("set lock_timeout = '2s'")
        other.execute("""update public."TbPosicao" set "nrBat" = 3.6""")
        vacuum.execute("rollback")
        taking.join()
    assert pauses == []


def test_vacuum_that_does_not_end_is_named(project: Database) -> None:
    with (
        legacy(project) as database,
        owner(database) as vacuum,
        closing(psycopg2.connect(database.owner_url)) as connection,
        connection.cursor() as cursor,
    ):
        vacuum.execute("set application_name = 'nightly vacuum'")
        vacuum.execute('begin; lock table public."TbPosicao" in share update exclusive mode')
        with pytest.raises(Problem, match="nightly vacuum"):
            locks.take(cursor, "switch/lock", 0.2)
