"""Apply supabase/migrations and record them exactly as the Supabase CLI does.

Each file is one transaction together with its history row. A file that builds or drops an index
`concurrently` cannot be: it holds that one statement (beside settings) and runs outside.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg2

from ..console import Problem
from ..local.paths import MIGRATIONS
from . import project, reach
from .statements import Statement, split

LOCK = 7_263_905_114_233_190_411
HISTORY = """
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
"""
TRANSACTION_WORDS = {"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"}


@dataclass(frozen=True)
class Migration:
    """One file of the migrations folder."""

    version: str
    name: str
    path: Path

    def statements(self) -> list[Statement]:
        return split(self.path.read_text())


def local_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """The files in order. Raises Problem for a name that the CLI would ignore, or a duplicate version."""
    found = []
    for path in folder.glob("*.sql"):
        if not (parts := re.fullmatch(r"(\d+)_(.+)\.sql", path.name)):
            raise Problem(f"{path.name}: a migration is named <digits>_<name>.sql")
        found.append(Migration(parts[1], parts[2], path))
    found.sort(key=lambda one: one.version)
    for one, other in pairwise(found):
        if one.version == other.version:
            raise Problem(f"{one.path.name} and {other.path.name} have the same version")
    return found


def migrate(
    url: str, folder: Path = MIGRATIONS, report: Callable[[str], None] = print, until: str | None = None
) -> list[str]:
    """Apply pending migrations as the owner, all or up to a version. Returns the versions applied.

    The URL must reach PostgreSQL itself, not a transaction pooler: the lock belongs to a session.
    Concurrent runners take turns; the later one finds nothing to apply. Raises Problem.
    """
    try:
        return _migrate(url, folder, report, until)
    except psycopg2.Error as error:
        raise Problem(f"The migrations cannot be applied: {str(error).strip()}") from error


def _migrate(url: str, folder: Path, report: Callable[[str], None], until: str | None) -> list[str]:
    with _alone(url), reach.session(url) as cursor:
        project.require_prepared(cursor)
        pending = _pending(local_migrations(folder), _history(cursor))
        pending = [migration for migration in pending if until is None or migration.version <= until]
        for migration in pending:
            _apply(cursor, migration)
            _report_warnings(cursor, migration, report)
    if pending:
        report(f"Applied {len(pending)} migration{'s' * (len(pending) > 1)}")
    return [migration.version for migration in pending]


def _report_warnings(cursor: Any, migration: Migration, report: Callable[[str], None]) -> None:
    """Pass on what a migration found in the rows."""
    for text in cursor.connection.notices:
        if text.startswith("WARNING"):
            report(f"{migration.path.name}: {text.strip()}")
    cursor.connection.notices.clear()


@contextmanager
def _alone(url: str) -> Iterator[None]:
    with reach.session(url) as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (LOCK,))
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", (LOCK,))


def _history(cursor: Any) -> list[str]:
    cursor.execute("select to_regclass('supabase_migrations.schema_migrations') is null")
    if cursor.fetchone()[0]:
        cursor.execute(HISTORY)
    cursor.execute("select version from supabase_migrations.schema_migrations order by version")
    return [version for (version,) in cursor.fetchall()]


def _pending(local: list[Migration], applied: list[str]) -> list[Migration]:
    known = {migration.version for migration in local}
    if lost := [version for version in applied if version not in known]:
        raise Problem(f"the database has migrations that are not in this folder: {', '.join(lost)}")
    pending = [migration for migration in local if migration.version not in applied]
    if applied and (late := [one.path.name for one in pending if one.version < applied[-1]]):
        raise Problem(f"older than the last applied migration {applied[-1]}: {', '.join(late)}")
    return pending


def _apply(cursor: Any, migration: Migration) -> None:
    statements = migration.statements()
    for statement in statements:
        if set(statement.words[:1]) & TRANSACTION_WORDS:
            place = f"{migration.path.name}:{statement.line}"
            raise Problem(f"{place}: `{statement.words[0]}` in a migration would break its transaction")
    if any("concurrently" in statement.words for statement in statements):
        _apply_outside(cursor, migration, statements)
    else:
        _apply_whole(cursor, migration, statements)
    # Settings of one file must not affect the next.
    cursor.execute("reset all; reset role")


def _apply_whole(cursor: Any, migration: Migration, statements: list[Statement]) -> None:
    cursor.execute("begin")
    try:
        for statement in statements:
            _execute(cursor, migration, statement)
        _record(cursor, migration, statements)
        cursor.execute("commit")
    except BaseException:
        cursor.execute("rollback")
        raise


def _apply_outside(cursor: Any, migration: Migration, statements: list[Statement]) -> None:
    if len([one for one in statements if one.words[:1] not in ([], ["set"])]) != 1:
        raise Problem(f"{migration.path.name}: a migration with a concurrent index has no other statement")
    for statement in statements:
        _execute(cursor, migration, statement)
    _record(cursor, migration, statements)


def _record(cursor: Any, migration: Migration, statements: list[Statement]) -> None:
    cursor.execute(
        "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)",
        (migration.version, migration.name, [statement.text for statement in statements]),
    )


def _execute(cursor: Any, migration: Migration, statement: Statement) -> None:
    if not statement.words:
        return
    try:
        cursor.execute(statement.text)
    except psycopg2.Error as error:
        offset = int(error.diag.statement_position or 1) - 1
        line = statement.line + statement.text.count("\n", 0, offset)
        raise Problem(f"{migration.path.name}:{line}: {str(error).strip()}") from error
