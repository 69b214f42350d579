"""Keys of people who left a client, were demoted, or never had more: what they may do, and for how long.

Clients 1 and 2; 3 is a child of 1. Each test has its own people. All but the one of a deleted
user failed before keys rested on a membership; comments name changes to the SQL that made each fail.
"""

import json
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from tests._lib.databases import Database
from tests.db.access._people import ALL, CLIENTS, PERMISSIONS, World, by_key, by_person


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    world = World(database)
    with closing(world.owner), closing(world.api):
        yield world


def test_a_key_ends_for_good_when_its_owner_is_removed(world: World) -> None:
    admin, person = by_person(world.person(1)), world.person(1)
    other = world.ask(by_person(world.person(2)), "criar_convite(2, 10)")["dsChave"]
    keys = [
        world.key(by_person(person), p_ds_permissoes=ALL),
        world.key(by_person(person), p_cd_clientes=[3]),
    ]
    assert [world.works(key) for key in keys] == [True, True]
    world.ask(admin, "remover_pessoa(%s)", person)
    assert [world.works(key) for key in keys] == [False, False]
    listed = {key["cdApiKey"]: key["blAtiva"] for key in world.ask(admin, "get_api_keys()")["data"]}
    assert [listed.get(key["cdApiKey"]) for key in keys] == [False, False], "listed, and ended"
    world.ask(by_person(person), "aceitar_convite(%s)", other)
    assert [world.works(key) for key in keys] == [False, False], "nothing of the new client"
    stranger = by_person(world.person(2))
    assert world.refused(stranger, "revogar_api_key(%s)", keys[0]["cdApiKey"]) == "PT404"
    assert keys[0]["cdApiKey"] not in json.dumps(world.ask(stranger, "get_api_keys()"))
    world.ask(stranger, "remover_pessoa(%s)", person)
    again = world.ask(admin, "criar_convite(1)")["dsChave"]
    world.ask(by_person(person), "aceitar_convite(%s)", again)
    world.ask(admin, "mudar_pessoa(%s, 'admin')", person)
    assert [world.works(key) for key in keys] == [False, False], "they do not revive"
    assert world.ask(admin, "revogar_api_key(%s)", keys[0]["cdApiKey"])["blAtiva"] is False


# Seen to fail: with the trigger on profiles for updates of cdCliente only (the deleted profile).
@pytest.mark.parametrize(
    "change",
    [
        'update profiles set "cdCliente" = 2 where id = %s',
        'update profiles set "cdCliente" = null where id = %s',
        "delete from profiles where id = %s",
        "delete from auth.users where id = %s",
    ],
)
def test_it_ends_however_the_person_leaves(world: World, change: str) -> None:
    """By the dashboard, say, where the service writes the table."""
    person = world.person(1)
    key = world.key(by_person(person))
    world.sql(f"set role service_role; {change}; reset role" if "auth" not in change else change, person)
    assert not world.works(key)
    world.sql("insert into auth.users (id) values (%s) on conflict do nothing", person)
    world.sql(
        "insert into profiles (id, \"cdCliente\", role) values (%s, 1, 'admin')"
        " on conflict (id) do update set \"cdCliente\" = 1, role = 'admin'",
        person,
    )
    assert not world.works(key)


# Seen to fail: without the last update in end_keys_of_person().
def test_of_a_demoted_admin_a_key_keeps_what_readers_may_do(world: World) -> None:
    admin, person = by_person(world.person(1)), world.person(1)
    key, gateway = (
        world.key(by_person(person), p_ds_permissoes=permissions) for permissions in (ALL, ["ingest"])
    )
    world.ask(admin, "mudar_pessoa(%s, 'default')", person)
    assert world.ask(by_key(key), PERMISSIONS) == ["read"]
    world.ask(admin, "mudar_pessoa(%s, 'admin')", person)
    assert world.ask(by_key(key), PERMISSIONS) == ["read"], "what it has lost stays lost"
    assert world.refused(by_key(gateway), "private.require_permission('ingest')") == "PT401"


