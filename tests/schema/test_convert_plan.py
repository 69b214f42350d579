"""scripts/convert plan: what becomes of each old row, counted, and nothing changed.

Every row of the world below says its own fate; the counts are made of what they say.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.commands import convert, inspect
from scripts.devkit.convert.plan import BLOCKED, READY, UNREACHABLE, make_plan
from tests._lib import dumps
from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner
from tests.schema._legacy_world import REPORTED, rows

NOON, LATER = "2025-06-01 12:00:00", "2025-06-01 12:00:01"
C, M, Q = "carried", "merged", "quarantined"
# cdPosicao: its fate and a word of the reason, and what its columns hold; device 1 has a client, 2 has none.
POSITIONS: dict[int, tuple[str, str, dict[str, Any]]] = {
    1: (C, "", {"cdDispositivo": 1, "dtRegistro": NOON, "nrBat": 3.6, "cdEndereco": 1}),
    2: (
        M,
        "the same device, time, battery",
        {"cdDispositivo": 1, "dtRegistro": NOON, "nrBat": 3.6, "cdEndereco": 2},
    ),
    3: (Q, "CONFLICT", {"cdDispositivo": 1, "dtRegistro": NOON, "nrBat": 3.5, "cdEndereco": 1}),
    4: (C, "", {"cdDispositivo": 1, "dtRegistro": NOON, "nrSeq": 1, "nrBat": 3.6}),
    5: (C, "", {"cdDispositivo": 1, "dtRegistro": LATER}),
    6: (M, "the same device, time, battery", {"cdDispositivo": 1, "dtRegistro": LATER}),
    7: (Q, "INVALID_TIMESTAMP", {"cdDispositivo": 1, "dtRegistro": None}),
    8: (Q, "INVALID_TIMESTAMP", {"cdDispositivo": 1, "dtRegistro": "infinity"}),
    9: (Q, "TIMESTAMP_OUT_OF_RANGE", {"cdDispositivo": 1, "dtRegistro": "2199-01-01"}),
    10: (Q, "of a device without client", {"cdDispositivo": 2, "dtRegistro": NOON}),
    11: (Q, "of no device", {"dtRegistro": NOON}),
    12: (Q, "INVALID_VALUE", {"cdDispositivo": 1, "dtRegistro": "2025-06-02", "nrBat": 3700}),
    13: (Q, "INVALID_VALUE", {"cdDispositivo": 1, "dtRegistro": "2025-06-02", "nrBat": "NaN"}),
    14: (C, "", {"cdDispositivo": 1, "dtRegistro": "2025-06-02", "nrBat": 0}),
    15: (C, "", {"cdDispositivo": 1, "dtRegistro": "1999-12-31 23:59:59", "nrBat": 60}),
    16: (C, "", {"cdDispositivo": 1, "dtRegistro": "2025-06-03", "nrBat": 3.6, "cdEndereco": 7}),
    17: (M, "the same device, time, battery", {"cdDispositivo": 1, "dtRegistro": "2025-06-03"}),
    18: (
        Q,
        "CONFLICT",
        {"cdDispositivo": 1, "dtRegistro": "2025-06-03", "nrBat": 3.6, "cdEndereco": 1},
    ),
    19: (Q, "more than a hundred years", {"cdDispositivo": 1, "dtRegistro": "1900-01-01"}),
    20: (C, "", {"cdDispositivo": 1, "dtRegistro": "2025-06-03 01:00", "cdEndereco": 18}),
}
# Sensors 1 and 2 are device 1's, 3 is device 2's. cdSensor, cdPosicao: fate, reason, other columns.
READINGS: dict[tuple[int, int], tuple[str, str, dict[str, Any]]] = {
    (1, 1): (C, "", {"nrValor": 1.5, "dtRegistro": "2025-06-01 12:00:00.020"}),
    (1, 2): (M, "same", {"nrValor": 1.5, "dtRegistro": "2025-06-01 12:00:00.040"}),
    (1, 4): (Q, "CONFLICT", {"nrValor": 1.6, "dtRegistro": "2025-06-01 12:00:00.060"}),
    (2, 1): (C, "", {"nrValor": 1.5, "dtRegistro": None}),
    (2, 3): (Q, "with its position: CONFLICT", {"nrValor": 1.5}),
    (2, 4): (Q, "INVALID_VALUE", {"nrValor": None}),
    (2, 5): (Q, "INVALID_VALUE", {"nrValor": "NaN"}),
    (3, 5): (C, "", {"nrValor": 7, "dtRegistro": "2025-06-01 13:00:00.001"}),
    (3, 10): (Q, "with its position: UNKNOWN_DEVICE", {"nrValor": 7, "cdDispositivo": 2}),
    (3, 99): (C, "", {"nrValor": 7, "dtRegistro": NOON, "cdProdutoItem": 99}),
    (1, 98): (Q, "of a device without client", {"nrValor": 7, "dtRegistro": NOON, "cdDispositivo": 2}),
    (2, 99): (Q, "INVALID_TIMESTAMP", {"nrValor": 7, "dtRegistro": None}),
    (99, 14): (Q, "UNKNOWN_SENSOR", {"nrValor": 7}),
}
OLD = sum("1900" <= str(columns["dtRegistro"]) < "2026" for _, _, columns in POSITIONS.values())
NO_KEYS = """
    alter table public."TbSensorRegistro" drop constraint "TbSensorRegistro_cdPosicao_fkey",
      drop constraint "TbSensorRegistro_cdSensor_fkey", drop constraint "TbSensorRegistro_cdProdutoItem_fkey"
