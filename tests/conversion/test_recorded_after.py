"""A legacy database that was converted and serves both applications until that is finished: recorded requests
are answered as on data loaded directly, and the legacy application's own as before.

test_recorded_before.py asks the same database before the conversion, http/v1/test_recorded.py a new one.

Seen to fail: with radii taken as kilometres, with readings a hundredth greater.
"""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from app.http.application import create_app
from app.settings import Settings
from scripts.devkit.fleet.postgrest import Rest
from scripts.devkit.fleet.postgrest_schema import Schema
from scripts.devkit.local import databases
from tests._lib import identities, rest
from tests._lib.databases import Database
from tests._lib.legacy import legacy, owner, query
from tests.conversion._calls import PLACES, send_to_the_new, send_to_the_old
from tests.conversion._installation import convert, schema_of
from tests.conversion.test_recorded_before import CASES, holds_of_sql
from tests.http import callers, recorded
from tests.http.conftest import settings_for
from tests.http.recorded.legacy import load_legacy
from tests.http.recorded.replay import READS, WRITES, answered, holds, holds_of_a_write, title

STEPS: dict[str, list[str]] = {"prepare": [], "copy": [], "verify": [], "switch": ["--radius", "m"]}


@pytest.fixture(scope="module")
def loaded(project: Database) -> Iterator[tuple[Database, Schema]]:
    """The recorded data set as it was, and PostgREST that has read the schema and will not read it again."""
    with legacy(project) as database:
        load_legacy(database)
        with closing(schema_of(database, late=1e9)) as schema:
            schema.refresh()
            yield database, schema


@pytest.fixture(scope="module")
def converted(loaded: tuple[Database, Schema]) -> Database:
    """Its radii are metres."""
    database, _ = loaded
    with databases.roles_locked():
        for step, options in STEPS.items():
            assert convert(database, step, *options) == 0
        databases.set_password(databases.API)
    return database


@pytest.fixture(scope="module")
def app(converted: Database) -> Iterator[Flask]:
    app = create_app(settings_for(converted))
    yield app
    app.extensions["rastro.backend"].close()


@pytest.mark.parametrize("one", READS, ids=title)
def test_reads(app: Flask, one: dict[str, Any]) -> None:
    holds(answered(app, one), one)


@pytest.fixture(scope="module")
def app_by_rest(converted: Database) -> Iterator[Flask]:
    """The new application where it has Supabase's REST API instead of a connection."""
    with rest.serving(converted) as url:
        app = create_app(
            Settings(
                supabase_url=url,
                supabase_key=SecretStr(rest.PUBLISHABLE_KEY),
                jwt_secret=SecretStr(identities.JWT_SECRET),
                jwt_issuer=identities.ISSUER,
            )
        )
        yield app
        app.extensions["rastro.backend"].close()


# Seen to fail: where only PostgreSQL's own word for an unknown function is known, by what the legacy
# application has under the same names.
@pytest.mark.parametrize("one", READS, ids=title)
def test_reads_by_rest(app_by_rest: Flask, one: dict[str, Any]) -> None:
    holds(answered(app_by_rest, one), one)


@pytest.fixture(scope="module")
def doors(loaded: tuple[Database, Schema], converted: Database) -> Iterator[dict[str, Rest]]:
    """PostgREST with the service key, before and after it has read the schema again."""
    _, stale = loaded
    with (
        closing(schema_of(converted)) as schema,
        closing(Rest(schema)) as fresh,
        closing(Rest(stale)) as early,
    ):
        yield {"before": early, "after": fresh}


# What the legacy application reads after the switch. Seen to fail: with functions that answer objects.
@pytest.mark.parametrize("cache", ["before", "after"])
@pytest.mark.parametrize(("user", "path"), CASES, ids=str)
def test_the_legacy_application_reads_as_before(
    doors: dict[str, Rest], user: int, path: str, cache: str
) -> None:
    holds_of_sql(doors[cache], user, path)


def test_every_row_is_there(converted: Database) -> None:
    for table in ("TbPosicao", "TbSensorRegistro"):
        (counted,) = query(converted, f'select count(*) from public."{table}"')
        assert counted == (len(recorded.dataset()[table]),)


