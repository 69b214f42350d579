"""scripts/db inspect says how a database differs from the baseline, and changes nothing.

Seen to fail: each kind by leaving it out of the query; by naming what belongs to a table that is missing.
"""

import re
from collections.abc import Iterator

import pytest

from scripts.devkit.commands import inspect as command
from scripts.devkit.commands.inspect import DIFFERENT, SAME, UNREACHABLE, inspect
from tests._lib import dumps
from tests._lib.databases import Database
from tests._lib.legacy import BASELINE, legacy, owner, query

# What is done to an installation, and the lines that say so, by kind.
CHANGES = {
    "create type public.cor as enum ('verde')": "types extra public.cor",
    "alter type public.status add value 'novo'": "types different public.status: .*novo, expected .*estoque",
    'drop table public."TbMunicipio"': "tables missing public.TbMunicipio",
    'create table public."TbOutra" (i int primary key)': "tables extra public.TbOutra",
    'alter table public."TbDestinatario" drop column "nrIe"': "columns missing public.TbDestinatario.nrIe",
    'alter table public."TbProduto" add "nrPeso" int': "columns extra public.TbProduto.nrPeso",
    'alter table public."TbProduto" alter "dsNome" set not null': (
        "columns different public.TbProduto.dsNome: text not null, expected text"
    ),
    'alter table public."TbDestinatario" alter "dsObs" type varchar(9)': (
        r"columns different public.TbDestinatario.dsObs: character varying\(9\), expected text"
    ),
    'alter table public."TbSensor" alter "dtRegistro" set default now()': (
        r"columns different public.TbSensor.dtRegistro: timestamp .*default now\(\), expected timestamp .*"
    ),
    'alter table public."TbSensor" drop constraint "TbSensor_cdTipoSensor_fkey"': (
        r"foreign keys missing public.TbSensor: FOREIGN KEY \(\"cdTipoSensor\"\) REFERENCES .*"
    ),
    'alter table public."TbClienteChave" drop constraint "TbClienteChave_dsChave_key"': (
        r"keys missing public.TbClienteChave: UNIQUE \(\"dsChave\"\)"
    ),
    'alter table public."TbClienteChave" add check ("nrLimite" > 0)': (
        r"checks extra public.TbClienteChave: CHECK \(.*nrLimite.*\)"
    ),
    'drop index public."TbDispositivo_cdCliente_idx"': (
        r"indexes missing public.TbDispositivo: USING btree \(\"cdCliente\"\)"
    ),
    'create index on public."TbCliente" ("dsNome")': (
        r"indexes extra public.TbCliente: USING btree \(\"dsNome\"\)"
    ),
    'alter index public."idx_TbEndereco_uf" rename to uf': None,
    'drop view public."VwTbDestinatarioDispositivo"': "views missing public.VwTbDestinatarioDispositivo",
    'create view public."VwOutra" as select 1 as um': "views extra public.VwOutra",
    """create or replace view public."VwProdutosFora" as
       select "cdProduto", count(*) as dispositivo_count, 1 as um from public."TbProduto" group by 1""": (
        "columns extra public.VwProdutosFora.um"
    ),
    "drop function public.get_grouped_sensor_data": "functions missing public.get_grouped_sensor_data.*",
    "create function public.outra(i int) returns int language sql as 'select 1'": (
        r"functions extra public.outra\(integer\)"
    ),
    "alter function public.get_historico_paginado security definer": (
        "functions different public.get_historico_paginado.* security definer, expected .*"
    ),
    'drop policy "Somente usuarios com acesso ao cliente" on public."TbImagens"': (
        "policies missing public.TbImagens: all to authenticated"
    ),
    'create policy outra on public."TbImagens" for select to anon using (true)': (
        "policies extra public.TbImagens: select to anon"
    ),
    'alter policy "todos podem ver" on public."TbEndereco" using (false)': (
        "policies different public.TbEndereco: select to anon: false, expected true"
    ),
    'alter policy "Enable read access for all users" on public.profiles rename to outro': None,
    'alter table public."TbApiKeys" enable row level security': (
        "row-level security different public.TbApiKeys: on, expected off"
    ),
    'revoke all on public."TbTipoSensor" from anon': "grants missing public.TbTipoSensor to anon",
    'revoke delete on public."TbTipoSensor" from service_role': (
        "grants different public.TbTipoSensor to service_role: .*, expected DELETE.*"
    ),
    'grant select on public."TbTipoSensor" to public': "grants extra public.TbTipoSensor to public",
    'create trigger t after insert on public."TbCliente" execute function public.handle_new_user()': (
        "triggers extra public.TbCliente: AFTER INSERT .*"
    ),
    "create trigger t after update on auth.users execute function public.handle_new_user()": (
        "triggers extra auth.users: AFTER UPDATE .*"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _once() -> Iterator[None]:
    """What is compared with is made once."""
    states = {migrated: command.state(migrated=migrated) for migrated in (False, True)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "state", lambda *, migrated: states[migrated])
        yield


@pytest.fixture
def old(project: Database) -> Iterator[Database]:
    """An installation that knows nothing of migrations."""
    with legacy(project) as database:
        with owner(database) as cursor:
            cursor.execute("drop schema supabase_migrations cascade")
        yield database


def told(database: Database, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = inspect(database.owner_url)
    return code, capsys.readouterr().out


def lines(text: str) -> list[str]:
    """Each difference as `kind what name`."""
    found, kind = [], ""
    for line in text.splitlines():
        if heading := re.fullmatch(r"([a-z -]+):", line):
            kind = heading[1]
        elif one := re.fullmatch(r"  (missing|extra|different) +(.*)", line):
            found.append(f"{kind} {one[1]} {one[2]}")
    return found


def test_the_same(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(old, capsys)
    assert (code, lines(text)) == (SAME, [])
    assert "Migrations applied: none" in text
    assert "TbPosicao none, TbSensorRegistro none" in text
    assert f"repair --status applied {BASELINE}" in text
    assert "scripts/convert" not in text


def test_every_difference_is_named_and_nothing_changes(
    old: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with owner(old) as cursor:
        for statement in CHANGES:
            cursor.execute(statement)
    before = dumps.schema(old)
    code, text = told(old, capsys)
    assert code == DIFFERENT
    found, expected = lines(text), [pattern for pattern in CHANGES.values() if pattern]
    assert [pattern for pattern in expected if not any(re.fullmatch(pattern, line) for line in found)] == []
    assert [line for line in found if not any(re.fullmatch(pattern, line) for pattern in expected)] == []
    assert dumps.schema(old) == before


def test_rows_and_what_to_do_with_them(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with owner(old) as cursor:
        cursor.execute('insert into public."TbPosicao" ("nrBat") select 3 from generate_series(1, 1234)')
    assert "TbPosicao some (never analyzed)" in told(old, capsys)[1]
    with owner(old) as cursor:
        cursor.execute('analyze public."TbPosicao"')
    code, text = told(old, capsys)
    assert code == SAME
    assert "TbPosicao about 1,234, TbSensorRegistro none" in text
    assert "phase 2a refuses" in text


def test_what_is_left_to_apply(
    project: Database, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with legacy(project) as begun:
        assert "apply the other migrations" in told(begun, capsys)[1]
    code, text = told(database, capsys)
    assert (code, lines(text), "Next: nothing" in text) == (SAME, [], True)
    versions = query(database, "select version from supabase_migrations.schema_migrations")
    assert [version for (version,) in versions if version not in text] == []


# Seen to fail: compared with the baseline.
def test_what_was_added_to_an_installation_is_named(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with owner(database) as cursor:
        cursor.execute("create function public.outra(i int) returns int language sql as 'select 1'")
        cursor.execute('alter table public."TbProduto" add "nrPeso" int')
    code, text = told(database, capsys)
    assert (code, lines(text)) == (
        DIFFERENT,
        [
            "columns extra public.TbProduto.nrPeso",
            "functions extra public.outra(integer)",
            *(f"grants extra public.outra(integer) to {role}" for role in _granted(text)),
        ],
    )
    assert "What is extra was added here, and stays" in text


def _granted(text: str) -> list[str]:
    return re.findall(r"extra +public\.outra\(integer\) to (\w+)", text)


def test_a_database_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect("postgresql://nobody@127.0.0.1:1/none") == UNREACHABLE
    assert "Cannot connect" in capsys.readouterr().out
