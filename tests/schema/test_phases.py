"""The phases on an installation from before: rows of entities are kept, time series are refused."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts._lib import databases
from scripts._lib.console import Problem
from tests._lib import dumps
from tests._lib.databases import Database
from tests._lib.legacy import INDEXED, legacy, load, migrate, owner, query
from tests.schema._legacy_world import ADDRESSES, KEYS, PEOPLE, RADII, REPORTED, key_id, rows

# Projects of the time gave every new object to the API roles.
OPEN_HANDED = """
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
"""
UNIT = 'comment on column public."TbDestinatario"."nrRaio" is %s'
POSITION = 'insert into public."TbPosicao" ("cdDispositivo", "nrBat") values (1, 3.3)'
READING = """insert into public."TbSensorRegistro" ("cdDispositivo", "cdSensor", "cdPosicao", "nrValor")
             values (1, 1, 1, 2.5)"""
# Columns that a phase changes, adds or takes away.
CHANGED = {
    "TbEndereco": {"dsLat", "dsLong", "geoPonto"},
    "TbDestinatario": {"nrRaio"},
    "TbSensor": {"dsPonto"},
    "TbApiKeys": {
        "dsKey",
        "dsHash",
        "dsPrefixo",
        "nrLimiteMinuto",
        "nrCotaDiaria",
        "dsPermissoes",
        "dtRegistro",
    },
}
TABLES = [table for table in rows() if table not in ("auth.users", 'public."TbEstado"')] + ["public.profiles"]

HISTORY = "select version from supabase_migrations.schema_migrations"
Snapshot = dict[str, list[dict[str, Any]]]


def snapshot(database: Database) -> Snapshot:
    """The rows of every table, without what is meant to change."""
    return {table: contents(database, table) for table in TABLES}


def contents(database: Database, table: str) -> list[dict[str, Any]]:
    name = table.partition(".")[2].strip('"')
    found = [row for (row,) in query(database, f"select to_jsonb(t) from {table} t order by t::text")]
    kept = [{key: row[key] for key in row.keys() - CHANGED.get(name, set())} for row in found]
    return sorted(kept, key=lambda row: json.dumps(row, sort_keys=True))


@pytest.fixture
def old(project: Database) -> Iterator[Database]:
    """An installation from before, with entities."""
    with legacy(project) as database:
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
        load(database, rows())
        yield database


@pytest.fixture(scope="module")
def converted(project: Database) -> Iterator[tuple[Database, Snapshot, list[str]]]:
    """The same after all phases, what it held before, and what was reported."""
    with legacy(project) as database:
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
            cursor.execute(UNIT, ("km",))
        load(database, rows())
        before = snapshot(database)
        yield database, before, migrate(database)


def history(database: Database) -> list[str]:
    return [version for (version,) in query(database, HISTORY)]


# Refusals. Seen to fail: by a guard that is not there, or that looks at one of the two tables; by one in a
# file of its own, which then is applied.


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ([POSITION], r"rows in TbPosicao\)"),
        ([POSITION, READING], r"rows in TbPosicao and TbSensorRegistro\)"),
    ],
)
def test_time_series_are_refused_and_left_alone(old: Database, statements: list[str], named: str) -> None:
    with owner(old) as cursor:
        for statement in statements:
            cursor.execute(statement)
    migrate(old, INDEXED)
    schema, data, versions = dumps.schema(old), dumps.rows(old), history(old)
    with pytest.raises(Problem, match=f"{named}.*(\n.*)*Nothing was changed.*(\n.*)*converter"):
        migrate(old)
    assert (dumps.schema(old), dumps.rows(old), history(old)) == (schema, data, versions)
    assert max(versions) < INDEXED


def test_indexes_are_added_to_a_table_with_rows(old: Database) -> None:
    """Seen to fail: by an index left out, or that is not built `concurrently`."""
    with owner(old) as cursor:
        cursor.execute(POSITION)
        cursor.execute('drop index "TbSensorRegistro_cdSensor_dtRegistro_idx", "TbDispositivo_cdCliente_idx"')
    before = snapshot(old)
    migrate(old, INDEXED)
    assert snapshot(old) == before
    found = query(
        old,
        """select pg_get_indexdef(indexrelid) from pg_index
           where indrelid in ('"TbPosicao"'::regclass, '"TbSensorRegistro"'::regclass, '"TbSensor"'::regclass)
             and indisvalid""",
    )
    columns = {text.partition(" USING btree ")[2] for (text,) in found}
    assert columns >= {
        '("cdDispositivo", "dtRegistro" DESC)',
        '("cdDispositivo", "cdPosicao" DESC)',
        '("cdEndereco")',
        '("dtRegistro" DESC)',
        '("cdSensor", "dtRegistro" DESC)',
        '("cdPosicao", "cdDispositivo")',
        '("dtRegistro" DESC, "cdDispositivo")',
        '("cdDispositivo", "cdTipoSensor")',
    }


def test_radii_without_a_unit_are_refused(old: Database) -> None:
    """Seen to fail: by taking the unit for granted; by a refusal after addresses were changed."""
    with pytest.raises(Problem, match="metres or kilometres"):
        migrate(old)
    assert query(old, """select "dsLat" from public."TbEndereco" where "cdEndereco" = 7""") == [
        ("não informado",)
    ]
    assert query(old, """select "nrRaio" from public."TbDestinatario" where "cdDestinatario" = 1""") == [
        (0.5,)
    ]
    with owner(old) as cursor:
        cursor.execute(UNIT, ("m",))
    migrate(old)
    assert query(old, """select "nrRaio" from public."TbDestinatario" where "cdDestinatario" = 1""") == [
        (0.5,)
    ]


# What is kept. Seen to fail: by a column that is not copied, a row deleted, a type that rounds.


def test_the_schema_is_that_of_an_empty_installation(
    converted: tuple[Database, Snapshot, list[str]], template: Database
) -> None:
    """Seen to fail: by default privileges left open; a function, trigger or grant left behind."""
    assert dumps.schema(converted[0]) == dumps.schema(template)


def test_rows_are_kept(converted: tuple[Database, Snapshot, list[str]]) -> None:
    database, before, _ = converted
    now = snapshot(database)
    for kind in now['public."TbTipoSensor"'].copy():
        if kind["id"] not in (3, 99):
            now['public."TbTipoSensor"'].remove(kind)
    for person in before["public.profiles"]:
        person["role"] = person["role"] or "default"
    assert now == before
    kinds = dict(query(database, """select id, "dsNome" from public."TbTipoSensor" """))
    assert (kinds[3], kinds[4], kinds[99], len(kinds)) == ("Peso (antigo)", "Temperatura", "Outro", 16)


def test_addresses_become_numbers_or_are_reported(converted: tuple[Database, Snapshot, list[str]]) -> None:
    """Seen to fail: by another range, a pattern without anchor, half a pair kept, a value not noted."""
    database, _, reported = converted
    found = query(database, """select "cdEndereco", "dsLat", "dsLong" from public."TbEndereco" """)
    assert {n: (lat, long) for n, lat, long in found} == {
        n: expected or (None, None) for n, (_, _, expected) in ADDRESSES.items()
    }
    assert {int(line): before for line, before in notes(database, "TbEndereco").items()} == {
        n: {"dsLat": ADDRESSES[n][0], "dsLong": ADDRESSES[n][1]} for n in REPORTED
    }
    assert any(f"{len(REPORTED)} addresses" in text for text in reported)
    assert any("3 sites" in text for text in reported)
    assert any("1 API keys" in text for text in reported)
    assert len(reported) == 3


def test_radii_become_metres_or_are_reported(converted: tuple[Database, Snapshot, list[str]]) -> None:
    database = converted[0]
    found = dict(query(database, """select "cdDestinatario", "nrRaio" from public."TbDestinatario" """))
    assert found == {n: metres for n, (_, metres) in RADII.items()} | {7: None}
    assert {int(line): before["nrRaio"] for line, before in notes(database, "TbDestinatario").items()} == {
        4: "-1",
        5: "NaN",
        6: "Infinity",
    }


def notes(database: Database, table: str) -> dict[str, dict[str, Any]]:
    return dict(
        query(
            database,
            'select "cdLinha", "dsAntes" from private."TbConversaoAviso" where "dsTabela" = %s',
            table,
        )
    )


def test_one_of_several_rows_for_a_state_stays(converted: tuple[Database, Snapshot, list[str]]) -> None:
    database = converted[0]
    states = dict(query(database, 'select "cdEstadoIBGE", "dsUf" from public."TbEstado"'))
    assert states == {35: "SP", 33: "RJ"}
    assert notes(database, "TbEstado")["35"]["dsUf"] == "S.P."


@pytest.mark.parametrize(("number", "key"), list(enumerate(KEYS, start=1)))
def test_keys_keep_working(converted: tuple[Database, Snapshot, list[str]], number: int, key: str) -> None:
    """Seen to fail: by another hash, another encoding, permissions or clients that are not carried over."""
    claims = json.dumps({"key_sha256": hashlib.sha256(key.encode()).hexdigest()})
    with owner(converted[0]) as cursor:
        cursor.execute("begin; set local role authenticated")
        cursor.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        cursor.execute('select "cdCliente" from public."TbCliente" order by 1')
        seen = [client for (client,) in cursor.fetchall()]
        cursor.execute("rollback")
        cursor.execute(
            'select "dsPermissoes", "dsPrefixo" from public."TbApiKeys" where "cdApiKey" = %s',
            (key_id(number),),
        )
        permissions, prefix = cursor.fetchone()
    assert permissions == KEYS[key][1]
    assert key.startswith(prefix)
    assert len(prefix) <= len(key) / 4
    assert seen == {1: [2], 2: [], 4: []}.get(number, [1, 2])  # 2 is switched off; 4 does not read


def test_keys_are_nowhere_in_clear(converted: tuple[Database, Snapshot, list[str]]) -> None:
    """Seen to fail: by a column that is dropped without writing the table anew."""
    database = converted[0]
    assert not any(key.encode() in pages(database) for key in KEYS if len(key) > 10)
    assert b"balan" in pages(database)


def pages(database: Database) -> bytes:
    """The file of the table of keys, as it lies on disk."""
    with databases.admin(database.name) as cursor:
        cursor.execute("checkpoint")
        cursor.execute("""select pg_read_binary_file(pg_relation_filepath('public."TbApiKeys"'))""")
        return bytes(cursor.fetchone()[0])


def test_people_stay_and_join_by_code_only_from_now_on(
    converted: tuple[Database, Snapshot, list[str]],
) -> None:
    database = converted[0]
    people = 'select id::text, "cdCliente", role::text from public.profiles order by id'
    assert query(database, people) == [
        (PEOPLE[1], 1, "default"),
        (PEOPLE[2], 3, "default"),
        (PEOPLE[3], None, "default"),
    ]
    triggers = "select tgname from pg_trigger where tgrelid = 'auth.users'::regclass and not tgisinternal"
    assert query(database, triggers) == [("criar_perfil",)]


def test_what_is_linked_is_noted(converted: tuple[Database, Snapshot, list[str]]) -> None:
    """Seen to fail: by links that begin with the next change only."""
    database = converted[0]
    devices = (
        'select "cdDispositivo", "cdCliente", "cdDestinatario" from public."TbDispositivoVinculo" order by 1'
    )
    sensors = 'select "cdSensor", "cdDispositivo", "cdProdutoItem" from public."TbSensorVinculo" order by 1'
    assert query(database, devices) == [(1, 1, 1), (2, None, None)]
    assert query(database, sensors) == [(1, 1, 1), (2, 1, None), (3, 2, None)]
