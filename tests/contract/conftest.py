"""Back ends on a database with the demo fleet; connections that last a module."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from app.rpc import Backend
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend
from scripts._lib.paths import SEED_SQL
from tests._lib.databases import Database
from tests.http import callers


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The module's database with the demo fleet and the callers of tests/http in it."""
    with (
        closing(psycopg2.connect(database.owner_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(SEED_SQL.read_text())
        callers.put(cursor)
    return database


@pytest.fixture(scope="module")
def module_db(database: Database) -> Iterator[Any]:
    """One connection for all tests of the module, in autocommit."""
    with closing(psycopg2.connect(database.admin_url)) as connection:
        connection.autocommit = True
        yield connection


def make_pool(url: str, **changes: Any) -> Pool:
    """A pool as a test needs it."""
    usual = {"size": 2, "wait_s": 0.2, "connect_timeout_s": 2}
    return Pool(url, **(usual | changes))


@pytest.fixture(params=["postgres"])
def backend(fleet: Database, request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each back end in turn: what follows holds for all of them."""
    made = PostgresBackend(make_pool(fleet.api_url), statement_timeout_ms=5_000)
    yield made
    made.close()
