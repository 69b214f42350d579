"""`copy`: carry the old rows, newest first, in bounded transactions; then what changed meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2

from ..console import Problem, note
from ..schema import reach
from . import failures, state, texts

PART = 40_000  # rows of a transaction of the copy, about
ROWS = 5_000  # changes of a transaction
FEW = 100  # changes that may be left when the locks are taken
_LOCK_ATTEMPTS = 50  # a tenth of a second apart
_OUTAGE_S, _PAUSE_S = 600.0, 1.0  # how long the database may be away, and between two attempts


class Unreachable(Problem):
    """No connection for now."""


@dataclass
class Pace:
    """At most so many rows a second; None: as fast as it goes."""

    rate: int | None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _free_at: float = 0.0

    def after(self, rows: int) -> None:
        """Wait until the rows that were done are paid for."""
        if self.rate:
            self._free_at = max(self._free_at, self.clock()) + rows / self.rate
            self.sleep(max(0.0, self._free_at - self.clock()))


def extent(dsn: str) -> tuple[int, int]:
    """About how many rows there are, and how many of them were copied before. Raises Problem."""
    with reach.session(dsn, readonly=True) as cursor:
        cursor.execute("""select to_regclass('conversao."TbConversao"') is not null""")
        if not cursor.fetchone()[0]:
            raise Problem("This database is not prepared: run scripts/convert prepare first.")
        cursor.execute(texts.text("copy/queries", "extent"))
        total, done = cursor.fetchone()
        return int(total), int(done)


def copy(dsn: str, pace: Pace, progress: Callable[[int], None], rows: int = PART) -> int:
    """Copy until everything is carried and few changes are left. Returns how many rows.

    Each call of the database is one transaction that goes on where the last one ended, so the loop needs to
    remember nothing: a lost connection is opened again, and a killed command is simply run again.
    """
    done = 0
    lost_at: float | None = None
    while True:
        try:
            with alone(dsn) as cursor:
                state.require(cursor, state.PREPARED, state.BACK)
                while (part := _next(cursor, rows)) is not None:
                    lost_at = None
                    done += part
                    progress(part)
                    pace.after(part)
            return done
        except (psycopg2.OperationalError, psycopg2.InterfaceError, Unreachable) as error:
            if isinstance(error, psycopg2.Error) and not failures.is_passing(error):
                raise
            if lost_at is None:
                lost_at = pace.clock()
                note(f"Trying again, for ten minutes: {str(error).strip().splitlines()[0]}")
            if pace.clock() - lost_at > _OUTAGE_S:
                raise Problem(
                    f"The database does not answer. Nothing is lost: run copy again. {error}"
                ) from error
            pace.sleep(_PAUSE_S)


def _next(cursor: Any, rows: int) -> int | None:
    """One part; None when nothing is left to do for now."""
    cursor.execute("select part, rows from conversao.copy_part(%s)", (rows,))
    _, found = cursor.fetchone()
    if found is not None:
        return int(found)
    changes = carry_changes(cursor, part := min(rows, ROWS))
    return changes if changes >= part else None  # fewer come again and again while others write


def carry_changes(cursor: Any, rows: int) -> int:
    """Carry so many of the changes again; how many there were."""
    cursor.execute("select conversao.carry_changes(%s)", (rows,))
    return int(cursor.fetchone()[0])


def are_few(cursor: Any) -> bool:
    """Whether few changes are left, none of which stands for all rows of a device."""
    cursor.execute(
        """select count(*) <= %s and not bool_or(m."dsTabela" = 'TbDispositivo')
           from (select c."dsTabela" from conversao."TbConversaoMudanca" c limit %s) m""",
        (FEW, FEW + 1),
    )
    return bool(cursor.fetchone() != (False,))


@contextmanager
def alone(dsn: str) -> Iterator[Any]:
    """A cursor in autocommit that no other command shares the database with. Raises Problem, Unreachable.

    A command that was killed a moment ago may still hold the lock, until its last statement ends. Commits are
    not waited for: after a crash of the server the last parts, and how far they came, are missing together.
    """
    with closing(_connected(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(f"{state.SESSION}; set jit = off; set synchronous_commit = off")
        for _ in range(_LOCK_ATTEMPTS):
            cursor.execute("select pg_try_advisory_lock(%s)", (state.LOCK,))
            if cursor.fetchone() == (True,):
                break
            time.sleep(0.1)
        else:
            raise Problem("Another scripts/convert is working on this database. Wait for it, or stop it.")
        yield cursor


def _connected(dsn: str) -> Any:
    try:
        connection = reach.connected(dsn)
    except Problem as problem:
        raise Unreachable(str(problem)) from problem
    connection.autocommit = True
    return connection
