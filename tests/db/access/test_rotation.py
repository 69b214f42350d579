"""Secrets change while requests go on, and none is refused (scripts/README.md, Changing secrets)."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import jwt
import psycopg2
import pytest

from app.http.application import create_app
from app.settings import Settings
from scripts.devkit.local import databases
from tests._lib import identities
from tests._lib.databases import Database
from tests.http import callers
from tests.http.door import Door
from tests.http.stubs import SETTINGS

NEW_SECRET = "another-secret-for-tests-of-at-least-32-bytes"
PAIRS = [("rastro_api", "rastro_api_2"), ("rastro_manutencao", "rastro_manutencao_2"),
         ("rastro_broker", "rastro_broker_2")]  # fmt: skip


@pytest.fixture(scope="module")
def fleet(database: Database) -> Database:
    return callers.settle(database)


@contextmanager
def serving(fleet: Database, login: str) -> Iterator[Any]:
    """The API, started with this login."""
    url = databases.url(login, fleet.name)
    app = create_app(
        Settings(database_url=url, jwt_secret=identities.JWT_SECRET, jwt_issuer=identities.ISSUER)
    )
    yield app
    app.extensions["rastro.backend"].close()


def _sql(database: Database, statement: str, *values: Any) -> Any:
    with databases.admin(database.name) as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else None


# Should fail: with the first login locked before the second serves.
def test_the_login_of_the_api_changes_without_a_refused_request(fleet: Database) -> None:
    """A proxy sends requests to whichever instance is there; instances are replaced one by one."""
    stop, statuses, instances = threading.Event(), [], []
    headers = callers.with_key(callers.READ_KEY)

    def ask() -> None:
        while not stop.is_set():
            statuses.append(instances[0].test_client().get("/v2/dispositivos", headers=headers).status_code)

    def answered(more: int) -> None:
        begun = len(statuses)
        while len(statuses) < begun + more:
            assert client.is_alive()

    client = threading.Thread(target=ask)
    with serving(fleet, "rastro_api") as first, serving(fleet, "rastro_api_2") as second:
        instances.append(first)
        client.start()
        try:
            answered(3)
            with databases.roles_locked():
                databases.set_password("rastro_api_2")
            instances[0] = second
            answered(3)
            first.extensions["rastro.backend"].close()
            with databases.roles_locked():
                _sql(fleet, "alter role rastro_api nologin")
                try:
                    answered(3)
                    with pytest.raises(psycopg2.OperationalError):
                        psycopg2.connect(fleet.api_url)
                finally:
                    _sql(fleet, "alter role rastro_api login")
        finally:
            stop.set()
            client.join()
    assert {*statuses} == {200}


# Should fail: without a setting or a membership in the second file of any pair.
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_both_logins_of_a_pair_may_do_the_same(fleet: Database, first: str, second: str) -> None:
    settings = "select unnest(setconfig) from pg_db_role_setting where setrole = %s::regrole order by 1"
    assert _sql(fleet, settings, first) == _sql(fleet, settings, second) != []
    functions = """select p.oid::regprocedure::text from pg_proc p
                   where pronamespace in ('private'::regnamespace, 'public'::regnamespace)
                     and has_function_privilege(%s, p.oid, 'execute') order by 1"""
    assert _sql(fleet, functions, first) == _sql(fleet, functions, second)
    attributes = "select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = %s"
    assert _sql(fleet, attributes, first) == _sql(fleet, attributes, second) == [(True, False, False, False)]


def test_jobs_run_with_the_second_login(fleet: Database) -> None:
    with databases.roles_locked():
        for login in ("rastro_manutencao_2", "rastro_broker_2"):
            databases.set_password(login)
    for login, statement in (
        ("rastro_manutencao_2", "call private.run_maintenance()"),
        ("rastro_broker_2", "select private.broker_logins()"),
    ):
        with closing(psycopg2.connect(databases.url(login, fleet.name))) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)


# Should fail: with one secret only in app/identity/auth.py; with the former one first in none.
def test_the_secret_of_tokens_changes_without_a_refused_request() -> None:
    """Both are accepted; Auth signs with the new one; the old one is removed when its tokens have ended."""
    old, new = identities.JWT_SECRET, NEW_SECRET
    steps = [
        ((old, None), {old: True, new: False}),
        ((new, old), {old: True, new: True}),
        ((new, None), {old: False, new: True}),
    ]
    for (secret, former), expected in steps:
        door = Door(
            Settings(
                database_url=SETTINGS.database_url,
                jwt_issuer=identities.ISSUER,
                jwt_secret=secret,
                **({"former_jwt_secret": former} if former else {}),
            )
        )
        assert {signer: door.admits(_token(signer)) for signer in (old, new)} == expected
        assert not door.admits(_token("nobody's secret of at least 32 bytes long"))


def _token(secret: str) -> str:
    return jwt.encode(identities.claims(callers.READER), secret, algorithm="HS256")