# Seen to fail: without the condition on the role service in end_keys_of_person().
def test_keys_of_the_service_end_with_that_role(world: World) -> None:
    person = world.person(1, "service")
    everything, one = world.key(by_person(person)), world.key(by_person(person), p_cd_clientes=[2])
    assert {1, 2, 3} <= {*world.ask(by_key(everything), CLIENTS)}
    second = by_person(world.person(2))
    assert one["cdApiKey"] in json.dumps(world.ask(second, "get_api_keys()")), "it is for that client alone"
    assert everything["cdApiKey"] not in json.dumps(world.ask(second, "get_api_keys()"))
    world.sql("update profiles set role = 'admin' where id = %s", person)
    world.sql("update profiles set role = 'service' where id = %s", person)
    assert [world.works(key) for key in (everything, one)] == [False, False]
    assert world.refused(second, "revogar_api_key(%s)", everything["cdApiKey"]) == "PT404"
    assert world.ask(second, "revogar_api_key(%s)", one["cdApiKey"])["blAtiva"] is False


def test_a_key_that_names_no_clients_does_not_grow(world: World) -> None:
    admin = by_person(world.person(2))
    key = world.key(admin)
    world.sql('insert into "TbCliente" ("cdCliente", "cdClientePai") values (22, 2)')
    assert world.ask(admin, CLIENTS) == [2, 22]
    assert world.ask(by_key(key), CLIENTS) == [2]
    world.sql('delete from "TbCliente" where "cdCliente" = 22')


# Seen to fail: without the trigger on TbCliente.
def test_a_client_with_another_parent_leaves_the_keys_for_good(world: World) -> None:
    world.sql('insert into "TbCliente" ("cdCliente", "cdClientePai") values (31, 1)')
    admin = by_person(world.person(1))
    both, child = world.key(admin, p_cd_clientes=[1, 31]), world.key(admin, p_cd_clientes=[31])
    for parent in (2, 1):
        world.sql(
            """set role service_role; update "TbCliente" set "cdClientePai" = %s where "cdCliente" = 31;
               reset role""",
            parent,
        )
        assert world.ask(by_key(both), CLIENTS) == [1]
        assert not world.works(child)
    third = world.key(admin, p_cd_clientes=[31])
    world.sql("""set role service_role; update "TbCliente" set "cdClientePai" = 1, "dsNome" = 'x'
                 where "cdCliente" = 31; reset role""")
    assert world.works(third), "its parent has not changed"
    world.sql('delete from "TbCliente" where "cdCliente" = 31')
    assert not world.works(third)


def test_a_key_makes_none_that_lasts_longer_or_does_more(world: World) -> None:
    admin = by_person(world.person(1))
    end = "2099-01-01T00:00:00+00:00"
    hour = world.key(admin, p_ds_permissoes=ALL, p_dt_expiracao=end, p_cd_clientes=[3])
    made = world.key(by_key(hour))
    assert (made["dtExpiracao"], made["cdClientes"]) == (end, [3])
    for arguments in (
        {"p_dt_expiracao": "2099-01-01T00:00:01+00:00"},
        {"p_cd_clientes": [1]},
        {"p_cd_clientes": [2]},
    ):
        given = ", ".join(f"{name} => %s" for name in arguments)
        assert world.refused(by_key(hour), f"criar_api_key('x', {given})", *arguments.values()) == "PT403"
    reader = world.key(admin)
    assert world.refused(by_key(reader), "criar_api_key('x')") == "PT403"


# Seen to fail: without require_within_key() in managed_key(); without its conditions on clients and expiry.
@pytest.mark.parametrize("call", ["limitar_api_key(%s)", "rotacionar_api_key(%s)", "revogar_api_key(%s)"])
def test_a_key_manages_no_key_that_may_do_more(world: World, call: str) -> None:
    admin = by_person(world.person(1))
    end = {"p_dt_expiracao": "2099-01-01T00:00:00+00:00"}
    manager = world.key(admin, p_ds_permissoes=ALL, p_cd_clientes=[1], **end)
    for more in (
        {"p_cd_clientes": [1]},
        {"p_cd_clientes": [1], "p_dt_expiracao": "2099-01-01T00:00:01+00:00"},
        {"p_cd_clientes": [1, 3], **end},
        {**end},
    ):
        other = world.key(admin, **more)
        assert world.refused(by_key(manager), call, other["cdApiKey"]) == "PT403"
        assert world.works(other)
    within = world.key(admin, p_cd_clientes=[1], **end)
    assert world.ask(by_key(manager), call, within["cdApiKey"])["cdApiKey"]
    foreign = world.key(by_person(world.person(2)), p_cd_clientes=[2], **end)
    assert world.refused(by_key(manager), call, foreign["cdApiKey"]) == "PT404"


