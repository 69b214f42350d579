"""Fixtures for all tests: a running cluster, a template database, clones of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local import cluster, templates
from tests._lib import databases
from tests._lib.databases import Database


@pytest.fixture(scope="session")
def project() -> Iterator[Database]:
    """A database as a hosted Supabase project begins, without our migrations. It can only be cloned."""
    cluster.start()
    databases.drop_leftovers()
    with templates.project() as name:
        yield Database(name)


@pytest.fixture(scope="session")
def template(project: Database) -> Iterator[Database]:
    """A database with all migrations. It can only be cloned."""
    with templates.migrated() as name:
        yield Database(name)


@pytest.fixture(scope="module")
def database(template: Database) -> Iterator[Database]:
    """A database of its own for the tests of one module."""
    with databases.clone(template) as database:
        yield database


@pytest.fixture
def new_database(template: Database) -> Iterator[Callable[[], Database]]:
    """A function that makes one more fresh database for this test alone."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(databases.clone(template))


@pytest.fixture
def db(database: Database) -> Iterator[Any]:
    """A connection of the owner to the module's database, in autocommit."""
    with closing(psycopg2.connect(database.owner_url)) as connection:
        connection.autocommit = True
        yield connection