@pytest.fixture(scope="module")
def summed_up(app: Flask, converted: Database) -> Flask:
    recorded.sum_up(converted)
    return app


# Of what is summed up: the rest reads the same rows as before.
@pytest.mark.parametrize("one", [one for one in READS if "ummary/" in one["path"]], ids=title)
def test_reads_from_the_rollups(summed_up: Flask, one: dict[str, Any]) -> None:
    holds(answered(summed_up, one), one)


# One after the other: they change what there is.
@pytest.mark.parametrize("one", WRITES, ids=lambda one: f"{title(one)} {json.dumps(one['json'])}")
def test_writes(summed_up: Flask, one: dict[str, Any]) -> None:
    holds_of_a_write(summed_up, one)


NOTED = """select count(*), count(distinct "cdLinha") from private."TbConversaoAviso"
           where "dsTabela" = 'TbEndereco' and "cdLinha"::integer = any (%s)"""


# Seen to fail: with the table itself in its place: 42804 by the cache of before, 22P02 for text.
@pytest.mark.parametrize("cache", ["before", "after"])
def test_addresses_of_the_legacy_application(doors: dict[str, Rest], converted: Database, cache: str) -> None:
    door = doors[cache]
    rows = [{"dsLat": lat, "dsLong": long, "dsCidade": "Itu"} for lat, long, _ in PLACES]
    single = [door.insert("TbEndereco", row)[0] for row in rows]
    batch = door.insert("TbEndereco", rows)
    wanted = [place or (None, None) for _, _, place in PLACES]
    for stored in (single, batch):
        assert [(row["dsLat"], row["dsLong"]) for row in stored] == wanted
    codes = [row["cdEndereco"] for row in (*single, *batch)]
    assert len(set(codes)) == 2 * len(PLACES)
    assert query(converted, NOTED, codes) == [(8, 8)]
    exact = 'select "dsLat", "dsLong" from public."TbEnderecoAtual" where "cdEndereco" = %s'
    assert query(converted, exact, codes[0]) == [(-23.51234, -46.61234)]
    found = door.select("TbEndereco", limit=1, dsLat="-23.51234", dsLong="-46.61234")
    assert found[0].keys() == single[0].keys()
    assert not door.select("TbEndereco", dsLat="", dsLong="abc")


# Seen to fail: with a view without an index on the text.
def test_addresses_are_found_by_an_index(converted: Database) -> None:
    with owner(converted) as cursor:
        cursor.execute("set enable_seqscan = off")
        cursor.execute(
            """explain select * from public."TbEndereco" where "dsLat" = '-23.5' and "dsLong" = '-46.6'"""
        )
        assert "TbEndereco_conversao_idx" in str(cursor.fetchall())


@pytest.mark.parametrize("cache", ["before", "after"])
def test_other_ways_to_insert(doors: dict[str, Rest], converted: Database, cache: str) -> None:
    """In one array, with some columns only, and without the rows in the answer."""
    door, number = doors[cache], {"before": 900, "after": 950}[cache]
    positions = [{"cdDispositivo": 100, "nrSeq": number + n, "nrBat": 3.5, "dsObs": 1} for n in range(3)]
    columns = ("cdDispositivo", "nrSeq", "nrBat")
    stored = door.insert("TbPosicao", positions, columns)
    assert len({row["cdPosicao"] for row in stored}) == 3
    readings = [
        {"cdDispositivo": 100, "cdSensor": 1001, "cdPosicao": row["cdPosicao"], "nrValor": 4}
        for row in stored
    ]
    assert door.insert("TbSensorRegistro", readings, is_minimal=True) == []
    assert door.insert("TbPosicao", {"cdDispositivo": 100, "nrSeq": number + 3}, is_minimal=True) == []
    assert door.insert("TbEndereco", {"dsCidade": "Itu"}, is_minimal=True) == []
    told = """select count(*), count("nrValor") from public."TbPosicao" p
              left join public."TbSensorRegistro" r using ("cdPosicao")
              where p."cdDispositivo" = 100 and p."nrSeq" between %s and %s"""
    assert query(converted, told, number, number + 3) == [(4, 3)]


