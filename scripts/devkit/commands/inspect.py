"""scripts/db inspect: how a database differs from what migrations expect: the baseline, or what they made."""

import os
from typing import Any

import psycopg2

from ..console import Problem, say
from ..local import cluster, databases
from ..schema import catalogue, project, reach
from ..schema.migrations import local_migrations

SAME, DIFFERENT, UNREACHABLE = 0, 1, 2
TIME_SERIES = ("TbPosicao", "TbSensorRegistro")
HISTORY = "supabase_migrations.schema_migrations"


def inspect(dsn: str) -> int:
    """Print what differs, and what to do next. Returns the exit code.

    A database with all migrations is compared with a new one, so that what was added to it is named; every
    other with the baseline.
    """
    try:
        with reach.session(dsn, readonly=True) as cursor:
            if emptiness := _emptiness(cursor):
                say(emptiness)
                return DIFFERENT
            found, applied, rows = catalogue.read(cursor), _applied(cursor), _rows(cursor)
    except Problem as problem:
        say(str(problem))
        return UNREACHABLE
    except psycopg2.Error as error:
        say(f"Cannot read the database: {str(error).strip()}")
        return UNREACHABLE
    expected = "a new installation" if _is_migrated(applied) else "the baseline"
    differences = catalogue.compare(found, state(migrated=_is_migrated(applied)))
    for kind, difference in differences.items():
        _describe(kind, difference)
    if not differences:
        say(f"Nothing differs from {expected}.")
    say(f"Migrations applied: {', '.join(applied) or 'none'}")
    say(f"Rows: {', '.join(f'{table} {count}' for table, count in rows.items()) or 'no time series'}")
    for line in _advice(bool(differences), applied, any(count != "none" for count in rows.values())):
        say(line)
    return DIFFERENT if differences else SAME


def _emptiness(cursor: Any) -> str | None:
    """What to do with a database that has no tables in `public`; None for one that has some."""
    cursor.execute(
        """select exists (
             select from pg_class c
             where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p')
               and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e'))"""
    )
    if cursor.fetchone() == (True,):
        return None
    try:
        project.require_prepared(cursor)
        step = "Next"
    except Problem as problem:
        step = f"Next: {problem}\nThen"
    return (
        "The database is empty: there is nothing to compare, and no migration to mark as applied.\n"
        f"{step}: scripts/run --migrate, with its owner in RASTRO_MIGRATION_URL, applies all migrations."
    )


def _is_migrated(applied: list[str]) -> bool:
    return {migration.version for migration in local_migrations()[1:]} <= set(applied)


def state(*, migrated: bool) -> catalogue.Things:
    """The catalogue of a temporary database that has all migrations, or the first one only."""
    name = f"inspect_{os.getpid()}"
    cluster.start()
    databases.create(name)
    try:
        databases.apply_project(name)
        until = None if migrated else local_migrations()[0].version
        databases.migrate(name, report=lambda _text: None, until=until)
        with reach.session(databases.url(database=name), readonly=True) as cursor:
            return catalogue.read(cursor)
    finally:
        databases.drop(name)


def _applied(cursor: Any) -> list[str]:
    cursor.execute("select to_regclass(%s) is not null", (HISTORY,))
    if not cursor.fetchone()[0]:
        return []
    cursor.execute(f"select version from {HISTORY} order by version")
    return [version for (version,) in cursor.fetchall()]


def _rows(cursor: Any) -> dict[str, str]:
    """For each table of the time series: 'none', or about how many rows it has."""
    counts = {}
    for table in TIME_SERIES:
        cursor.execute("select to_regclass(%s) is not null", (f'public."{table}"',))
        if cursor.fetchone()[0]:
            counts[table] = _estimate(cursor, f'public."{table}"')
    return counts


def _estimate(cursor: Any, table: str) -> str:
    cursor.execute(f"select exists (select from {table})")
    if not cursor.fetchone()[0]:
        return "none"
    cursor.execute(
        """select sum(greatest(c.reltuples, 0)) from pg_class c
           where c.oid = %(table)s::regclass
              or c.oid in (select inhrelid from pg_inherits where inhparent = %(table)s::regclass)""",
        {"table": table},
    )
    number = int(cursor.fetchone()[0])
    return f"about {number:,}" if number else "some (never analyzed)"


def _describe(kind: str, difference: catalogue.Difference) -> None:
    say(f"{kind}:")
    for name in difference.missing:
        say(f"  missing    {name}")
    for name in difference.extra:
        say(f"  extra      {name}")
    for name, here, expected in difference.different:
        say(f"  different  {name}: {here or 'nothing'}, expected {expected or 'nothing'}")


def _advice(differs: bool, applied: list[str], has_rows: bool) -> list[str]:
    """What to do next, in order."""
    baseline = local_migrations()[0].version
    if _is_migrated(applied):
        added = " What is extra was added here, and stays; what is missing or different was changed."
        return ["Next: nothing. All migrations are applied." + added * differs]
    if baseline in applied:
        lines = ["Next: apply the other migrations (`supabase db push`, or scripts/run --migrate)."]
    else:
        advice = ["Next: look at each difference. Migrations need what is missing; what is extra is kept."]
        lines = advice * differs + [
            f"{'Then' if differs else 'Next'}: mark the baseline as applied, not run: "
            f"`supabase migration repair --status applied {baseline}`."
        ]
    if has_rows:
        lines.append(
            "The database has time series: phase 1 (indexes) can be applied, phase 2a refuses. "
            "Convert it instead: scripts/convert plan."
        )
    return lines