"""


@pytest.fixture(scope="module", autouse=True)
def _once() -> Iterator[None]:
    state = inspect.state(migrated=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inspect, "state", lambda *, migrated: state)
        yield


@pytest.fixture(scope="module")
def old(project: Database) -> Iterator[Database]:
    """An installation that has lost some of its foreign keys."""
    with legacy(project) as database:
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute(NO_KEYS)
        positions = [{"cdPosicao": n, **columns} for n, (_, _, columns) in POSITIONS.items()]
        readings = [
            {"cdSensor": sensor, "cdPosicao": position, "cdDispositivo": 1, "dtRegistro": None, **columns}
            for (sensor, position), (_, _, columns) in READINGS.items()
        ]
        load(database, {'public."TbPosicao"': positions, 'public."TbSensorRegistro"': readings})
        yield database


def planned(
    database: Database,
    capsys: pytest.CaptureFixture[str],
    radius: str | None = "km",
    free: float | None = None,
) -> tuple[int, dict[str, Any]]:
    code = make_plan(database.owner_url, radius, free, as_json=True)
    text = capsys.readouterr().out
    assert text.startswith("{"), text
    return code, json.loads(text)


# Seen to fail: without each of the conditions in positions.sql and readings.sql.
def test_every_row_has_one_fate(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    before = dumps.schema(old), dumps.rows(old)
    code, plan = planned(old, capsys)
    assert code == READY, plan["blockers"]
    assert (dumps.schema(old), dumps.rows(old)) == before
    assert plan["rows"] == {"TbPosicao": len(POSITIONS), "TbSensorRegistro": len(READINGS)}
    for table, world in (("TbPosicao", POSITIONS), ("TbSensorRegistro", READINGS)):
        said = [one for one in plan["fates"] if one["table_name"] == table]
        assert sum(one["rows"] for one in said) == len(world)
        wanted = Counter((fate, word) for fate, word, _ in world.values())
        found: Counter[tuple[str, str]] = Counter()
        for one in said:
            words = [word for fate, word in wanted if fate == one["fate"] and word in one["reason"]]
            found[one["fate"], max(words, key=len, default=f"? {one}")] += one["rows"]
        assert found == wanted
    assert plan["since"] == "1999-12-31T23:59:59"


# Seen to fail: each by leaving its query out.
def test_what_an_operator_should_know(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    _, plan = planned(old, capsys)
    assert {one["what"]: one["rows"] for one in plan["notes"]} == {
        "addresses with text that is not a pair of coordinates": len(REPORTED),
        "positions at such an address": 1,
        "positions at exactly 0, 0": 1,
        "positions older than 13 months": OLD,
        "readings more than an hour mark away from their position": 1,
        "readings without their position": 3,
        "readings of sensors that are on another device now": 3,
        "readings of product items that are gone": 1,
        "devices without client": 1,
    }
    assert "extra" not in " ".join(plan["differences"])
    assert sum("missing foreign keys" in one for one in plan["differences"]) == 3


# A view is created again, so it is not in the way.
OWN = """
    create view public."VwMinha" as select "cdPosicao" from public."VwTbPosicaoAtual";
    create materialized view public.soma as select count(*) from public."TbSensorRegistro";
    create table public."TbAlarme" ("cdPosicao" integer references public."TbPosicao", "cdCliente" integer);
    create policy minhas on public."TbAlarme" using (
      "cdCliente" = any (public.get_clientes_user(auth.uid())));
    create function public.avisar() returns trigger language plpgsql as 'begin return null; end';
    create trigger avisar after insert on public."TbPosicao" for each row execute function public.avisar();
    alter table public."TbPosicao" add "nrSinal" integer;
    create function public.resumir(p public."TbPosicao") returns integer language sql as 'select 1';
    create materialized view public.fotos as select count(*) from public."TbImagens";
    create view public."VwDeOutro" as select "cdPosicao" from public."VwMinha";
    create function public.ligada() returns bigint begin atomic
      select count(*) from public."VwTbPosicaoAtual"; end;
    create rule nunca as on delete to public."TbEndereco" where false do instead nothing;
    create table public."TbHerdeira" () inherits (public."TbSensorRegistro");
    create table public."TbLinhas" (linha public."TbPosicao");
    create table public."TbNumerada" (n integer default nextval('public."TbPosicao_cdPosicao_seq"'));
    create policy estreita on public."TbPosicao" as restrictive to authenticated using ("nrBat" > 3);
    create trigger avisar before update on public."TbImagens" for each row
      when (new."dsCaminho" is null) execute function public.avisar();
    create publication teste_estados for table public."TbEstado";
