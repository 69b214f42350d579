"""What a key can do with keys and logins: never more than it may itself, nor than it may later.

Clients 1 and 2; 3 is a child of 1.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests._lib.databases import Database
from tests.db.access._people import ALL, CLIENTS, PERMISSIONS, World, by_key, by_person

END = "2099-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    world = World(database)
    world.sql('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (101, 1), (301, 3)')
    with closing(world.owner), closing(world.api):
        yield world


def chain(world: World, maker: dict[str, str], length: int = 3) -> list[dict[str, Any]]:
    """A key, the key that it made, and so on."""
    keys = [world.key(maker, p_ds_permissoes=ALL, p_cd_clientes=[1, 3])]
    while len(keys) < length:
        keys.append(world.key(by_key(keys[-1]), p_ds_permissoes=ALL))
    return keys


def change(world: World, key: dict[str, Any], what: str) -> None:
    """As somebody in the dashboard does."""
    world.sql(f"""set role service_role; update "TbApiKeys" set {what} where "cdApiKey" = '{key["cdApiKey"]}';
                  reset role""")


# Seen to fail: each before, for the second and third key.
@pytest.mark.parametrize(
    ("less", "more", "question", "expected"),
    [
        ("\"dsPermissoes\" = '{read}'", "\"dsPermissoes\" = '{read,ingest,admin}'", PERMISSIONS, ["read"]),
        ("\"cdClientes\" = '{3}'", "\"cdClientes\" = '{1,3}'", CLIENTS, [3]),
    ],
)
def test_a_key_has_no_more_than_the_key_that_made_it_has_now(
    world: World, less: str, more: str, question: str, expected: list[Any]
) -> None:
    keys = chain(world, by_person(world.person(1)))
    change(world, keys[0], less)
    assert [world.ask(by_key(key), question) for key in keys] == [expected] * 3
    change(world, keys[0], more)
    assert [world.ask(by_key(key), question) for key in keys[1:]] == [expected] * 2, (
        "what was lost stays lost"
    )


# Seen to fail: each before ("true" for the second and third key).
@pytest.mark.parametrize(
    ("end", "back"),
    [
        ('"blAtiva" = false', '"blAtiva" = true'),
        ('"dtExpiracao" = now()', '"dtExpiracao" = null'),
        ("\"cdClientes\" = '{}'", "\"cdClientes\" = '{1}'"),
        ("\"dsPermissoes\" = '{}'", "\"dsPermissoes\" = '{read}'"),
    ],
)
def test_a_key_ends_with_the_key_that_made_it(world: World, end: str, back: str) -> None:
    keys = chain(world, by_person(world.person(1)))
    change(world, keys[0], end)
    assert [world.works(key) for key in keys[1:]] == [False, False]
    change(world, keys[0], back)
    assert [world.works(key) for key in keys[1:]] == [False, False], "nothing revives"


# Seen to fail: before, and without the case of a deletion in limit_made_keys().
def test_a_key_ends_when_the_key_that_made_it_is_deleted(world: World) -> None:
    keys = chain(world, by_person(world.person(1)))
    world.sql('delete from "TbApiKeys" where "cdApiKey" = %s', keys[0]["cdApiKey"])
    assert [world.works(key) for key in keys] == [False] * 3


# Seen to fail: before; without the loop in count_key_use().
def test_calls_of_a_key_count_for_a_key_with_a_limit_that_made_it(world: World) -> None:
    admin = by_person(world.person(1))
    keys = chain(world, admin)
    sibling = world.key(by_key(keys[0]))
    world.ask(admin, "limitar_api_key(%s, null, 3)", keys[0]["cdApiKey"])
    for key in (keys[2], sibling, keys[0]):
        assert world.ask(by_key(key), CLIENTS)
    for key in (*keys, sibling):
        assert world.refused(by_key(key), CLIENTS) == "PT429"
        assert world.refused(by_key(key), "conferir_chamador()") == "PT429"
    assert world.ask(admin, "get_api_keys(%s)", keys[0]["cdApiKey"])["data"][0]["nrUsoHoje"] == 3


# Seen to fail: before; without key_lineage() in require_key_management().
def test_a_key_of_a_limited_key_makes_and_raises_nothing(world: World) -> None:
    admin = by_person(world.person(1))
    mother, child, _ = chain(world, admin)
    other = world.key(admin, p_cd_clientes=[1])
    world.ask(admin, "limitar_api_key(%s, 100000, null)", mother["cdApiKey"])
    for call, values in (
        ("criar_api_key('x')", []),
        ("limitar_api_key(%s)", [mother["cdApiKey"]]),
        ("limitar_api_key(%s)", [other["cdApiKey"]]),
        ("rotacionar_api_key(%s)", [other["cdApiKey"]]),
        ("criar_credencial(101)", []),
    ):
        for key in (mother, child):
            assert world.refused(by_key(key), call, *values) == "PT403", call


# Seen to fail: before (the mother was revoked, replaced and limited by its child).
@pytest.mark.parametrize(
    "call", ["limitar_api_key(%s, 1)", "rotacionar_api_key(%s, 0)", "revogar_api_key(%s)"]
)
def test_a_key_does_nothing_to_the_keys_that_made_it(world: World, call: str) -> None:
    first, second, third = chain(world, by_person(world.person(1)))
    for above in (first, second):
        assert world.refused(by_key(third), call, above["cdApiKey"]) == "PT403"
    assert [world.works(key) for key in (first, second, third)] == [True] * 3


# Seen to fail: without the condition on either limit in require_within_key().
@pytest.mark.parametrize("limit", ["p_nr_limite_minuto", "p_nr_cota_diaria"])
def test_a_key_revokes_no_key_that_may_do_more(world: World, limit: str) -> None:
    """The one thing that a key with a limit may do to others."""
    admin = by_person(world.person(1))
    manager = world.key(admin, p_ds_permissoes=ALL, p_cd_clientes=[1], **{limit: 1_000})
    free, wider, equal = (
        world.key(admin, p_cd_clientes=[1], **more) for more in ({}, {limit: 1_001}, {limit: 1_000})
    )
    for other in (free, wider):
        assert world.refused(by_key(manager), "revogar_api_key(%s)", other["cdApiKey"]) == "PT403"
        assert world.works(other)
    assert world.ask(by_key(manager), "revogar_api_key(%s)", equal["cdApiKey"])["blAtiva"] is False


# Seen to fail: before; without the refusal of itself, and without the caller as mother, in
# rotacionar_api_key().
def test_whoever_has_a_leaked_key_keeps_no_successor(world: World) -> None:
    admin = by_person(world.person(1))
    leaked, bystander = (world.key(admin, p_ds_permissoes=ALL, p_cd_clientes=[1]) for _ in range(2))
    assert world.refused(by_key(leaked), "rotacionar_api_key(%s)", leaked["cdApiKey"]) == "PT403"
    successor = world.ask(by_key(leaked), "rotacionar_api_key(%s)", bystander["cdApiKey"])
    assert world.works(successor)
    world.ask(admin, "revogar_api_key(%s)", leaked["cdApiKey"])
    assert not world.works(successor)


# Seen to fail: without the update for cdPortador in end_keys_of_person() (removed); without cdPortador in
# key_identity() (banned).
@pytest.mark.parametrize(
    "leaves",
    [
        "select remover_pessoa('{}')",
        "delete from auth.users where id = '{}'",
        "update auth.users set banned_until = 'infinity' where id = '{}'",
    ],
)
def test_a_key_ends_with_whoever_was_given_its_text(world: World, leaves: str) -> None:
    """An admin replaces a colleague's key, reads the new text, and leaves."""
    colleague, person = by_person(world.person(1)), world.person(1)
    old = world.key(colleague)
    new = world.ask(by_person(person), "rotacionar_api_key(%s, 24)", old["cdApiKey"])
    mine = world.ask(
        by_person(person), "rotacionar_api_key(%s, 24)", world.key(by_person(person))["cdApiKey"]
    )
    assert (new["cdPortador"], mine["cdPortador"]) == (person, None)
    assert world.works(new)
    world.sql(leaves.format(person))
    assert [world.works(key) for key in (old, new)] == [True, False]


