"""What is older than a client's policy goes, and nothing else changes by it.

Comments name changes to the SQL that were tried and make the test fail.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest

from tests.db import _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Caller, Lab
from tests.db._rollups import Bucket, buckets, same, step
from tests.db._strategies import iso

DAYS = 10  # that readings are kept
TODAY = datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
OLD, NEW = TODAY - timedelta(days=12), TODAY - timedelta(days=5)
SENSORS = {11: 1, 21: 2}  # of the client with a policy, of its child without one


@pytest.fixture
def viewer(lab: Lab) -> Iterator[Caller]:
    with lab.caller(role="service") as caller:
        yield caller


@pytest.fixture(autouse=True)
def world(lab: Lab) -> None:
    """Two days of two sensors, dense and sparse hours in them; all of it summed up."""
    lab.sql('delete from "TbGuardaLegal"')
    lab.sql('delete from private."TbRetencaoPiso"')
    lab.sql('delete from "TbPoliticaRetencao" where "cdCliente" is not null')
    lab.sql("""update "TbPoliticaRetencao" set "nrDias1m" = null, "nrDias5m" = null, "nrDias1h" = null""")
    _rollups.begin_anew(lab, 20)
    batch = [reading(sensor, time) for sensor in SENSORS for day in (OLD, NEW) for time in times(day)]
    assert lab.gateway.ingest(batch)["stored"] == len(batch)
    _rollups.hold_back(lab, 0)
    _rollups.settle(lab)


def times(day: datetime) -> list[datetime]:
    dense = [day + timedelta(hours=3, seconds=10 * n) for n in range(360)]
    return dense + [day + timedelta(hours=5, minutes=15 * n) for n in range(40)]


def reading(sensor: int, time: datetime) -> dict[str, Any]:
    value = {"cdSensor": sensor, "nrValor": time.minute + time.second / 7}
    return {"cdDispositivo": SENSORS[sensor], "dtRegistro": iso(time), "nrBat": 3.5, "sensores": [value]}


def policy(lab: Lab, **columns: Any) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    lab.sql(
        f'insert into "TbPoliticaRetencao" ("cdCliente", {names}) values (%s{", %s" * len(columns)})',
        CLIENT, *columns.values(),
    )  # fmt: skip


def hold(lab: Lab, device: int | None = None, client: int = CLIENT) -> None:
    lab.sql(
        'insert into "TbGuardaLegal" ("cdCliente", "cdDispositivo", "dsMotivo") values (%s, %s, %s)',
        client, device, "lawsuit",
    )  # fmt: skip


def expire(lab: Lab) -> None:
    for _ in range(100):
        # day by day, but nothing is older than this: a year of empty days would take longer than the rest
        lab.sql(
            'update private."TbRetencaoPiso" set "dtBruto" = least("dtAnunciado", greatest("dtBruto", %s))',
            OLD - timedelta(days=2),
        )  # fmt: skip
        if not step(lab, "expire_raw") + step(lab, "expire_rollups"):
            return
    raise AssertionError("retention does not come to an end")


def points(
    caller: Caller, sensor: int, agg: str, begin: datetime = OLD - timedelta(days=1)
) -> dict[str, Any]:
    found = caller.call(
        "get_data_points", p_cd_sensor=sensor, p_dt_inicio=f"{begin}Z", p_dt_fim=f"{TODAY}Z", p_agg=agg
    )
    return dict(found)


def wanted(agg: str, *days: datetime, more: Sequence[datetime] = ()) -> dict[datetime, Bucket]:
    moments = [*(time for day in days for time in times(day)), *more]
    rows = [(time, time.minute + time.second / 7) for time in moments]
    return buckets(rows, agg)


def readings(lab: Lab, sensor: int, day: datetime) -> int:
    return int(
        lab.sql(
            """select count(*) from "TbSensorRegistro" where "cdSensor" = %s and "dtRegistro" >= %s
               and "dtRegistro" < %s""",
            sensor, day, day + timedelta(days=1),
        )[0][0]
    )  # fmt: skip


# Fails without complete_rollups(), and when it leaves out the hours by five minutes.
def test_rollups_do_not_change_when_readings_go(lab: Lab, viewer: Caller) -> None:
    policy(lab, nrDiasBruto=DAYS, nrDias1m=None, nrDias5m=None, nrDias1h=None)
    expire(lab)
    assert (readings(lab, 11, OLD), readings(lab, 11, NEW)) == (0, 400)
    assert readings(lab, 21, OLD) == 400
    for agg in _rollups.WIDTH:
        now = points(viewer, 11, agg)
        assert now["complete"]
        same(now["data"], wanted(agg, OLD, NEW))
    assert lab.sql('select 1 from "TbPosicao" where "cdDispositivo" = 1 and "dtRegistro" < %s', NEW) == []
    total = viewer.call("get_historico_paginado", p_cd_dispositivo=1, p_page_size=1)["total"]
    assert total == 400
    assert lab.sql("""select 1 from private."TbRollupPendente" """) == []  # what expires is not late


# Fails when forget_hours() does not spare what has expired.
def test_an_hour_whose_readings_are_gone_is_not_made_anew(lab: Lab, viewer: Caller) -> None:
    policy(lab, nrDiasBruto=DAYS, nrDias1m=None, nrDias5m=None, nrDias1h=None)
    expire(lab)
    later = OLD + timedelta(hours=3, seconds=5)
    lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 1', CHILD)
    try:
        assert lab.gateway.ingest([reading(11, later)])["stored"] == 1
    finally:
        lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 1', CLIENT)
    for _ in range(2):  # with its mark, and when that has been dealt with
        for agg in _rollups.WIDTH:
            same(points(viewer, 11, agg)["data"], wanted(agg, OLD, NEW, more=[later]))
        _rollups.settle(lab)


# Fails without the exception in mark_inserted_row().
def test_nobody_writes_what_would_have_expired(lab: Lab) -> None:
    policy(lab, nrDiasBruto=DAYS)
    expire(lab)
    with pytest.raises(psycopg2.Error, match=r"readings of client 1 before .* have expired"):
        lab.sql(
            'insert into series."TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente") values (%s, 1, %s)',
            OLD, CLIENT,
        )  # fmt: skip


# Fails without has_expired().
def test_what_has_expired_is_said(lab: Lab, viewer: Caller) -> None:
    policy(lab, nrDiasBruto=DAYS)
    assert points(viewer, 11, "raw", NEW)["complete"]
    assert not points(viewer, 11, "raw", OLD)["expired"]
    expire(lab)
    raw = points(viewer, 11, "raw", OLD + timedelta(hours=1))
    assert (raw["complete"], raw["expired"], len(raw["data"])) == (False, True, 400)
    assert points(viewer, 11, "raw", NEW)["complete"]
    assert points(viewer, 21, "raw", OLD + timedelta(hours=1))["complete"]
    cut = points(viewer, 11, "1h", OLD + timedelta(hours=3, minutes=30))
    assert (cut["complete"], cut["expired"]) == (False, True)


# Fails without the check of dtAnunciado in read_elements().
def test_a_reading_that_would_have_expired_is_refused_and_kept(lab: Lab) -> None:
    policy(lab, nrDiasBruto=DAYS)
    expire(lab)
    late = lab.gateway.ingest([reading(11, OLD + timedelta(hours=1)), reading(21, OLD + timedelta(hours=1))])
    assert [result["verdict"] for result in late["results"]] == ["rejected", "stored"]
    assert late["results"][0]["error_code"] == "TIMESTAMP_OUT_OF_RANGE"
    assert [reason for reason, _ in lab.quarantine()] == ["TIMESTAMP_OUT_OF_RANGE"]


# Fails when expire_raw() does not wait.
def test_nobody_in_flight_is_overtaken(lab: Lab) -> None:
    with lab.gateways(1) as (slow,):
        slow.connection.autocommit = False
        slow.ingest([reading(11, OLD + timedelta(hours=1))])
        policy(lab, nrDiasBruto=DAYS)
        for _ in range(4):
            step(lab, "expire_raw")
        assert readings(lab, 11, OLD) == 400
        slow.connection.commit()
    _rollups.settle(lab)
    expire(lab)
    assert readings(lab, 11, OLD) == 0
    assert lab.sql('select sum("nrQtd") from series."TbSensorRegistro1h" where "cdSensor" = 11') == [(801,)]


def test_nothing_expires_under_legal_hold(lab: Lab) -> None:
    policy(lab, nrDiasBruto=DAYS, nrDias1m=2, nrDias5m=2)
    hold(lab)
    before = lab.everything()
    expire(lab)
    assert lab.everything() == before
    assert lab.sql('select count(*) from series."TbSensorRegistro1m" where "cdSensor" = 11') == [(120,)]


# Fails when expire_rollups() leaves nrFino as it was.
def test_fine_rollups_expire_and_readings_answer_instead(lab: Lab, viewer: Caller) -> None:
    policy(lab, nrDias1m=DAYS, nrDias5m=None, nrDias1h=None)
    expire(lab)
    assert lab.sql(
        'select min("dtBucket") >= %s from series."TbSensorRegistro1m" where "cdCliente" = %s', NEW, CLIENT
    ) == [(True,)]
    assert lab.sql('select count(*) from series."TbSensorRegistro1m" where "cdCliente" = %s', CHILD) == [
        (120,)
    ]
    answer = points(viewer, 11, "1m")
    assert answer["complete"]
    same(answer["data"], wanted("1m", OLD, NEW))


def test_of_what_is_gone_altogether_nothing_is_told(lab: Lab, viewer: Caller) -> None:
    policy(lab, nrDiasBruto=DAYS, nrDias1m=DAYS, nrDias5m=DAYS, nrDias1h=DAYS)
    expire(lab)
    for agg in _rollups.WIDTH:
        answer = points(viewer, 11, agg)
        assert not answer["complete"]
        same(answer["data"], wanted(agg, NEW))


# Fails when preview_retention() looks at another time than the steps do.
def test_a_dry_run_says_what_then_goes(lab: Lab) -> None:
    policy(lab, nrDiasBruto=DAYS, nrDias1m=DAYS, nrDias5m=DAYS, nrDias1h=DAYS)
    tables = (
        "TbPosicao",
        "TbSensorRegistro",
        "TbSensorRegistro1m",
        "TbSensorRegistro5m",
        "TbSensorRegistro1h",
        "TbSensorRegistro1d",
    )

    def count() -> dict[str, int]:
        return {table: lab.sql(f'select count(*) from series."{table}"')[0][0] for table in tables}

    told = dict(lab.sql('select "dsTabela", "nrLinhas" from private.preview_retention(%s)', CLIENT))
    before = count()
    expire(lab)
    gone = {table: before[table] - left for table, left in count().items()}
    assert gone == told
    assert all(gone.values())


def test_an_empty_month_before_the_coverage_goes(lab: Lab) -> None:
    lab.sql('update private."TbConfiguracao" set "nrMesesAtras" = 12')
    try:
        oldest = f'particoes."TbPosicao_{(TODAY.replace(day=1) - timedelta(days=370)).replace(day=1):%Y_%m}"'
        existed = lab.sql("select to_regclass(%s) is not null", oldest)
        with closing(psycopg2.connect(lab.database.owner_url)) as other, other.cursor() as cursor:
            cursor.execute('select count(*) from "TbPosicao"')
            assert step(lab, "drop_empty_partitions") == 0  # somebody reads one of them: it does not wait
        assert step(lab, "drop_empty_partitions") == 6
        assert existed == [(True,)]
        assert lab.sql("select to_regclass(%s)", oldest) == [(None,)]
    finally:
        lab.sql('update private."TbConfiguracao" set "nrMesesAtras" = 13')
        lab.sql("select private.ensure_partitions()")
