"""Both back ends, each on a database of its own with the demo fleet; connections that last a module."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from app.identity.tokens import Signer
from app.rpc import Backend
from app.rpc.pool import Pool
from app.rpc.postgres import PostgresBackend
from app.rpc.slots import Slots
from app.rpc.supabase import SupabaseBackend, connect
from tests._lib import databases, identities, pooler, rest
from tests._lib.databases import Database
from tests.http import callers

SIGNER = Signer(identities.JWT_SECRET, identities.ISSUER, "authenticated")


@dataclass(frozen=True)
class Side:
    """A back end and its database; `url` is the REST server's, where there is one."""

    database: Database
    backend: Backend
    url: str = ""

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement as the owner; its rows."""
        with (
            closing(psycopg2.connect(self.database.owner_url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    """The module's database with the demo fleet and the callers of tests/http in it."""
    return callers.settle(database)


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


@contextmanager
def rest_backend(url: str, signer: Signer = SIGNER, **changes: Any) -> Iterator[SupabaseBackend]:
    """A back end on the REST server of this URL."""
    usual = {"size": 2, "wait_s": 0.2, "connect_timeout_s": 2, "timeout_s": 20}
    slots = Slots(64, 1)  # of the client itself there are fewer, and it says so
    backend = SupabaseBackend(connect(url, rest.PUBLISHABLE_KEY, **(usual | changes)), signer, slots)
    with closing(backend):
        yield backend


@pytest.fixture(scope="module")
def postgres(fleet: Database) -> Iterator[Side]:
    """Direct PostgreSQL."""
    with closing(PostgresBackend(make_pool(fleet.api_url), statement_timeout_ms=20_000)) as backend:
        yield Side(fleet, backend)


@pytest.fixture(scope="module")
def pooled(template: Database) -> Iterator[Side]:
    """PostgreSQL behind a transaction pooler; skipped where there is none to be had."""
    with (
        databases.clone(template) as database,
        pooler.serving(callers.settle(database)) as url,
        closing(PostgresBackend(make_pool(url), statement_timeout_ms=20_000)) as backend,
    ):
        yield Side(database, backend)


@pytest.fixture(scope="module")
def supabase(template: Database) -> Iterator[Side]:
    """Supabase's REST API, by supabase-py; skipped where there is no node to run its server."""
    with (
        databases.clone(template) as database,
        rest.serving(callers.settle(database)) as url,
        rest_backend(url) as backend,
    ):
        yield Side(database, backend, url)


@pytest.fixture(
    scope="module", params=["postgres", pytest.param("pooled", marks=pytest.mark.acceptance), "supabase"]
)
def side(request: pytest.FixtureRequest) -> Side:
    """Each back end in turn: what follows holds for both."""
    found: Side = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def backend(side: Side) -> Backend:
    """The back end of this side."""
    return side.backend