# Seen to fail: without the share lock in require_key_management().
def test_a_key_that_is_being_revoked_makes_none(world: World) -> None:
    """It was used lately, so that its use is not recorded, which would wait."""
    admin = by_person(world.person(1))
    leaked = world.key(admin, p_ds_permissoes=ALL)
    with (
        closing(psycopg2.connect(world.database.api_url)) as revoker,
        closing(psycopg2.connect(world.database.api_url)) as maker,
    ):
        maker.autocommit = True
        world.ask(by_key(leaked), CLIENTS, connection=maker)
        world.ask(admin, "revogar_api_key(%s)", leaked["cdApiKey"], connection=revoker)
        made = world.outcome_while(revoker, by_key(leaked), "criar_api_key('x')", connection=maker)
    assert made == "PT401"


def valid(world: World, login: dict[str, Any]) -> bool:
    found = world.sql('select 1 from private.broker_logins() where "dsUsuario" = %s', login["dsUsuario"])
    return found == [(1,)]


# Seen to fail: without the update of logins in rotacionar_api_key().
def test_logins_of_devices_that_a_key_made_end_with_it(world: World) -> None:
    admin = by_person(world.person(1))
    hour = world.key(admin, p_ds_permissoes=ALL, p_dt_expiracao=END)
    login = world.ask(by_key(hour), "criar_credencial(101, 8760)")
    assert (login["dtExpiracao"], login["cdApiKey"]) == (END, hour["cdApiKey"])
    by_the_admin = world.ask(admin, "criar_credencial(101, 8760)")
    leaked = world.key(admin, p_ds_permissoes=ALL)
    child = world.key(by_key(leaked), p_ds_permissoes=ALL)
    logins = [world.ask(by_key(key), "criar_credencial(101, 8760)") for key in (leaked, child)]
    successor = world.ask(admin, "rotacionar_api_key(%s, 0)", leaked["cdApiKey"])
    assert [valid(world, made) for made in logins] == [True, True], "they rest on the successor now"
    world.ask(admin, "revogar_api_key(%s)", successor["cdApiKey"])
    assert [valid(world, made) for made in logins] == [False, False]
    assert [valid(world, made) for made in (login, by_the_admin)] == [True, True]
    change(world, hour, '"dtExpiracao" = now()')
    assert not valid(world, login)


