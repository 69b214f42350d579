"""Databases of the private cluster, each set up like a hosted Supabase project."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from ..schema import migrations, project
from . import cluster, state
from .locks import only_one

OWNER = project.OWNER
API = "rastro_api"
MAINTENANCE = "rastro_manutencao"
BROKER = "rastro_broker"


def url(user: str = OWNER, database: str = cluster.MAIN_DATABASE) -> str:
    """Connection URL of one of our logins, password included."""
    password = quote(state.secret(f"password_{user}"), safe="")
    return f"postgresql://{user}:{password}@127.0.0.1:{cluster.port()}/{quote(database, safe='')}"


@contextmanager
def admin(database: str = "postgres") -> Iterator[Any]:
    """A cursor of the superuser, in autocommit."""
    with closing(psycopg2.connect(url(cluster.ADMIN, database))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def exists(database: str) -> bool:
    with admin() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", (database,))
        return cursor.fetchone() is not None


def create(database: str, template: str = "template0") -> None:
    """Create a database. Copying through the log is as fast for small ones and needs no checkpoint."""
    with admin() as cursor:
        statement = sql.SQL("create database {} template {} strategy wal_log")
        cursor.execute(statement.format(sql.Identifier(database), sql.Identifier(template)))
        # The role does not exist yet for the first database; project.sql creates it and makes it the owner.
        if _role_exists(cursor, OWNER):
            owner = sql.SQL("alter database {} owner to {}")
            cursor.execute(owner.format(sql.Identifier(database), sql.Identifier(OWNER)))


def copy(database: str, name: str) -> None:
    """Copy a large database file by file; `create` would copy it through the log."""
    with admin() as cursor:
        statement = sql.SQL("create database {} template {} strategy file_copy owner {}")
        cursor.execute(statement.format(*map(sql.Identifier, (name, database, OWNER))))


def rename(database: str, name: str) -> None:
    with admin() as cursor:
        cursor.execute(
            sql.SQL("alter database {} rename to {}").format(*map(sql.Identifier, (database, name)))
        )


def drop(database: str) -> None:
    with admin() as cursor:
        cursor.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


def apply_project(database: str) -> None:
    """Run supabase/project.sql as superuser; it can be repeated."""
    with roles_locked():
        with admin(database) as cursor:
            project.apply(cursor)
        set_password(OWNER)


def migrate(database: str, report: Callable[[str], None], until: str | None = None) -> None:
    """Apply supabase/migrations, all or up to a version, and set the passwords of the logins."""
    with roles_locked():
        migrations.migrate(url(database=database), report=report, until=until)
        set_password(API)
        set_password(MAINTENANCE)
        set_password(BROKER)


@contextmanager
def migrated(name: str) -> Iterator[None]:
    """A database of this name with all migrations, dropped when the block ends."""
    create(name)
    try:
        apply_project(name)
        migrate(name, report=lambda _text: None)
        yield
    finally:
        drop(name)


@contextmanager
def roles_locked() -> Iterator[None]:
    """Alter roles one process at a time: they belong to the cluster, and concurrent changes fail."""
    with only_one("roles"):
        yield


def set_password(role: str) -> None:
    """Give a login its generated password, if the role exists."""
    with admin() as cursor:
        if _role_exists(cursor, role):
            statement = sql.SQL("alter role {} password %s").format(sql.Identifier(role))
            cursor.execute(statement, (state.secret(f"password_{role}"),))


def _role_exists(cursor: Any, role: str) -> bool:
    cursor.execute("select 1 from pg_roles where rolname = %s", (role,))
    return cursor.fetchone() is not None