# Seen to fail: with the table of the new addresses named TbEndereco to those who are told its name.
def test_the_new_application_keeps_its_addresses(app: Flask, converted: Database) -> None:
    client, headers = app.test_client(), callers.as_user(recorded.person(1))
    made = client.post("/v2/enderecos", json={"dsLat": -23.5, "dsLong": -46.6}, headers=headers)
    assert (made.status_code, made.json["dsLat"]) == (201, -23.5), made.text
    path = f"/v2/enderecos/{made.json['cdEndereco']}"
    changed = client.patch(path, json={"dsLat": -23.123456}, headers=headers)
    assert (changed.status_code, changed.json["dsLat"]) == (200, -23.123456), changed.text
    assert client.get(path, headers=headers).json == changed.json
    assert client.delete(path, headers=headers).status_code in (200, 204)
    audit = """select "dsTabela", "dsOperacao" from public."TbAuditoria"
               where "dsTabela" like 'TbEndereco%%' order by 1"""
    assert {("TbEndereco", "insert"), ("TbEndereco", "update"), ("TbEndereco", "delete")} == set(
        query(converted, audit)
    )
    with (
        owner(converted) as cursor,
        pytest.raises(psycopg2.Error, match="This row of TbEndereco has history"),
    ):
        cursor.execute(
            """delete from public."TbEnderecoAtual" where "cdEndereco" = (
                 select "cdEndereco" from public."TbPosicao" where "cdEndereco" is not null limit 1)"""
        )


# Seen to fail: without the count in admit.
def test_a_metric_says_who_needs_the_legacy_application(
    app: Flask, doors: dict[str, Rest], converted: Database
) -> None:
    def told() -> dict[tuple[str, str], float]:
        families = text_string_to_metric_families(app.test_client().get("/metrics").text)
        return {(s.name, s.labels.get("call", "")): s.value for f in families for s in f.samples}

    doors["after"].insert("TbEndereco", {"dsCidade": "Itu"})
    before, now = told(), time.time()
    doors["after"].insert("TbEndereco", [{"dsCidade": "Itu"}])
    doors["after"].call("get_grouped_sensor_data", dispositivos=[100])
    with owner(converted) as cursor:
        cursor.execute("""update conversao."TbConversaoEtapa" set "dtAte" = '2100-01-01Z'""")
    after = told()
    calls, last = "rastro_legacy_calls_total", "rastro_legacy_last_call_timestamp_seconds"
    assert after[calls, "TbEndereco"] == before[calls, "TbEndereco"] + 1
    grouped = (calls, "get_grouped_sensor_data")
    assert after[grouped] == before.get(grouped, 0) + 1
    assert now - 1 < after[last, "TbEndereco"] < now + 600
    assert after["rastro_legacy_served_until_timestamp_seconds", ""] == 4_102_444_800


# Seen to fail: with the time of arrival for every position.
@pytest.mark.parametrize("first", ["old", "new"])
@pytest.mark.parametrize("value", [2.5, 3.5])
def test_the_same_reading_sent_to_both(
    doors: dict[str, Rest], converted: Database, first: str, value: float
) -> None:
    """One of the same device, time and number is stored once; another value is a conflict, and kept."""
    door = doors["after"]
    moment = f"2026-03-20T12:{int(value)}{'0' if first == 'old' else '1'}:00"
    conflicts = """select count(*) from public."TbIngestaoErro" where "dsMotivo" = 'CONFLICT'"""
    ((before,),) = query(converted, conflicts)
    positions = 'select count(*) from public."TbPosicao"'
    ((there,),) = query(converted, positions)
    sends = (send_to_the_old, send_to_the_new)
    for send, sent in zip(sends if first == "old" else reversed(sends), (2.5, value), strict=True):
        send(door, moment, sent)
    stored = """select count(distinct p."cdPosicao"), count(*), max(r."nrValor") from public."TbPosicao" p
                join public."TbSensorRegistro" r using ("cdPosicao") where p."dtRegistro" = %s"""
    assert query(converted, stored, moment) == [(1, 1, 2.5)]
    assert query(converted, conflicts) == [(before + (value != 2.5),)]
    assert query(converted, positions) == [(there + 1,)]
