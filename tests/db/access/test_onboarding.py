"""A new auth user's client comes from an enrolment code with places left, and from nothing else.

Seen to fail: by believing cdCliente; by taking the id of a code for its text; without `for update`; with the
count before the lock; with `>` for `>=`; without the exception block; without `on conflict`.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from tests._lib.databases import Database
from tests.db._fleet import execute
from tests.db._lab import together

CODE, LIMIT = "código-secreto", 3
Profile = tuple[Any, ...]
NOBODY = (None, None)


@pytest.fixture
def auth(database: Database) -> Iterator[Any]:
    """A connection of Supabase Auth, which alone inserts users; nobody is left of earlier tests."""
    with connected(database) as connection:
        execute(connection, "reset role; delete from auth.users")
        execute(connection, 'delete from "TbClienteChave"; delete from "TbCliente"')
        execute(connection, 'insert into "TbCliente" ("cdCliente") values (1), (2)')
        execute(
            connection,
            """insert into "TbClienteChave" (id, "dsChave", "nrLimite", "cdCliente")
               values (7, %s, %s, 2), (8, 'esgotada', 0, 1)""",
            CODE,
            LIMIT,
        )
        yield connection


@contextmanager
def connected(database: Database) -> Iterator[Any]:
    with closing(psycopg2.connect(database.admin_url)) as connection:
        connection.autocommit = True
        yield connection


def sign_up(connection: Any, metadata: Any) -> Profile:
    """What becomes of somebody who signs up with this metadata: client and code."""
    user = str(uuid.uuid4())
    execute(connection, "set role supabase_auth_admin")
    execute(
        connection,
        "insert into auth.users (id, raw_user_meta_data) values (%s, %s)",
        user,
        None if metadata is None else json.dumps(metadata),
    )
    execute(connection, "reset role")
    profiles = execute(connection, 'select "cdCliente", "cdChave", role from profiles where id = %s', user)
    assert [role for *_, role in profiles] == ["default"]
    return profiles[0][:2]


def test_a_code_gives_its_client(auth: Any) -> None:
    assert sign_up(auth, {"dsChave": CODE}) == (2, 7)
    assert sign_up(auth, {"cdChave": CODE, "cdCliente": 1, "role": "service"}) == (2, 7)


def test_what_people_say_of_themselves_is_kept(auth: Any) -> None:
    sign_up(auth, {"nome": "Ana", "sobrenome": "Silva", "cargo": "gerente"})
    assert execute(auth, "select nome, sobrenome, cargo from profiles") == [("Ana", "Silva", "gerente")]


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        [],
        "text",
        17,
        {"cdCliente": 1},
        {"dsChave": "outra", "cdCliente": "1"},
        {"cdChave": 7},
        {"cdChave": "7"},
        {"dsChave": "esgotada"},
        {"dsChave": None, "cdChave": None},
        {"dsChave": [CODE]},
        {"dsChave": CODE.upper()},
        {"nome": {"not": "a text"}},
    ],
)
def test_anything_else_gives_no_client_and_never_fails(auth: Any, metadata: Any) -> None:
    assert sign_up(auth, metadata) == NOBODY


def test_a_code_has_as_many_places_as_it_says(auth: Any) -> None:
    found = [sign_up(auth, {"dsChave": CODE}) for _ in range(LIMIT + 2)]
    assert found == [(2, 7)] * LIMIT + [NOBODY] * 2


def test_people_who_sign_up_at_once_do_not_exceed_them(auth: Any, database: Database) -> None:
    def join() -> list[Profile]:
        with connected(database) as connection:
            return [sign_up(connection, {"dsChave": CODE}) for _ in range(3)]

    found = [profile for profiles in together(*[join] * 6) for profile in profiles]
    assert sorted(map(str, found)) == sorted(map(str, [(2, 7)] * LIMIT + [NOBODY] * (18 - LIMIT)))


def test_a_code_that_somebody_holds_does_not_fail_the_sign_up(auth: Any, database: Database) -> None:
    with connected(database) as other:
        execute(other, 'begin; select from "TbClienteChave" where id = 7 for update')
        execute(auth, "set lock_timeout = '50ms'")
        assert sign_up(auth, {"dsChave": CODE}) == NOBODY
        execute(other, "rollback")
    assert sign_up(auth, {"dsChave": CODE}) == (2, 7)


def test_a_profile_that_is_there_stays(auth: Any) -> None:
    """One that was made by hand, say, in the transaction of the sign-up: here, by a second trigger."""
    execute(
        auth,
        """create function pg_temp.first() returns trigger language plpgsql as $$ begin
             insert into public.profiles (id, "cdCliente") values (new.id, 1); return null; end $$;
           create trigger a_first after insert on auth.users for each row execute function pg_temp.first()""",
    )
    try:
        user = str(uuid.uuid4())
        execute(
            auth,
            "insert into auth.users (id, raw_user_meta_data) values (%s, %s)",
            user,
            f'{{"dsChave": "{CODE}"}}',
        )
        assert execute(auth, 'select "cdCliente", "cdChave" from profiles where id = %s', user) == [(1, None)]
    finally:
        execute(auth, "drop trigger a_first on auth.users")
