"""The views answer what they did before, on the same rows, but for what is named below.

The oracle is the old definition on the old schema, which in turn answers what was recorded from it. Both are
asked by the owner; who sees what is the business of test_isolation.py.

Seen to fail, each view: by another join, column, unit, divisor, filter or order; a sum over the wrong group.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner, query
from tests.db import _fleet
from tests.db.views._view_world import NOW, POSITIONS, entities, kinds, moment, positions, readings

VIEWS = {
    "VwTbPosicaoAtual": ["cdDispositivo"],
    "VwProdutosFora": ["cdProduto"],
    "VwTbDestinatarioDispositivo": ["cdDispositivo"],
    "VwTbProdutoTipo": ["cdDispositivo"],
    "VwTbProdutoTotal": ["cdProduto", "cdCliente"],
    "VwTbProdutoTotalStatus": ["cdProduto", "cdCliente", "StatusDispositivo"],
    "VwProdutoCompleto": ["cdProduto"],
    "VwRelDadosDispositivo": ["cdDispositivo"],
    "VwRelHistoricoDispositivoProduto": ["cdPosicao", "cdSensor"],
}
Row = dict[str, Any]
# Devices whose present is another one now: the latest report is that of the latest time, not the one that
# arrived last, and a battery that was not sent is the one last known.
LATE, SILENT, WITHOUT_PRODUCT = 16, 17, 15


@pytest.fixture(scope="module")
def before(project: Database) -> Iterator[Database]:
    with legacy(project) as database:
        load(database, kinds() | entities(text=True))
        load(
            database,
            {'public."TbPosicao"': positions(old=True), 'public."TbSensorRegistro"': readings(old=True)},
        )
        yield database


@pytest.fixture(scope="module")
def now(database: Database) -> Database:
    with owner(database) as cursor:
        cursor.execute('delete from public."TbTipoSensor"')
    load(database, kinds() | entities(text=False))
    load(
        database,
        {'public."TbPosicao"': positions(old=False), 'public."TbSensorRegistro"': readings(old=False)},
    )
    return database


def rows(database: Database, view: str, columns: list[str]) -> list[Row]:
    """The rows of a view, comparable: coordinates that were text are numbers now, all are rounded."""
    found = query(database, f'select to_jsonb(v)::text from public."{view}" v')
    return [{name: value(json.loads(text)[name], name) for name in columns} for (text,) in found]


def value(content: Any, name: str) -> Any:
    if isinstance(content, str) and name.startswith(("dsLat", "dsLong")):
        content = float(content)
    return round(content, 9) if isinstance(content, float) else content


def by_key(view: str, found: list[Row]) -> dict[str, Row]:
    keyed = {json.dumps([row[name] for name in VIEWS[view]]): row for row in found}
    assert len(keyed) == len(found), "several rows with one key"
    return keyed


def columns(database: Database, view: str) -> list[tuple[str, str]]:
    return [
        (name, kind)
        for name, kind in query(
            database,
            """select attname, format_type(atttypid, null) from pg_attribute
               where attrelid = %s::regclass and attnum > 0 order by attnum""",
            f'public."{view}"',
        )
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_columns_keep_their_names_and_order(before: Database, now: Database, view: str) -> None:
    """Types differ where columns below them do; new columns come last."""
    old = [name for name, _ in columns(before, view)]
    assert [name for name, _ in columns(now, view)][: len(old)] == old


@pytest.mark.parametrize("view", VIEWS)
def test_answers_are_the_same(before: Database, now: Database, view: str) -> None:
    names = [name for name, _ in columns(before, view)]
    old, new = (by_key(view, rows(database, view, names)) for database in (before, now))
    if view in ("VwTbPosicaoAtual", "VwRelDadosDispositivo"):
        old, new = (
            {
                key: row
                for key, row in found.items()
                if row["cdDispositivo"] not in (LATE, SILENT, WITHOUT_PRODUCT)
            }
            for found in (old, new)
        )
    if view == "VwProdutosFora":
        new["[2]"]["dispositivo_count"] -= 1  # LATE is outside by its latest time
    assert len(old) > 1
    assert new == old


def test_the_latest_position_is_that_of_the_latest_time(before: Database, now: Database) -> None:
    newest, last = 216, 217
    for view in ("VwTbPosicaoAtual", "VwRelDadosDispositivo"):
        question = f'select "dtRegistro", "blArea" from public."{view}" where "cdDispositivo" = %s'
        assert query(before, question, LATE) == [(moment(POSITIONS[last][1]), True)]
        assert query(now, question, LATE) == [(moment(POSITIONS[newest][1]), False)]


def test_the_battery_is_the_last_one_known(before: Database, now: Database) -> None:
    question = (
        'select "dtRegistro", "blArea", "nrBat" from public."VwTbPosicaoAtual" where "cdDispositivo" = %s'
    )
    assert query(before, question, SILENT) == [(moment(2), False, None)]
    assert query(now, question, SILENT) == [(moment(2), False, 3.4)]


def test_a_device_without_product_has_a_position_too(before: Database, now: Database) -> None:
    question = 'select "cdProduto" from public."VwTbPosicaoAtual" where "cdDispositivo" = %s'
    assert query(before, question, WITHOUT_PRODUCT) == []
    assert query(now, question, WITHOUT_PRODUCT) == [(None,)]


def test_history_is_newest_first(now: Database) -> None:
    found = query(now, 'select "dtRegistro" from public."VwRelHistoricoDispositivoProduto"')
    assert found == sorted(found, reverse=True)
    assert len(found) == len(readings(old=False))


def test_the_deprecated_view_says_until_when(now: Database) -> None:
    comment = query(now, """select obj_description('public."VwRelHistoricoDispositivoProduto"'::regclass)""")[
        0
    ][0]
    assert "get_historico_paginado" in comment
    assert "2027-11-30" in comment


# Plans for one device, as a person of its client asks. Seen to fail: by a join of the readings on cdPosicao
# alone, by sensors that are not looked up first.

MANY = """
    select setval('series."TbPosicao_cdPosicao_seq"', 10000);
    insert into "TbEndereco" ("cdEndereco", "dsLat", "dsLong")
      select 1000 + n, -23, -46 from generate_series(1, 2000) n;
    insert into "TbDestinatario" ("cdDestinatario", "cdEndereco", "cdCliente")
      select 1000 + n, 1000 + n, 1 + mod(n, 2) from generate_series(1, 500) n;
    insert into "TbDispositivo" ("cdDispositivo", "cdCliente", "cdDestinatario", "cdProduto")
      select 1000 + n, 1 + mod(n, 2), 1000 + n, 1 + mod(n, 2) from generate_series(1, 500) n;
    insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor")
      select 10000 + n, 1001 + mod(n, 500), 1 + mod(n, 5) from generate_series(1, 1000) n;
    insert into series."TbPosicao"
        ("dtRegistro", "cdDispositivo", "cdCliente", "nrBat", "cdDestinatario", "cdEndereco")
      select %(now)s::timestamp - make_interval(hours => h), 1000 + n, 1 + mod(n, 2), 3.3, 1000 + n, 2000 + n
      from generate_series(1, 500) n, generate_series(1, 2000, 40) h;
    insert into series."TbSensorRegistro"
        ("dtRegistro", "cdSensor", "cdDispositivo", "cdCliente", "cdPosicao", "nrValor")
      select p."dtRegistro", s."cdSensor", p."cdDispositivo", p."cdCliente", p."cdPosicao", 1
      from "TbPosicao" p join "TbSensor" s on s."cdDispositivo" = p."cdDispositivo"
      where p."cdDispositivo" > 1000;