"""
OWN_GONE = """
    drop view public."VwDeOutro", public."VwMinha"; drop materialized view public.soma, public.fotos;
    drop table public."TbAlarme", public."TbHerdeira", public."TbLinhas", public."TbNumerada";
    drop trigger avisar on public."TbPosicao"; drop trigger avisar on public."TbImagens";
    drop function public.avisar, public.resumir, public.ligada; drop rule nunca on public."TbEndereco";
    drop policy estreita on public."TbPosicao";
    alter table public."TbPosicao" drop "nrSinal"; drop publication teste_tudo, teste_estados;
"""


def test_what_is_in_the_way(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with owner(old) as cursor, closing(psycopg2.connect(old.admin_url)) as admin:
        cursor.execute(OWN)
        admin.cursor().execute('alter view public."VwDeOutro" owner to supabase_auth_admin')
        admin.cursor().execute("create publication teste_tudo for all tables")
        admin.commit()
    try:
        code, plan = planned(old, capsys, radius=None, free=1e-6)
        assert code == BLOCKED
        told = "\n".join(f"{one['what']} -> {one['remedy']}" for one in plan["blockers"])
        for part in (
            "soma reads", "--radius km", "GB are free", '"TbAlarme" refers to public."TbPosicao"',
            "trigger avisar on", "column nrSinal", "function public.resumir", "policy minhas on",
            "fotos reads", 'view public."VwDeOutro" belongs to', "function public.ligada() depends on",
            "rule nunca on", '"TbHerdeira" depends', 'linha of table public."TbLinhas" has the type',
            'n of table public."TbNumerada" depends', "restrictive policy estreita",
            'trigger avisar on table public."TbImagens" uses', "publication teste_tudo is for all tables",
            'publication teste_estados has public."TbEstado", which has no key',
        ):  # fmt: skip
            assert part in told
        assert len(plan["blockers"]) == 19, told
        assert make_plan(old.owner_url, "km", 100) == BLOCKED
        text = capsys.readouterr().out
        assert "In the way" in text
        assert "quarantined" in text
    finally:
        with closing(psycopg2.connect(old.admin_url)) as admin, admin, admin.cursor() as cursor:
            cursor.execute(OWN_GONE)


# As PostgREST writes them.
UPSERT = """
    with pgrst_source as (insert into "public"."TbEndereco"("dsLat") select pgrst_body."dsLat"
      from (select $1 as json_data) pgrst_payload,
      lateral (
        select "dsLat" from json_to_recordset(pgrst_payload.json_data) as _("dsLat" varchar)) pgrst_body
      on conflict("cdEndereco") do update set "dsLat" = excluded."dsLat" returning 1)
    select 1 from pgrst_source"""
EMBEDDED = """
    with pgrst_source as (
      select "public"."TbPosicao"."cdPosicao", row_to_json("TbEndereco_1".*) as "TbEndereco"
      from "public"."TbPosicao" left join lateral (
        select "dsCidade" from "public"."TbEndereco" e where e."cdEndereco" = "TbPosicao"."cdEndereco"
      ) as "TbEndereco_1" on true)
    select count(*) from pgrst_source"""


# Seen to fail: without each of the two queries.
def test_requests_that_views_do_not_answer(project: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with legacy(project) as database:
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute("prepare one(json) as " + UPSERT)
            cursor.execute("""execute one('[{"dsLat": "1"}]')""")
            cursor.execute(EMBEDDED)
            cursor.execute(EMBEDDED)
        _, plan = planned(database, capsys)
        rules = {one["what"]: (one["rows"], one["rule"].split(")")[0]) for one in plan["notes"]}
    assert rules["upserts into TbEndereco"] == (1, "refused from the switch on (42P10")
    embedded = "requests that embed another table in TbPosicao, or it in another"
    assert rules[embedded] == (2, "refused (PGRST200")


def test_other_databases(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert make_plan(database.owner_url, None, None) == BLOCKED
    assert "not a database of the old system" in capsys.readouterr().out
    assert make_plan("postgresql://nobody@127.0.0.1:1/none", None, None) == UNREACHABLE
    assert "Cannot connect" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        convert.main()
