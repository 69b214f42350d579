"""Every text and list that the API roles may write has a bound in the database, whichever way they come.

The HTTP API bounds bodies by its models. PostgREST lets people and the service write tables directly.
"""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from app.http.v2.fleet.writes import NEW
from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS
from tests.db.access._postgrest import RestWorld

# What is bounded otherwise, and how.
ELSEWHERE = {
    ("TbDestinatario", "dsCerca"): "private.polygon_error: 64 kB",
    ("TbApiKeys", "dsHash"): "64 digits",
}
# Types whose values may be of any length; numbers, times, enums and uuid are not.
_COLUMNS = """
    select c.oid::regclass::text, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           has_column_privilege('service_role', c.oid, a.attnum, 'update'),
           array(select pg_get_constraintdef(k.oid) from pg_constraint k
                 where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
                   and obj_description(k.oid, 'pg_constraint') is not null)
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_type t on t.oid = a.atttypid
    where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and t.typlen = -1
      and c.relnamespace::regnamespace::text in ('public', 'series', 'private', 'inventario')
      and exists (
        select from unnest('{anon,authenticated,service_role}'::text[]) r
        where has_column_privilege(r, c.oid, a.attnum, 'insert')
           or has_column_privilege(r, c.oid, a.attnum, 'update'))
"""
# What the world of the isolation tests leaves empty.
_ROWS = """
    insert into public."TbEstado" ("cdEstadoIBGE") values (35) on conflict do nothing;
    insert into public."TbMunicipio" ("cdMunicipioIBGE", "cdEstadoIBGE") values ('3550308', 35)
      on conflict do nothing
"""
KINDS = {
    "clientes": "TbCliente",
    "destinatarios": "TbDestinatario",
    "dispositivos": "TbDispositivo",
    "enderecos": "TbEndereco",
    "itens": "TbProdutoItem",
    "produtos": "TbProduto",
    "sensores": "TbSensor",
    "tipos-sensor": "TbTipoSensor",
}


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        with world.owner.cursor() as cursor:
            cursor.execute(_ROWS)
        yield world


@pytest.fixture(scope="module")
def columns(world: RestWorld) -> list[tuple[str, str, str, str, bool, list[str]]]:
    with world.owner.cursor() as cursor:
        cursor.execute(_COLUMNS)
        return list(cursor.fetchall())


def bound(kind: str, checks: list[str]) -> int:
    """The most characters or elements of a column; 0 where nothing bounds it."""
    texts = [kind, *checks]
    found = [
        re.search(r"character varying\((\d+)\)|_length\(.*\) <= (\d+)|cardinality\(.*\) <= (\d+)", t)
        for t in texts
    ]
    return min((int(one[one.lastindex or 0]) for one in found if one), default=0)


# Seen to fail: for a new column without a bound.
def test_every_column_without_end_has_a_bound(columns):
    assert len(columns) > 50
    unbounded = [one for one in columns if not bound(one[3], one[5]) and not _is_of_a_list(one[5])]
    assert {(table, column) for _, table, column, *_ in unbounded} == ELSEWHERE.keys()


def _is_of_a_list(checks: list[str]) -> bool:
    return any("= ANY (ARRAY[" in check for check in checks)


def test_they_are_taken_up_to_it_and_refused_above(world, columns):
    service = CALLERS["service_role"]
    wrong = []
    for relation, table, column, kind, updatable, checks in columns:
        most = bound(kind, checks)
        if not updatable or not most:
            continue
        for length, states in ((most, {""}), (most + 1, {"23514", "22001"})):
            value = f"array_fill({_ONE[kind]}, array[{length}])" if kind in _ONE else f"repeat('é', {length})"
            row = f"(select min(ctid::text)::tid from {relation})"
            statement = f'update {relation} set "{column}" = {value} where ctid = {row}'
            outcome = world.ask(service, statement, keep=False)
            if outcome.state not in states or (length == most and outcome.count != 1):
                wrong.append((table, column, length, outcome))
    assert wrong == []


_ONE = {"integer[]": "1", "text[]": "'read'::text"}


def test_the_functions_say_which_column_and_how_long_it_may_be(world):
    long = "jsonb_build_object('dsObs', repeat('x', 4001))"
    for call in (
        f"select public.criar_cadastro('dispositivos', {long})",
        f"select public.mudar_cadastro('dispositivos', 101, {long})",
    ):
        outcome = world.ask(CALLERS["admin1"], call, keep=False)
        assert (outcome.state, outcome.hint) == ("PT400", "INVALID_PARAMETER"), outcome
        assert "dsObs has at most 4000 characters" in outcome.message


# Seen to fail: before, when no model had a bound.
def test_the_models_of_the_http_api_have_the_same_bounds(columns):
    bounds = {(table, column): bound(kind, checks) for _, table, column, kind, _, checks in columns}
    bounds["TbSensor", "dsTipoSensor"] = bounds["TbTipoSensor", "dsNome"]  # names a type, is no column
    differing = [
        (table, column, most, bounds.get((table, column)))
        for kind, table in KINDS.items()
        for column, most in _of_model(NEW[kind]).items()
        if most != bounds.get((table, column))
    ]
    assert differing == []


def _of_model(model: type[BaseModel]) -> dict[str, int | None]:
    """Its texts, each with its largest length."""
    described = model.model_json_schema()["properties"]
    texts = {
        name: [
            one for one in about.get("anyOf", [about]) if one.get("type") == "string" and "enum" not in one
        ]
        for name, about in described.items()
    }
    return {
        name: found[0].get("maxLength")
        for name, found in texts.items()
        if found and "pattern" not in found[0]
    }