# Seen to fail: the first two, with the trigger for blAtiva and dtExpiracao alone, and with logins set free by
# every update of a profile.
@pytest.mark.parametrize(
    ("less", "expected"),
    [
        ("\"dsPermissoes\" = '{read}'", [False, False]),
        ("\"cdClientes\" = '{1}'", [True, False]),
        ("\"dsNome\" = 'x'", [True, True]),
    ],
)
def test_logins_that_a_key_made_do_no_more_than_it_does_now(
    world: World, less: str, expected: list[bool]
) -> None:
    admin = world.person(1)
    key = world.key(by_person(admin), p_ds_permissoes=ALL)
    logins = [world.ask(by_key(key), f"criar_credencial({device}, 8760)") for device in (101, 301)]
    world.sql("update profiles set role = 'admin' where id = %s", admin)  # as it was: nothing changes
    change(world, key, less)
    assert [valid(world, made) for made in logins] == expected


# Seen to fail: without the trigger TbCliente_credenciais.
def test_a_client_with_another_parent_leaves_the_logins_its_former_parent_made(world: World) -> None:
    """As when a device moves: whoever knows their secrets has no part in it any more."""
    world.sql('insert into "TbCliente" ("cdCliente", "cdClientePai") values (33, 1)')
    world.sql('insert into "TbDispositivo" ("cdDispositivo", "cdCliente") values (3301, 33)')
    by_parent, own = (
        world.ask(by_person(world.person(client)), "criar_credencial(3301, 8760)") for client in (1, 33)
    )
    world.sql('set role service_role; update "TbCliente" set "cdClientePai" = 2 where "cdCliente" = 33')
    world.sql("reset role")
    assert [valid(world, made) for made in (by_parent, own)] == [False, True]


# Seen to fail: without the first update in end_keys_of_person() (the second was not valid).
def test_devices_keep_their_logins_when_people_leave(world: World) -> None:
    """They are the client's, whose admins see who made them."""
    admin, person = by_person(world.person(1)), world.person(1)
    key = world.key(by_person(person), p_ds_permissoes=ALL)
    logins = [world.ask(maker, "criar_credencial(301, 8760)") for maker in (by_person(person), by_key(key))]
    world.ask(admin, "remover_pessoa(%s)", person)
    assert (world.works(key), [valid(world, made) for made in logins]) == (False, [True, True])
    listed = {
        made["cdCredencial"]: made["cdUsuario"] for made in world.ask(admin, "get_credenciais(301)")["data"]
    }
    assert [listed[made["cdCredencial"]] for made in logins] == [person, person]


# Seen to fail: before, with is_service() alone in the policies.
def test_a_key_of_the_service_lets_nobody_send_without_credentials(world: World) -> None:
    service = by_person(world.person(None, "service"))
    key = by_key(world.key(service, p_ds_permissoes=ALL, p_dt_expiracao=END))
    insert = """count(*) from (select 1) x; insert into "TbDispositivoLiberado"
                ("cdDispositivo", "dtFim", "dsMotivo") values (101, '2099-01-01Z', 'x') returning 1"""
    assert world.refused(key, insert) == "42501"
    assert world.ask(service, insert) == 1


# Seen to fail: before (the column could be read).
def test_nobody_reads_hashes_of_keys(world: World) -> None:
    for who in (world.person(1), world.person(None, "service")):
        assert world.ask(by_person(who), 'count("cdApiKey") from "TbApiKeys"') >= 0
        assert world.refused(by_person(who), '"dsHash" from "TbApiKeys" limit 1') == "42501"