"""


@pytest.fixture(scope="module")
def loaded(now: Database) -> Iterator[Any]:
    """A connection of the application, as a person of client 1, where many devices reported for months."""
    with closing(psycopg2.connect(now.owner_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(MANY, {"now": NOW})
            cursor.execute("analyze")
        user = _fleet.add_user(connection, 1)
    with closing(psycopg2.connect(now.api_url)) as application, application.cursor() as cursor:
        cursor.execute("set role authenticated")
        cursor.execute("select set_config('request.jwt.claims', %s, false)", (json.dumps({"sub": user}),))
        yield cursor


def scans(cursor: Any, statement: str, *values: Any) -> list[Row]:
    """What the statement reads: node, relation or index, rows met in all."""
    cursor.execute(f"explain (analyze, format json) {statement}", values)
    return [node for node in nodes(cursor.fetchone()[0][0]["Plan"]) if node["Actual Loops"] > 0]


def nodes(plan: Row) -> Iterator[Row]:
    """Nodes of the plan, without those in which a policy looks whether a row may be seen."""
    yield plan
    for child in plan.get("Plans", []):
        if child["Parent Relationship"] != "SubPlan":
            yield from nodes(child)


def large(found: list[Row]) -> list[Row]:
    """Scans of what has many rows."""
    names = ("TbPosicao_", "TbSensorRegistro_", "TbPosicaoAtual", "TbEndereco")
    return [node for node in found if str(node.get("Relation Name")).startswith(names)]


@pytest.mark.parametrize("view", ["VwTbPosicaoAtual", "VwRelDadosDispositivo"])
def test_the_present_of_a_device_is_one_row(loaded: Any, view: str) -> None:
    found = large(scans(loaded, f'select * from public."{view}" where "cdDispositivo" = %s', 1002))
    assert {node.get("Index Name") for node in found} == {"TbPosicaoAtual_pkey", "TbEndereco_pkey"}
    assert {node["Actual Rows"] for node in found} == {1}


def test_the_past_of_a_device_is_read_by_its_keys(loaded: Any) -> None:
    since, until = NOW - timedelta(days=10), NOW
    found = large(
        scans(
            loaded,
            """select * from public."VwRelHistoricoDispositivoProduto"
               where "cdDispositivo" = %s and "dtRegistro" between %s and %s""",
            1002,
            since,
            until,
        )
    )
    months = {f"{end:%Y_%m}" for end in (since, until)}
    assert {node["Node Type"] for node in found} <= {"Index Scan", "Bitmap Heap Scan"}
    used = {node["Relation Name"] for node in found} - {"TbEndereco"}
    assert used <= {f"{table}_{month}" for table in ("TbPosicao", "TbSensorRegistro") for month in months}
    assert len(used) >= 2
    read = sum(node["Actual Rows"] * node["Actual Loops"] for node in found)
    assert 0 < read <= 7 * (1 + 1 + 2)  # a position every 40 hours, its address, two sensors
    sensors = [node for node in found if node["Relation Name"].startswith("TbSensorRegistro")]
    assert max(node["Actual Loops"] for node in sensors) <= 7 * 2  # … and only those are looked for,
    assert all('"cdSensor" = ' in (node.get("Index Cond") or node["Recheck Cond"]) for node in sensors)