# Seen to fail: without the trigger TbApiKeys_filhas; without the update of cdApiKeyMae in
# rotacionar_api_key().
def test_keys_that_a_key_made_are_revoked_with_it(world: World) -> None:
    admin = by_person(world.person(1))
    leaked = world.key(admin, p_ds_permissoes=ALL)
    child = world.key(by_key(leaked), p_ds_permissoes=ALL)
    grandchild, bystander = world.key(by_key(child)), world.key(admin)
    successor = world.ask(admin, "rotacionar_api_key(%s, 0)", leaked["cdApiKey"])
    assert [world.works(key) for key in (leaked, successor, child, grandchild)] == [False, True, True, True]
    world.ask(admin, "revogar_api_key(%s)", successor["cdApiKey"])
    assert [world.works(key) for key in (successor, child, grandchild, bystander)] == [
        False,
        False,
        False,
        True,
    ]


PEOPLE_CALLS = [
    "criar_convite()",
    "get_convites()",
    "revogar_convite(1)",
    "get_pessoas()",
    "mudar_pessoa('{}', 'default')",
    "mudar_pessoa('{}', 'admin')",
    "remover_pessoa('{}')",
]


# Seen to fail: each, without the condition in require_people_management().
@pytest.mark.parametrize("call", PEOPLE_CALLS)
def test_people_and_invitations_need_a_person(world: World, call: str) -> None:
    person = world.person(1)
    for maker in (by_person(person), by_person(world.person(None, "service"))):
        key = world.key(maker, p_ds_permissoes=ALL)
        assert world.refused(by_key(key), call.format(person)) == "PT403"
    assert world.sql("select role::text from profiles where id = %s", person) == [("admin",)]


# Seen to fail: with managed_clients() in the policy of profiles; with is_service() alone in the other.
def test_keys_see_neither_people_nor_the_texts_of_invitations(world: World) -> None:
    admin = by_person(world.person(1))
    world.ask(admin, "criar_convite(1, 10)")
    for maker in (admin, by_person(world.person(None, "service"))):
        key = by_key(world.key(maker, p_ds_permissoes=ALL))
        for table in ("profiles", '"TbClienteChave"'):
            assert world.ask(maker, f"count(*) from {table}") > 0
            assert world.ask(key, f"count(*) from {table}") == 0


# Seen to fail: the first, without lock_profile() in require_key_management().
@pytest.mark.parametrize("make", ["criar_api_key('key')", "rotacionar_api_key('{}', 24)"])
def test_nobody_who_is_being_removed_is_left_with_a_key(world: World, make: str) -> None:
    """One transaction removes the person and has not ended; another makes a key."""
    admin, person = by_person(world.person(1)), world.person(1)
    old = world.key(by_person(person))
    caller = by_person(person) if make.startswith("criar") else admin
    with closing(psycopg2.connect(world.database.api_url)) as remover:
        world.ask(admin, "remover_pessoa(%s)", person, connection=remover)
        outcome = world.outcome_while(remover, caller, make.format(old["cdApiKey"]))
    assert outcome in ("PT403", "PT409"), outcome
    assert world.sql('select 1 from "TbApiKeys" where "cdUsuario" = %s and "blAtiva"', person) == []


def test_the_audit_log_of_a_key_stays_with_its_client(world: World) -> None:
    admin, person = by_person(world.person(1)), world.person(1)
    key = world.key(by_person(person))
    world.ask(admin, "remover_pessoa(%s)", person)
    entries = 'count(*) from "TbAuditoria" where coalesce("jsDepois", "jsAntes") ->> \'cdApiKey\' = %s'
    assert world.ask(admin, entries, key["cdApiKey"]) == 2
    assert world.ask(by_person(world.person(2)), entries, key["cdApiKey"]) == 0
