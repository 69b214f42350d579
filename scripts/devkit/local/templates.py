"""Databases to copy from, kept in the private cluster between runs.

Their names carry a digest of all that they are made from: migrations, supabase/project.sql, the code that
applies them, PostgreSQL's version and the date, as migrations create partitions around the present month.
Nobody can connect to them, as a connection would block copying.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from psycopg2 import sql

from ..schema import migrations, statements
from ..schema import project as preparation
from . import cluster, databases
from .locks import in_use, only_one, only_one_at_all
from .paths import PROJECT_SQL

PREFIX = "template_"
_RUNNER = tuple(Path(str(module.__file__)) for module in (databases, migrations, preparation, statements))


@contextmanager
def project() -> Iterator[str]:
    """The name of a database as a hosted Supabase project begins; nobody drops it while the block lasts."""
    with _kept(_project_name(), _make_project) as name:
        yield name


@contextmanager
def migrated() -> Iterator[str]:
    """The name of a database with all migrations; nobody drops it while the block lasts."""
    with project() as source, _kept(_migrated_name(), lambda draft: _make_migrated(draft, source)) as name:
        yield name


@contextmanager
def _kept(name: str, make: Callable[[str], None]) -> Iterator[str]:
    with in_use(name):
        with only_one(f"templates-{cluster.port()}"):
            if not databases.exists(name):
                _drop_others()
                _make(name, make)
        yield name


def _make(name: str, make: Callable[[str], None]) -> None:
    """Under another name first: a run that is killed leaves nothing that looks complete."""
    draft = f"{PREFIX}draft"
    databases.drop(draft)
    make(draft)
    databases.rename(draft, name)
    with databases.admin() as cursor:
        cursor.execute(sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name)))


def _make_project(draft: str) -> None:
    databases.create(draft)
    databases.apply_project(draft)


def _make_migrated(draft: str, source: str) -> None:
    databases.create(draft, source)
    databases.migrate(draft, report=lambda _text: None)


def _drop_others() -> None:
    """Drop the templates of other migrations or days, unless a run still copies from them."""
    with databases.admin() as cursor:
        cursor.execute("select datname from pg_database where starts_with(datname, %s)", (PREFIX,))
        names = {name for (name,) in cursor.fetchall()} - {_project_name(), _migrated_name()}
    for name in names:
        with only_one_at_all(name) as unused:
            if unused:
                databases.drop(name)


@cache
def _project_name() -> str:
    return f"{PREFIX}project_{_digest([PROJECT_SQL, *_RUNNER])}"


@cache
def _migrated_name() -> str:
    files = [migration.path for migration in migrations.local_migrations()]
    return f"{PREFIX}migrated_{_digest([PROJECT_SQL, *_RUNNER, *files])}"


def _digest(files: list[Path]) -> str:
    """Of the files' names and contents, the server's version and today's date (UTC)."""
    with databases.admin() as cursor:
        cursor.execute("show server_version")
        digest = hashlib.sha256(f"{cursor.fetchone()[0]} {datetime.now(UTC):%F}".encode())
    for path in files:
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
