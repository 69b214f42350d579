"""A request finds out once who calls, however many tables, policies and functions ask.

What is kept for that is a setting of the transaction, and whoever can write settings could write it.
"""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local.databases import admin
from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS, Caller, by_key, by_person
from tests.db.access._postgrest import RestWorld, request_of
from tests.db.access.test_isolation import FUNCTIONS, RELATION

# Calls are counted beyond the end of a transaction, for as long as they have not been reported.
CALLED = """(select coalesce(pg_stat_get_xact_function_calls(oid), 0) from pg_proc
             where proname = 'resolve_caller')"""
BEFORE = f"; select set_config('test.before', {CALLED}::text, true); "
LOOKUPS = f"select {CALLED} - current_setting('test.before')::integer"
KEPT = "select current_setting('rastro.chamador', true)"
CLIENTS = "select private.visible_clients()"
ASKING = ["reader1", "admin1", "key-limited", "key-auditor", "service"]
# They wait for changes of the caller's rights, and look again then.
LOOK_AGAIN = {"criar_api_key", "criar_credencial", "limitar_api_key", "rotacionar_api_key"} | {
    "criar_convite",
    "excluir_pessoa",
    "mudar_pessoa",
    "remover_pessoa",
}
CALLS = {name.partition(".")[2]: call for name, (_, call) in FUNCTIONS.items() if name.startswith("public.")}
READ = [name for name, rules in RELATION.items() if name.startswith("public.") and rules[1] != "closed"]


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with admin() as cursor:
        cursor.execute(f"alter database {database.name} set track_functions = 'all'")
    with RestWorld(database) as world:
        yield world


def lookups(world: RestWorld, caller: Caller, *statements: str) -> int:
    """How often the caller is looked up for a request of these statements; all of it is undone."""
    entry, settings = world.gateway.entry(request_of(caller, statements[0]))
    with world.gateway.connection.cursor() as cursor:
        cursor.execute(entry.replace("; ", BEFORE, 1), settings)
        try:
            for statement in statements:
                cursor.execute("savepoint before")
                try:
                    cursor.execute(statement)
                except psycopg2.Error:  # refused, or not found: that is an answer
                    cursor.execute("rollback to before")
            cursor.execute(LOOKUPS)
            return int(cursor.fetchone()[0])
        finally:
            cursor.execute("rollback")


# Seen to fail: with nothing kept (41 look-ups for get_produtos_completos).
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_function_of_the_api_looks_the_caller_up_once(world: RestWorld, name: str) -> None:
    found = {who: lookups(world, CALLERS[who], CALLS[name]) for who in ASKING}
    assert {who: n for who, n in found.items() if not 1 <= n <= 1 + (name in LOOK_AGAIN)} == {}


# Seen to fail: with nothing kept (18 for VwRelHistoricoDispositivoProduto).
def test_a_table_or_view_looks_the_caller_up_once(world: RestWorld) -> None:
    found = {
        (name, who): lookups(world, CALLERS[who], 'select * from {}."{}"'.format(*name.split(".")))
        for name in READ
        for who in ASKING
    }
    assert len(found) > 150
    assert {asked: n for asked, n in found.items() if n != 1} == {}


def test_statements_of_one_request_share_the_look_up(world: RestWorld) -> None:
    assert lookups(world, CALLERS["admin1"], CLIENTS, 'select * from "VwTbProdutoTotal"', CLIENTS) == 1


@pytest.fixture
def session(world: RestWorld) -> Iterator[Any]:
    """A transaction of the application's login, which is undone."""
    connection = world.application
    with connection.cursor() as cursor:
        cursor.execute("begin")
        yield cursor
        cursor.execute("rollback")


def clients(cursor: Any, caller: Caller | None = None) -> list[int]:
    """Whose rows are visible: to this caller, or to whoever called last."""
    if caller:
        cursor.execute(*caller.entry())
    cursor.execute(CLIENTS)
    return sorted(cursor.fetchone()[0])


def kept(cursor: Any) -> str:
    cursor.execute(KEPT)
    return str(cursor.fetchone()[0])


def keep(cursor: Any, text: str) -> None:
    cursor.execute("select set_config('rastro.chamador', %s, true)", (text,))


# Seen to fail: with the identity believed without its signature.
@pytest.mark.parametrize("signature", ["0" * 64, "", "the real one"])
def test_what_somebody_else_wrote_is_not_believed(session: Any, signature: str) -> None:
    assert clients(session, by_person(301)) == [3, 4]
    mine = kept(session)
    assert mine[64:].startswith("(user,")
    forged = mine[64:].replace('"{3,4}"', '"{1,2,3,4}"')
    assert forged != mine[64:]
    keep(session, (mine[:64] if signature == "the real one" else signature) + forged)
    assert clients(session) == [3, 4]


# Seen to fail: without the claims, or without the time, in what is signed.
def test_what_was_kept_for_somebody_else_is_not_believed(session: Any) -> None:
    clients(session, CALLERS["service"])
    other = kept(session)
    assert clients(session, by_person(301)) == [3, 4]
    keep(session, other)
    assert clients(session) == [3, 4]
    session.execute("commit; begin")
    session.execute(*CALLERS["service"].entry())
    keep(session, other)
    clients(session)
    assert kept(session) != other


# Seen to fail: without the role in what is signed.
def test_what_was_kept_for_another_role_is_not_believed(world: RestWorld) -> None:
    with world.owner.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(*by_person(301).entry())
        cursor.execute("reset role")
        assert clients(cursor) == [1, 2, 3, 4]
        cursor.execute("set local role authenticated")
        assert clients(cursor) == [3, 4]
        cursor.execute("rollback")


PERSON = "id = '00000000-0000-4000-8000-000000000301'"
CHANGES = {
    "profiles": f'update profiles set "cdCliente" = 2 where {PERSON}',
    "profiles, deleted": f"delete from profiles where {PERSON}",
    "TbCliente": 'insert into "TbCliente" ("cdCliente", "cdClientePai") values (9, 3)',
    "an account": f"update auth.users set deleted_at = now() where {PERSON}",
    "an account, banned": f"update auth.users set banned_until = now() + interval '1 hour' where {PERSON}",
    "TbApiKeys": """update "TbApiKeys" set "blAtiva" = false where "dsNome" = 'of301'""",
}


# Seen to fail: without each of the triggers; that on people is missed only where keys have none either.
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_the_transaction_itself_holds_at_once(world: RestWorld, change: str) -> None:
    caller = by_key("of301") if change == "TbApiKeys" else by_person(301)
    with world.owner.cursor() as cursor:
        cursor.execute(f"""begin;
            create function public.change() returns void language sql security definer
            as $${CHANGES[change]}$$;
            grant execute on function public.change to authenticated""")
        try:
            before = clients(cursor, caller)
            cursor.execute("select public.change()")
            assert clients(cursor) != before != []
        finally:
            cursor.execute("rollback")
