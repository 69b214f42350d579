"""Fixtures for all tests: a running cluster, a template database, clones of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local import cluster, clusters, templates
from tests._lib import clock, cold, databases
from tests._lib.databases import Database
from tests._lib.places import first_port

cluster.FIRST_PORT = first_port(cluster.FIRST_PORT)
_LONGEST = ("tests/property/", "tests/http/docs/test_fuzz.py", "tests/db/plans/", "tests/db/access/")


def pytest_addoption(parser: pytest.Parser) -> None:
    """scripts/test --none-skipped and --cold."""
    parser.addoption("--none-skipped", action="store_true", help="fail if a test is skipped")
    parser.addoption("--cold", action="store_true", help="pack whatever is stored, before it is read")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In worker processes the longest files first, so that all of them finish at about the same time."""
    if config.getoption("--cold"):
        left_out = [item for item in items if cold.is_left_out(item.nodeid)]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Count skipped tests as failures if they are not allowed; worker processes have no reporter."""
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if session.config.getoption("--none-skipped") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def project() -> Iterator[Database]:
    """A database as a hosted Supabase project begins, without our migrations. It can only be cloned.

    It is in a cluster that no other process of tests uses at the same time.
    """
    with clusters.own():
        databases.drop_leftovers()
        with templates.project() as name:
            yield Database(name)


@pytest.fixture(scope="session")
def template(project: Database, pytestconfig: pytest.Config) -> Iterator[Database]:
    """A database with all migrations. It can only be cloned."""
    with templates.migrated() as name, ExitStack() as stack:
        migrated = Database(name)
        if pytestconfig.getoption("--cold"):
            migrated = stack.enter_context(databases.clone(migrated))
            cold.prepare(migrated)
        yield migrated


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
def within_a_day() -> None:
    """For tests in which the calls of a day are counted."""
    clock.stay_within_the_day()


@pytest.fixture
def db(database: Database) -> Iterator[Any]:
    """A connection of the owner to the module's database, in autocommit."""
    with closing(psycopg2.connect(database.owner_url)) as connection:
        connection.autocommit = True
        yield connection
