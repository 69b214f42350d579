"""Databases with the schema of the legacy system."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2.extras import Json, execute_values

from scripts.devkit.local import databases
from scripts.devkit.local.paths import SQL
from tests._lib.databases import Database, clone

BASELINE = "20261122000010"
INDEXED = "20261122000199"  # the end of phase 1
_ROLE_SETTINGS = SQL / "20_access" / "actions" / "set_pre_request.sql"
Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def legacy(project: Database) -> Iterator[Database]:
    """A database with the baseline migration only.

    A conversion and its way back change settings of roles, which all databases of the server share: they are
    set again afterwards.
    """
    with clone(project) as database:
        migrate(database, BASELINE)
        try:
            yield database
        finally:
            with databases.roles_locked(), owner(database) as cursor:
                cursor.execute(_ROLE_SETTINGS.read_text())


def migrate(database: Database, until: str | None = None) -> list[str]:
    """Apply migrations up to a version, or all; returns the warnings they raised."""
    reported: list[str] = []
    databases.migrate(database.name, reported.append, until)
    return [text for text in reported if not text.startswith("Applied")]


@contextmanager
def owner(database: Database) -> Iterator[Any]:
    """A cursor of the owner, in autocommit."""
    with closing(psycopg2.connect(database.owner_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def load(database: Database, rows: Rows) -> None:
    """Insert rows by table, in this order. Columns that a row does not name get their default."""
    with owner(database) as cursor:
        for table, lines in rows.items():
            for line in lines:
                names = ", ".join(f'"{name}"' for name in line)
                values = [Json(value) if isinstance(value, dict) else value for value in line.values()]
                execute_values(cursor, f"insert into {table} ({names}) values %s", [values])


def query(database: Database, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with owner(database) as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())
