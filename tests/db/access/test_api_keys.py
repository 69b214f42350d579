"""API keys: made, listed, rotated and revoked through the RPCs, at work from the next call on.

Comments name changes to the SQL that were tried and make the test fail.
"""

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
READER = "00000000-0000-4000-8000-0000000000a4"  # of client 1, no admin
STRANGER = "00000000-0000-4000-8000-0000000000a5"  # admin of client 2
MINUTES = (
    """select round(extract(epoch from "dtExpiracao" - now()) / 60) from "TbApiKeys" where "cdApiKey" = %s"""
)


@pytest.fixture(scope="module")
def people(database: Database) -> Database:
    with closing(psycopg2.connect(database.owner_url)) as owner, owner, owner.cursor() as cursor:
        cursor.execute(
            """insert into "TbCliente" ("cdCliente", "cdClientePai")
               values (1, null), (2, null), (3, 1), (4, 3)"""
        )
        for person, client, role in (
            (ADMIN, 1, "admin"),
            (GRANDCHILD_OWNER, 3, "admin"),
            (READER, 1, "default"),
            (STRANGER, 2, "admin"),
        ):
            cursor.execute("insert into auth.users (id) values (%s)", (person,))
            cursor.execute(
                'update profiles set role = %s, "cdCliente" = %s where id = %s', (role, client, person)
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


# Seen to fail: with dsHash in describe_key() or write_audit_entry(); with the whole key as dsPrefixo.
def test_a_new_key_works_at_once_and_its_text_is_kept_nowhere(admin: Caller, db: Any) -> None:
    made = admin.ask("criar_api_key('gateway', '{read,ingest}', '{3}')")
    gateway = admin.with_key(made["dsKey"])
    assert gateway.ask("(private.require_permission('ingest')).\"cdClientes\"") == [3]
    assert gateway.refused("private.require_permission('admin')") == "PT403"
    listed = admin.ask("get_api_keys()")["data"]
    assert made["cdApiKey"] in [key["cdApiKey"] for key in listed]
    with db.cursor() as cursor:
        cursor.execute("""select k::text from "TbApiKeys" k union all select a::text from "TbAuditoria" a""")
        rows = [row for (row,) in cursor.fetchall()]
    assert made["cdApiKey"] in "".join(rows)
    assert not [row for row in rows if made["dsKey"] in row]
    digest = hashlib.sha256(made["dsKey"].encode()).hexdigest()
    assert sum(digest in row for row in rows) == 1, "in the table of keys, not in the audit log"
    assert not [key for key in listed if "dsHash" in key or "dsKey" in key]


# Seen to fail: without the check of clients in require_key_scope(); with p_cd_clientes as it came from keys.
def test_no_key_does_more_than_its_maker(admin: Caller) -> None:
    assert admin.refused("criar_api_key('x', '{read}', '{2}')") == "PT403"
    limited = admin.with_key(admin.ask("criar_api_key('x', '{admin}', '{3}')")["dsKey"])
    assert limited.refused("criar_api_key('x', '{read}', '{1}')") == "PT403"
    child = limited.ask("criar_api_key('x', '{read}')")
    assert child["cdClientes"] == [3], "a key made by a limited key is limited too"


# Seen to fail: without each of the four checks.
@pytest.mark.parametrize(
    "call",
    ["criar_api_key(' ')", "criar_api_key('x', '{}')", "criar_api_key('x', '{root}')",
     "criar_api_key('x', p_dt_expiracao => now() - interval '1 second')"],
)  # fmt: skip
def test_what_is_no_key_is_refused(admin: Caller, call: str) -> None:
    assert admin.refused(call) == "PT400"


# Seen to fail: without blAtiva in the update of rotacionar_api_key().
def test_rotation_lets_the_old_key_go_on_for_a_while(admin: Caller) -> None:
    old = admin.ask("criar_api_key('x', '{read}')")
    new = admin.ask("rotacionar_api_key(%s, 1)", old["cdApiKey"])
    assert (new["dsPermissoes"], new["cdClientes"]) == (old["dsPermissoes"], old["cdClientes"])
    for key in (old, new):
        assert admin.with_key(key["dsKey"]).ask("(private.require_permission('read')).\"cdClientes\"") == [
            1,
            3,
        ]
    last = admin.ask("rotacionar_api_key(%s, 0)", new["cdApiKey"])
    assert admin.with_key(new["dsKey"]).refused("private.require_permission('read')") == "PT401"
    states = {key["cdApiKey"]: key["blAtiva"] for key in admin.ask("get_api_keys()")["data"]}
    assert (states[old["cdApiKey"]], states[new["cdApiKey"]]) == (True, False)
    assert admin.with_key(last["dsKey"]).ask("(private.require_permission('read')).\"dsTipo\"") == "key"
    assert admin.refused("rotacionar_api_key(%s)", new["cdApiKey"]) == "PT409"


# Seen to fail: with an hour for all in rotacionar_api_key(), instead of the earlier of both ends.
@pytest.mark.parametrize(("ends", "hours", "expected"), [(30, 1, 30), (90, 1, 60), (None, 2, 120)])
def test_rotation_shortens_the_life_of_a_key_but_never_lengthens_it(
    admin: Caller, db: Any, ends: int | None, hours: int, expected: int
) -> None:
    old = admin.ask(
        "criar_api_key('x', '{read}', null, now() + make_interval(mins => %s))", ends
    )  # null: without end
    new = admin.ask("rotacionar_api_key(%s, %s)", old["cdApiKey"], hours)
    with db.cursor() as cursor:
        cursor.execute(MINUTES, (old["cdApiKey"],))
        assert cursor.fetchone() == (expected,)
        cursor.execute(MINUTES, (new["cdApiKey"],))
        assert cursor.fetchone() == (ends,)


# Seen to fail: without the check of p_nr_horas.
@pytest.mark.parametrize("hours", [-1, 721, None])
def test_the_old_key_goes_on_for_a_month_at_most(admin: Caller, hours: int | None) -> None:
    key = admin.ask("criar_api_key('x', '{read}')")
    assert admin.refused("rotacionar_api_key(%s, %s)", key["cdApiKey"], hours) == "PT400"
    assert admin.with_key(key["dsKey"]).ask("(private.require_permission('read')).\"dsTipo\"") == "key"
    assert admin.ask("rotacionar_api_key(%s, 720)", key["cdApiKey"])["blAtiva"]


# Seen to fail: without blAtiva, and without dtExpiracao, in that check of rotacionar_api_key().
@pytest.mark.parametrize("end", ['"blAtiva" = false', '"dtExpiracao" = now()'])
def test_a_key_that_has_ended_is_not_rotated(admin: Caller, db: Any, end: str) -> None:
    key = admin.ask("criar_api_key('x', '{read}')")
    with db.cursor() as cursor:
        cursor.execute(f'update "TbApiKeys" set {end} where "cdApiKey" = %s', (key["cdApiKey"],))
    assert admin.with_key(key["dsKey"]).refused("private.require_permission('read')") == "PT401"
    assert admin.refused("rotacionar_api_key(%s)", key["cdApiKey"]) == "PT409"


# Seen to fail: without the check of clients in managed_key(); with exigir('read') in any of the four.
def test_keys_are_managed_by_admins_of_their_client_alone(admin: Caller) -> None:
    key = admin.ask("criar_api_key('x', '{read}')")
    reader, stranger = (Caller(admin.connection, sub=person) for person in (READER, STRANGER))
    for call in ("rotacionar_api_key(%s)", "revogar_api_key(%s)"):
        assert stranger.refused(call, key["cdApiKey"]) == "PT404"
        assert reader.refused(call, key["cdApiKey"]) == "PT403"
    for call in ("criar_api_key('x')", "get_api_keys()"):
        assert reader.refused(call) == "PT403"
    assert stranger.ask("get_api_keys()")["data"] == []
    assert admin.with_key(key["dsKey"]).ask("(private.require_permission('read')).\"cdClientes\"") == [1, 3]


# Seen to fail: with null for p_dt_expiracao in store_key().
def test_a_key_ends_when_it_should(admin: Caller) -> None:
    key = admin.ask("criar_api_key('x', '{read}', null, now() + interval '0.2 s')")
    held = admin.with_key(key["dsKey"])
    admin.ask("pg_sleep_until(%s)", key["dtExpiracao"])
    assert held.refused("private.require_permission('read')") == "PT401"


# Seen to fail: with "when true" for an owner who is an admin in key_identity(); without the second update in
# end_keys_of_person().
def test_a_key_manages_as_long_as_its_owner_does_and_not_again(admin: Caller, db: Any) -> None:
    key = admin.with_key(admin.ask("criar_api_key('x', '{read,admin}')")["dsKey"])
    for role, permissions in (("default", ["read"]), ("admin", ["read"])):
        with db.cursor() as cursor:
            cursor.execute("update profiles set role = %s where id = %s", (role, ADMIN))
        assert key.ask("(private.require_permission('read')).\"dsPermissoes\"") == permissions


# Seen to fail: without the check of v_dono in key_owner().
def test_a_key_belongs_to_a_person(people: Database) -> None:
    with closing(psycopg2.connect(people.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute("set role service_role")
        with pytest.raises(psycopg2.Error) as caught:
            cursor.execute("select public.criar_api_key('x')")
        assert caught.value.pgcode == "PT403"


# Seen to fail: with the oldest first in get_api_keys(); with the time alone compared to the cursor's.
def test_keys_are_listed_in_pages_newest_first(admin: Caller, db: Any) -> None:
    made = [admin.ask("criar_api_key('x', '{read}')")["cdApiKey"] for _ in range(5)]
    with db.cursor() as cursor:  # two of the same moment
        cursor.execute(
            """update "TbApiKeys" k set "dtRegistro" = o."dtRegistro" from "TbApiKeys" o
               where o."cdApiKey" = %s and k."cdApiKey" = %s""",
            (made[2], made[3]),
        )
    first = admin.ask("get_api_keys(null, 2)")
    assert [key["cdApiKey"] for key in first["data"]] == [made[4], max(made[2], made[3])]
    found, cursor = first["data"], first["nextCursor"]
    while cursor:
        page = admin.ask("get_api_keys(null, 2, %s)", cursor)
        found, cursor = found + page["data"], page["nextCursor"]
    assert found == admin.ask("get_api_keys(null, 1000)")["data"]
    assert {*made} <= {key["cdApiKey"] for key in found}
    assert admin.refused("get_api_keys(null, 2, %s)", "00000000-0000-4000-8000-ffffffffffff") == "PT400"


# Seen to fail: without blAtiva in key_identity(); without the condition in revogar_api_key().
def test_a_revoked_key_is_refused_from_the_next_call_on(admin: Caller) -> None:
    key = admin.ask("criar_api_key('x', '{read}')")
    assert admin.ask("revogar_api_key(%s)", key["cdApiKey"])["blAtiva"] is False
    assert admin.with_key(key["dsKey"]).refused("private.require_permission('read')") == "PT401"
    assert admin.refused("revogar_api_key(%s)", str(uuid4())) == "PT404"


# Seen to fail: with the key's own clients, null for all, as what it reaches; with the caller as new owner.
def test_rotation_gives_nobody_a_key_that_reaches_further_than_they_do(admin: Caller) -> None:
    """The owner belongs to the child 3 and sees its child 4, which the admin of 1 does not."""
    owner = Caller(admin.connection, sub=GRANDCHILD_OWNER)
    far = owner.ask("criar_api_key('x', '{read}')")
    near = owner.ask("criar_api_key('x', '{read}', '{3}')")
    assert admin.refused("rotacionar_api_key(%s)", far["cdApiKey"]) == "PT403"
    successor = admin.ask("rotacionar_api_key(%s)", near["cdApiKey"])
    assert (successor["cdClientes"], successor["cdUsuario"]) == ([3], GRANDCHILD_OWNER)
    assert owner.with_key(far["dsKey"]).ask("(private.require_permission('read')).\"cdClientes\"") == [3, 4]
