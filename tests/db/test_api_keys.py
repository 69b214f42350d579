"""API keys: made, listed, rotated and revoked through the RPCs, at work from the next call on."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import psycopg2
import pytest

from tests._lib.databases import Database

ADMIN = (
    "00000000-0000-4000-8000-0000000000a1"  # admin of client 1, which has the child 3; 4 is the child of 3
)
GRANDCHILD_OWNER = "00000000-0000-4000-8000-0000000000a3"  # admin of client 3


@pytest.fixture(scope="module")
def people(database: Database) -> Database:
    with closing(psycopg2.connect(database.owner_url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute(
            """insert into "TbCliente" ("cdCliente", "cdClientePai")
               values (1, null), (2, null), (3, 1), (4, 3)"""
        )
        for person, client in ((ADMIN, 1), (GRANDCHILD_OWNER, 3)):
            cursor.execute("insert into auth.users (id) values (%s)", (person,))
            cursor.execute(
                """update profiles set "cdCliente" = %s, role = 'admin' where id = %s""", (client, person)
            )
    return database


class Caller:
    """Asks as a person or with a key, the way the API does."""

    def __init__(self, connection: Any, **claims: str) -> None:
        self.connection = connection
        self.claims = json.dumps({"role": "authenticated", **claims})

    def ask(self, call: str, *values: Any) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "select set_config('role', 'authenticated', true),"
                f" set_config('request.jwt.claims', %s, true); select {call}",
                (self.claims, *values),
            )
            return cursor.fetchone()[0]

    def refused(self, call: str, *values: Any) -> str:
        with pytest.raises(psycopg2.Error) as caught:
            self.ask(call, *values)
        return str(caught.value.pgcode)

    def with_key(self, text: str) -> "Caller":
        return Caller(self.connection, key_sha256=hashlib.sha256(text.encode()).hexdigest())


@pytest.fixture
def admin(people: Database) -> Iterator[Caller]:
    with closing(psycopg2.connect(people.api_url)) as connection:
        connection.autocommit = True
        yield Caller(connection, sub=ADMIN)


def test_a_new_key_works_at_once_and_its_text_is_kept_nowhere(admin: Caller, db: Any) -> None:
    made = admin.ask("criar_api_key('gateway', '{read,ingest}', '{3}')")
    gateway = admin.with_key(made["dsKey"])
    assert gateway.ask("(private.exigir('ingest')).\"cdClientes\"") == [3]
    assert gateway.refused("private.exigir('admin')") == "PT403"
    listed = admin.ask("get_api_keys()")
    assert made["cdApiKey"] in [key["cdApiKey"] for key in listed]
    with db.cursor() as cursor:
        cursor.execute("""select k::text from "TbApiKeys" k union all select a::text from "TbAuditoria" a""")
        rows = [row for (row,) in cursor.fetchall()]
    assert made["cdApiKey"] in "".join(rows)
    assert not [row for row in rows if made["dsKey"] in row]
    assert not [key for key in listed if "dsHash" in key or "dsKey" in key]


def test_no_key_does_more_than_its_maker(admin: Caller) -> None:
    assert admin.refused("criar_api_key('x', '{read}', '{2}')") == "PT403"
    limited = admin.with_key(admin.ask("criar_api_key('x', '{admin}', '{3}')")["dsKey"])
    assert limited.refused("criar_api_key('x', '{read}', '{1}')") == "PT403"
    child = limited.ask("criar_api_key('x', '{read}')")
    assert child["cdClientes"] == [3], "a key made by a limited key is limited too"


@pytest.mark.parametrize(
    "call",
    ["criar_api_key(' ')", "criar_api_key('x', '{}')", "criar_api_key('x', '{root}')",
     "criar_api_key('x', p_dt_expiracao => now() - interval '1 second')"],
)  # fmt: skip
def test_what_is_no_key_is_refused(admin: Caller, call: str) -> None:
    assert admin.refused(call) == "PT400"


def test_rotation_lets_the_old_key_go_on_for_a_while(admin: Caller) -> None:
    old = admin.ask("criar_api_key('x', '{read}')")
    new = admin.ask("rotacionar_api_key(%s, 1)", old["cdApiKey"])
    assert (new["dsPermissoes"], new["cdClientes"]) == (old["dsPermissoes"], old["cdClientes"])
    for key in (old, new):
        assert admin.with_key(key["dsKey"]).ask("(private.exigir('read')).\"cdClientes\"") == [1, 3]
    last = admin.ask("rotacionar_api_key(%s, 0)", new["cdApiKey"])
    assert admin.with_key(new["dsKey"]).refused("private.exigir('read')") == "PT401"
    assert admin.with_key(last["dsKey"]).ask("(private.exigir('read')).\"dsTipo\"") == "key"
    assert admin.refused("rotacionar_api_key(%s)", new["cdApiKey"]) == "PT409"


def test_a_revoked_key_is_refused_from_the_next_call_on(admin: Caller) -> None:
    key = admin.ask("criar_api_key('x', '{read}')")
    assert admin.ask("revogar_api_key(%s)", key["cdApiKey"])["blAtiva"] is False
    assert admin.with_key(key["dsKey"]).refused("private.exigir('read')") == "PT401"
    assert admin.refused("revogar_api_key(%s)", str(uuid4())) == "PT404"


def test_rotation_gives_nobody_a_key_that_reaches_further_than_they_do(admin: Caller) -> None:
    """The owner belongs to the child 3 and sees its child 4, which the admin of 1 does not."""
    owner = Caller(admin.connection, sub=GRANDCHILD_OWNER)
    far = owner.ask("criar_api_key('x', '{read}')")
    near = owner.ask("criar_api_key('x', '{read}', '{3}')")
    assert admin.refused("rotacionar_api_key(%s)", far["cdApiKey"]) == "PT403"
    assert admin.ask("rotacionar_api_key(%s)", near["cdApiKey"])["cdClientes"] == [3]
    assert owner.with_key(far["dsKey"]).ask("(private.exigir('read')).\"cdClientes\"") == [3, 4]
