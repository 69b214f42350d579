"""Databases for tests, copied from templates that are kept between runs: see devkit.local.templates."""

import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scripts.devkit.local import cluster, databases

PREFIX = "test"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """A database of a test and its three doors."""

    name: str

    @property
    def owner_url(self) -> str:
        """As `postgres`, who owns the objects and is no superuser."""
        return databases.url(databases.OWNER, self.name)

    @property
    def api_url(self) -> str:
        """As `rastro_api`, the application's login."""
        return databases.url(databases.API, self.name)

    @property
    def admin_url(self) -> str:
        """As the superuser."""
        return databases.url(cluster.ADMIN, self.name)


@contextmanager
def empty() -> Iterator[Database]:
    """A database as a hosted Supabase project begins, made from nothing, in whatever cluster is in use."""
    name = _name()
    databases.create(name)
    try:
        databases.apply_project(name)
        yield Database(name)
    finally:
        databases.drop(name)


@contextmanager
def clone(template: Database) -> Iterator[Database]:
    """A copy of a database to which nobody is connected."""
    name = _name()
    databases.create(name, template.name)
    try:
        yield Database(name)
    finally:
        databases.drop(name)


def migrate(database: Database) -> None:
    """Apply all migrations and let the application log in."""
    databases.migrate(database.name, report=lambda _text: None)


def drop_leftovers() -> None:
    """Drop the databases of runs that were killed."""
    with databases.admin() as cursor:
        cursor.execute("select datname from pg_database where datname ~ %s", (rf"^{PREFIX}_\d+_\d+$",))
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        if (found := re.search(r"_(\d+)_", name)) and not _alive(int(found[1])):
            databases.drop(name)


def _name() -> str:
    return f"{PREFIX}_{os.getpid()}_{next(_numbers)}"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
