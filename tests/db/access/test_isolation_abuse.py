"""What somebody who has been let in might try next. Each attempt is denied, and then nothing has changed.

Seen to fail: the `with check` of each policy opened; each trigger that guards a reference disabled; a foreign
device told in words of its own; rastro_api a member of one more role, or granted a table; a security definer
function with an empty search_path; claims kept for the session; policies of time series that ask the device.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS, Caller, World, person


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[World]:
    with World(database) as world:
        yield world


# Who tries to give rows away, or to tie them to what is not theirs. Without a condition: nothing but the
# policy of the change itself stands in the way. Numbers: see _isolation.py.
GIVEN_AWAY = [
    ("admin1", 'public."TbCliente"', '"cdCliente" = 5'),
    ("admin1", 'public."TbCliente"', '"cdClientePai" = 2'),
    ("admin3", 'public."TbCliente"', '"cdClientePai" = null'),
    ("admin1", 'public."TbEndereco"', '"cdEndereco" = 201'),
    ("admin1", 'public."TbDestinatario"', '"cdCliente" = 2'),
    ("admin1", 'public."TbDestinatario"', '"cdCliente" = null'),
    ("admin1", 'public."TbDestinatario"', '"cdEndereco" = 201'),
    ("admin1", 'public."TbDestinatario"', '"cdEndereco" = 202'),
    ("admin1", 'public."TbProduto"', '"cdCliente" = 2'),
    ("admin1", 'public."TbProdutoItemJoinTable"', '"cdProduto" = 201'),
    ("admin1", 'public."TbImagens"', '"cdProduto" = 201'),
    ("admin1", 'public."TbDispositivo"', '"cdCliente" = 2'),
    ("admin1", 'public."TbDispositivo"', '"cdCliente" = null'),
    ("admin1", 'public."TbDispositivo"', '"cdProduto" = 201'),
    ("admin1", 'public."TbDispositivo"', '"cdDestinatario" = 201'),
    ("admin3", 'public."TbDispositivo"', '"cdCliente" = 1'),
    ("key-limited", 'public."TbDispositivo"', '"cdCliente" = 1'),
    ("admin1", 'public."TbSensor"', '"cdDispositivo" = 201'),
    ("admin1", 'public."TbSensor"', '"cdProdutoItem" = 201'),
    ("reader1", "inventario.armazem", '"cdCliente" = 2'),
    ("reader1", "inventario.rua", '"cdArmazem" = 201'),
    ("reader1", "inventario.prateleira", '"cdRua" = 201'),
    ("reader1", "inventario.sessao", '"cdPrateleira" = 201'),
    ("reader1", "inventario.inventario", '"cdArmazem" = 201'),
    ("reader1", "inventario.leituras", '"cdSessao" = 201'),
    ("reader1", "inventario.leituras", '"cdInventario" = 201'),
]
TAKEN = [
    ("admin1", 'public."TbCliente"', '"cdClientePai" = 1 where "cdCliente" = 2'),
    ("admin1", 'public."TbDispositivo"', '"cdCliente" = 1 where "cdDispositivo" = 201'),
    ("admin3", 'public."TbDispositivo"', '"cdCliente" = 3 where "cdDispositivo" = 101'),
    ("admin1", 'public."TbSensor"', '"cdDispositivo" = 101 where "cdSensor" = 201'),
    ("reader1", "inventario.armazem", '"cdCliente" = 1 where "cdArmazem" = 201'),
]


@pytest.mark.parametrize(("who", "table", "change"), GIVEN_AWAY + TAKEN)
def test_rows_cannot_be_given_away_or_taken(world: World, who: str, table: str, change: str) -> None:
    copy = f"select t::text from {table} t order by 1"
    before = world.sql(copy)
    outcome = world.attempt(CALLERS[who], f"update {table} set {change}")
    assert outcome.denied, outcome
    assert world.sql(copy) == before


ADDITIONS = [
    ("admin1", """public."TbDestinatario" ("cdCliente", "cdEndereco") values (1, 201)"""),
    ("admin1", """public."TbDispositivo" ("cdCliente", "cdDestinatario") values (1, 201)"""),
    ("admin1", """public."TbDispositivo" ("cdCliente", "cdProduto") values (1, 201)"""),
    ("admin1", """public."TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto") values (201, 101)"""),
    (
        "admin1",
        """public."TbSensor" ("cdDispositivo", "cdTipoSensor", "cdProdutoItem") values (101, 3, 201)""",
    ),
    ("admin1", """public."TbCliente" ("dsNome") values ('at the top')"""),
    ("reader1", """inventario.leituras ("cdSessao", "cdInventario") values (101, 201)"""),
]


@pytest.mark.parametrize(("who", "row"), ADDITIONS)
def test_rows_cannot_be_added_to_what_is_not_ones_own(world: World, who: str, row: str) -> None:
    outcome = world.ask(CALLERS[who], f"insert into {row}", keep=False)
    assert outcome.denied, outcome


ALLOWED = [
    """update public."TbDestinatario" set "cdEndereco" = 1 where "cdDestinatario" = 101""",
    """update public."TbDispositivo" set "cdCliente" = 3 where "cdDispositivo" = 101""",
    """update public."TbDispositivo" set "cdDestinatario" = 301 where "cdDispositivo" = 101""",
    """update public."TbDispositivo" set "cdProduto" = 301 where "cdDispositivo" = 101""",
    """update public."TbDispositivo" set "cdProduto" = null where "cdDispositivo" = 101""",
    """update public."TbDestinatario" set "cdEndereco" = 301 where "cdDestinatario" = 101""",
    """update public."TbSensor" set "cdDispositivo" = 301, "dsPonto" = 'b' where "cdSensor" = 101""",
    """update public."TbSensor" set "cdProdutoItem" = 301 where "cdSensor" = 101""",
    """update public."TbCliente" set "dsNome" = 'renamed' where "cdCliente" = 3""",
    """insert into public."TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto") values (301, 101)""",
]


@pytest.mark.parametrize("statement", ALLOWED)
def test_admins_do_as_they_like_among_their_clients(world: World, statement: str) -> None:
    outcome = world.ask(CALLERS["admin1"], statement, keep=False)
    assert (outcome.state, outcome.count) == ("", 1), outcome


def test_what_a_row_points_to_already_may_stay(world: World) -> None:
    """A parent may have put the device of its child at a site of its own."""
    world.sql(
        """update public."TbDispositivo" set "cdDestinatario" = 101 where "cdDispositivo" = 301 returning 1"""
    )
    change = """update public."TbDispositivo" set "dsDescricao" = 'a', "cdDestinatario" = "cdDestinatario"
                where "cdDispositivo" = 301"""
    assert world.ask(CALLERS["admin3"], change, keep=False).count == 1


def test_the_login_becomes_nobody_else(world: World) -> None:
    """For every role of the cluster, in each way there is."""
    ways = ["set local role {0}", "select set_config('role', '{0}', true)", "set session authorization {0}"]
    roles = world.sql("select rolname from pg_roles where rolname not in ('rastro_api', 'authenticated')")
    became = [
        (way, role, outcome)
        for (role,) in roles
        for way in ways
        if not (outcome := world.ask(CALLERS["service"], way.format(f"{role}"), keep=False)).refused
    ]
    assert became == []


@pytest.mark.parametrize(
    "statement",
    [
        "set local session_replication_role = replica",
        *(f"create table {s}.t ()" for s in ("public", "private", "particoes", "inventario", "extensions")),
        "create schema s",
        'alter table public."TbDispositivo" disable row level security',
        'create policy p on public."TbDispositivo" using (true)',
        'create trigger t before insert on public."TbSensor" execute function private.audit_rows()',
        "grant service_role to authenticated",
        "select pg_read_file('/etc/passwd')",
        "copy (select 1) to program 'true'",
    ],
)
def test_nobody_changes_the_rules(world: World, statement: str) -> None:
    assert world.ask(CALLERS["service"], statement, keep=False).refused


def test_row_level_security_cannot_be_turned_off(world: World) -> None:
    outcome = world.ask(
        CALLERS["reader1"], 'set local row_security = off; select from public."TbDispositivo"'
    )
    assert outcome.state == "42501"


def test_the_login_itself_reaches_nothing(world: World) -> None:
    """Before a request takes its role there is nothing to read; and no earlier caller is left."""
    world.ask(CALLERS["service"], 'select from public."TbDispositivo"')
    with world.application.cursor() as cursor:
        cursor.execute("select current_user, coalesce(current_setting('request.jwt.claims', true), '')")
        assert cursor.fetchone() == ("rastro_api", "")
    reached = world.sql(
        """select c.oid::regclass::text from pg_class c
           where relnamespace::regnamespace::text
             in ('public', 'series', 'private', 'inventario', 'particoes')
             and relkind in ('r', 'p', 'v', 'm')
             and has_any_column_privilege('rastro_api', c.oid, 'select, insert, update')"""
    )
    assert reached == []


@pytest.mark.parametrize(
    "claims",
    [
        "",
        "not json",
        "[]",
        '"x"',
        "null",
        '["key_sha256"]',
        '{"sub": null}',
        '{"sub": ["a"]}',
        '{"sub": "x"}',
        '{"sub": "1 or true"}',
        '{"key_sha256": null}',
        json.dumps({"key_sha256": "0" * 64, "sub": person(102)}),
    ],
)
@pytest.mark.parametrize("table", ["TbDispositivo", "TbPosicao", "profiles", "TbApiKeys", "TbAuditoria"])
def test_odd_claims_show_nothing(world: World, claims: str, table: str) -> None:
    caller = Caller(settings={"request.jwt.claims": claims})
    assert world.ask(caller, f'select * from public."{table}"').rows == []


def test_types_of_a_session_are_not_used_by_others(world: World) -> None:
    """Whoever gets SQL in could name a type of its own `jsonb`; functions of the owner must not use that."""
    outcome = world.ask(
        CALLERS["reader1"],
        """create table pg_temp.seen (by_whom name);
           create function pg_temp.spy(pg_catalog.jsonb) returns boolean language plpgsql as
             $$ begin insert into pg_temp.seen values (current_user); return true; end $$;
           create domain pg_temp.jsonb as pg_catalog.jsonb check (pg_temp.spy(value));
           create domain pg_temp.text as pg_catalog.text check (pg_temp.spy('1'));
           select public.get_posicoes_atuais();
           select by_whom from pg_temp.seen where by_whom <> 'authenticated'""",
        keep=False,
    )
    assert (outcome.state, outcome.rows) == ("", [])


@pytest.mark.parametrize("form", ["{}", "{}.0"])
def test_a_foreign_device_is_told_like_one_that_does_not_exist(world: World, form: str) -> None:
    def told(device: str) -> str:
        batch = (
            f'[{{"cdDispositivo": {form.format(device)}, "sensores": [{{"cdSensor": 201, "nrValor": 1}}]}}]'
        )
        answer = world.ask(
            CALLERS["key-ingest1"], "select public.insert_device_readings(%s) -> 'results'", batch
        )
        return json.dumps(answer.rows[0][0]).replace(device, "N")

    foreign, ownerless, unknown = "201", "1", "299"
    assert {told(foreign), told(ownerless)} == {told(unknown)}


def test_quarantine_is_shown_to_the_sender_not_to_the_owner_of_the_device(world: World) -> None:
    world.ask(
        CALLERS["admin1"], """select public.insert_device_readings('[{"cdDispositivo": 201, "nrSeq": 1}]')"""
    )
    reasons = 'select "dsMotivo" from public."TbIngestaoErro" where "dsChamador" = %s'
    sender = f"user:{person(102)}"
    assert world.ask(CALLERS["admin1"], reasons, sender).rows == [("UNKNOWN_DEVICE",)]
    assert [world.ask(CALLERS[who], reasons, sender).rows for who in ("admin2", "reader1")] == [[], []]


def test_history_stays_with_whoever_owned_the_device(world: World) -> None:
    """The device goes from client 1 to client 2; each sees what was received in its time."""
    before = rows_of_device(world, "admin1")
    world.sql(
        """update public."TbDispositivo" set "cdCliente" = 2, "cdDestinatario" = null, "cdProduto" = null
           where "cdDispositivo" = 101 returning 1"""
    )
    post = """select public.insert_device_readings('[{"cdDispositivo": 101, "nrSeq": 1,
                                                      "sensores": [{"cdSensor": 101, "nrValor": 1}]}]')"""
    assert world.ask(CALLERS["admin1"], post).rows[0][0]["stored"] == 0
    assert rows_of_device(world, "admin2") == (0, 0)
    assert world.ask(CALLERS["admin2"], post).rows[0][0]["stored"] == 1
    assert (rows_of_device(world, "admin1"), rows_of_device(world, "admin2")) == (before, (1, 1))


def rows_of_device(world: World, who: str) -> tuple[Any, ...]:
    return world.ask(
        CALLERS[who],
        """select (select count(*) from public."TbPosicao" where "cdDispositivo" = 101),
                  (select count(*) from public."TbSensorRegistro" where "cdDispositivo" = 101)""",
    ).rows[0]
