"""Packed rollups: every bucket comes back identical, and whatever changes one finds it.

That they answer as rows do is tried in tests/property. Comments name changes to the SQL that make a test
fail.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

from tests.db import _packing, _rollups
from tests.db._fleet import CHILD, CLIENT
from tests.db._lab import Caller, Lab
from tests.db._rollups import same, step
from tests.db.retention.test_deletion import checksum, delete
from tests.db.retention.test_retention import (
    DAYS,
    NEW,
    OLD,
    TODAY,
    expire,
    points,
    policy,
    reading,
    readings,
    wanted,
)
from tests.db.retention.test_retention import viewer as viewer
from tests.db.retention.test_retention import world as world

ALL = {1: 240, 5: 48, 60: 44}
_COLUMNS = '"cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"'
BUCKETS = " union all ".join(
    f"""select {minutes} as minutes, {_COLUMNS} from series."{name}"
        union all
        select {minutes}, {_COLUMNS} from private.unpacked_buckets({minutes}, '-infinity', 'infinity')"""
    for minutes, name, _ in _packing.TIERS
)
ROWS = f"""select b::text, float8send(b."nrSoma"), float8send(b."nrMin"), float8send(b."nrMax")
           from ({BUCKETS}) b order by 1"""
HOURS = """select h::text from private.hours_between('{11,21}', '-infinity', 'infinity') h order by 1"""
PLAIN = " union all ".join(f'select b::text from series."{name}" b' for _, name, _ in _packing.TIERS)


def everything(lab: Lab) -> list[Any]:
    return [lab.sql(ROWS), lab.sql(HOURS)]


def pack(lab: Lab) -> None:
    _packing.pack_rollups(lab)
    assert _packing.packed_rollups(lab) == ALL
    assert lab.sql(PLAIN) == []


# Seen to fail: with nulls of product items left out; with hours packed without nrFino.
def test_every_bucket_comes_back_identical(lab: Lab) -> None:
    odd = {"NaN": 3, "Infinity": 4, "-0": 5, "0.1": 6, "1e300": 7, "5e-324": 8}
    for value, hour in odd.items():
        lab.sql(
            """update series."TbSensorRegistro1h" set "nrSoma" = %s, "nrMin" = %s
               where "cdSensor" = 11 and extract(hour from "dtBucket") = %s""",
            value, value, hour,
        )  # fmt: skip
    for width in ("1m", "1h"):  # a second item and owner in the same buckets
        lab.sql(
            f"""with more as (
                  select (jsonb_populate_record(b, jsonb_build_object(
                            'cdProdutoItem', i, 'cdCliente', c))).* from series."TbSensorRegistro{width}" b,
                    (values (2, {CLIENT}), (null, {CHILD})) v(i, c)
                  where b."cdSensor" = 11 and b."cdCliente" = {CLIENT})
                insert into series."TbSensorRegistro{width}" select * from more"""
        )
    before, plain = everything(lab), lab.sql(PLAIN)
    _packing.pack_rollups(lab)
    assert (everything(lab), lab.sql(PLAIN)) == (before, [])
    lab.sql("""select private.unpack_buckets(array(select "cdPacote" from series."TbRollupFrio"))""")
    assert (sorted(lab.sql(PLAIN)), _packing.packed_rollups(lab)) == (sorted(plain), {})


@pytest.fixture
def packing(lab: Lab) -> Iterator[None]:
    """Packing is switched on, and nothing was packed today."""
    lab.sql('update private."TbConfiguracao" set "nrDiasQuente" = 30')
    lab.sql("""update private."TbRollupFrioMarca" set "dtDia" = '-infinity', "cdProximo" = 0""")
    yield
    lab.sql('update private."TbConfiguracao" set "nrDiasQuente" = null')


def steps(lab: Lab) -> int:
    """All steps of a day."""
    for count in range(1_000):
        if not lab.sql("select private.pack_rollups()")[0][0]:
            return count
    raise AssertionError("packing does not come to an end")


# Seen to fail: with days that are too young; with a pass that begins anew after each step.
@pytest.mark.usefixtures("packing")
def test_what_is_old_enough_is_packed_once_a_day(lab: Lab) -> None:
    lab.sql('update private."TbConfiguracao" set "nrDiasQuente1h" = 30')  # nothing is so old
    try:
        assert steps(lab) > 0
        assert _packing.packed_rollups(lab) == {1: 120, 5: 24}, "of the old day, of both clients"
        assert lab.sql('select min("dtBucket") from series."TbSensorRegistro1m"')[0][0] >= NEW
        assert lab.sql('select count(*) from series."TbSensorRegistro1h"') == [(44,)]
        _packing.pack_rollups(lab, [11], 1)
        lab.sql("""select private.unpack_buckets(array(select "cdPacote" from series."TbRollupFrio"))""")
        assert steps(lab) == 0, "until tomorrow"
        lab.sql("""update private."TbRollupFrioMarca" set "dtDia" = "dtDia" - 1""")
        assert steps(lab) > 0
        assert _packing.packed_rollups(lab) == {1: 120, 5: 24}
    finally:
        lab.sql('update private."TbConfiguracao" set "nrDiasQuente1h" = 14')


# Seen to fail: without to_regclass() in rollup_tier(), and without nrDiasQuente there.
@pytest.mark.usefixtures("packing")
def test_nothing_is_packed_while_a_database_is_converted_or_packing_is_off(lab: Lab) -> None:
    lab.sql('create schema conversao; create table conversao."TbConversaoEtapa" ()')
    try:
        assert steps(lab) == 0
    finally:
        lab.sql("drop schema conversao cascade")
    lab.sql('update private."TbConfiguracao" set "nrDiasQuente" = null')
    assert steps(lab) == 0


# Seen to fail: without the look for a row in truncate_emptied().
@pytest.mark.usefixtures("packing")
def test_an_emptied_partition_gives_back_its_space_a_day_later(lab: Lab) -> None:
    month = _packing.months_ago(3)
    name = f'particoes."TbSensorRegistro1m_{month:%Y_%m}"'
    lab.sql(
        """insert into series."TbSensorRegistro1m"
           select %s::timestamp + n * interval '1 minute', 1, 1, 1, 1, 11, 1
           from generate_series(0, 2999) n""",
        month,
    )
    sizes = []
    for _ in range(3):
        sizes.append(lab.sql(f"select pg_relation_size('{name}') > 0")[0][0])
        steps(lab)
        lab.sql("""update private."TbRollupFrioMarca" set "dtDia" = "dtDia" - 1""")
    assert sizes == [True, True, False]
    assert _packing.packed_rollups(lab)[1] == 3_000 + 120


# Seen to fail: without unpack_rollups() in sum_days().
def test_a_day_is_summed_up_from_hours_that_are_packed(lab: Lab) -> None:
    """As when the floor moves on through the day, or the watermark."""
    pack(lab)
    before = lab.sql('select b::text from series."TbSensorRegistro1d" b order by 1')
    lab.sql("select private.sum_days('{11,21}', array[%s, %s]::timestamp[])", OLD, NEW)
    assert lab.sql('select b::text from series."TbSensorRegistro1d" b order by 1') == before


# Seen to fail: without unpack_rollups() in redo_sensor_hours().
def test_a_late_value_of_a_packed_hour_counts_at_once_and_later(lab: Lab, viewer: Caller) -> None:
    pack(lab)
    late = [OLD + timedelta(hours=3, seconds=5), OLD + timedelta(hours=20)]
    assert lab.gateway.ingest([reading(11, time) for time in late])["stored"] == 2
    for _ in range(3):  # dirty; made again, as rows; packed again
        for agg in _rollups.WIDTH:
            same(points(viewer, 11, agg)["data"], wanted(agg, OLD, NEW, more=late))
        _rollups.settle(lab)
        _packing.pack_rollups(lab)
    day = lab.sql(
        """select "nrQtd", "nrQtd20" from series."TbSensorRegistro1d"
           where "cdSensor" = 11 and "dtBucket" = %s""",
        OLD,
    )
    assert day == [(402, 1)]


# Seen to fail: without unpack_rollups() in complete_rollups().
def test_packed_rollups_do_not_change_when_readings_go(lab: Lab, viewer: Caller) -> None:
    pack(lab)
    policy(lab, nrDiasBruto=DAYS, nrDias1m=None, nrDias5m=None, nrDias1h=None)
    expire(lab)
    assert (readings(lab, 11, OLD), readings(lab, 11, NEW)) == (0, 400)
    _packing.pack_rollups(lab)
    for agg in _rollups.WIDTH:
        answer = points(viewer, 11, agg)
        assert answer["complete"]
        same(answer["data"], wanted(agg, OLD, NEW))


# Seen to fail: with chunks of hours that keep nrFino; with chunks of other clients deleted.
def test_packed_fine_rollups_expire_and_readings_answer_instead(lab: Lab, viewer: Caller) -> None:
    pack(lab)
    policy(lab, nrDias1m=DAYS, nrDias5m=None, nrDias1h=None)
    expire(lab)
    kept = lab.sql(
        f"""select b."cdCliente", min(b."dtBucket") >= %s, count(*) from ({BUCKETS}) b
            where b.minutes = 1 group by 1 order by 1""",
        NEW,
    )
    assert kept == [(CLIENT, True, 60), (CHILD, False, 120)]
    answer = points(viewer, 11, "1m")
    assert answer["complete"]
    same(answer["data"], wanted("1m", OLD, NEW))
    same(points(viewer, 21, "1m")["data"], wanted("1m", OLD, NEW))


# Seen to fail: with chunks that expire in part deleted as a whole.
def test_a_chunk_that_expires_in_part_becomes_rows(lab: Lab) -> None:
    pack(lab)
    limits = (None, None, OLD + timedelta(hours=4), "infinity")
    assert lab.sql("select private.expire_packed_rollups(%s, '{11}', %s, %s, %s, %s)", CLIENT, *limits) == [
        (0,)
    ]
    hours = lab.sql("""select count(*) from series."TbSensorRegistro1h" where "cdSensor" = 11""")[0][0]
    assert hours >= 11
    assert _packing.packed_rollups(lab)[60] == 44 - hours


def test_of_packed_rollups_what_is_gone_altogether_is_gone(lab: Lab, viewer: Caller) -> None:
    pack(lab)
    policy(lab, nrDiasBruto=DAYS, nrDias1m=DAYS, nrDias5m=DAYS, nrDias1h=DAYS)
    expire(lab)
    for agg in _rollups.WIDTH:
        answer = points(viewer, 11, agg)
        assert not answer["complete"]
        same(answer["data"], wanted(agg, NEW))
        same(points(viewer, 21, agg)["data"], wanted(agg, OLD, NEW))


# Seen to fail: without the chunks in delete_requested_series().
def test_packed_rollups_are_in_the_receipt_of_a_deletion(lab: Lab, viewer: Caller) -> None:
    before = {
        name: [row for (row,) in lab.sql(f'select b::text from series."{name}" b where "cdSensor" = 11')]
        for _, name, _ in _packing.TIERS
    }
    pack(lab)
    receipt = delete(viewer)
    assert receipt["dtFim"] is None, "maintenance does it"
    for _ in range(100):
        if not step(lab, "delete_requested_series"):
            break
    receipt = viewer.call("get_exclusao", p_cd_exclusao=receipt["cdExclusao"])
    told = {one["dsTabela"]: (one["nrLinhas"], one["dsSoma"]) for one in receipt["tabelas"]}
    assert {name: told[name] for name in before} == {
        name: (len(rows), checksum(rows)) for name, rows in before.items()
    }
    assert lab.sql('select 1 from series."TbRollupFrio" where "cdSensor" = 11') == []
    same(points(viewer, 21, "1m")["data"], wanted("1m", OLD, NEW))


def damage(lab: Lab) -> None:
    lab.sql("""update series."TbRollupFrio" set "nrVerificacao" = 0, "dtVerificado" = '-infinity'
               where "cdSensor" = 11 and "nrMinutos" = 1 and "dtInicio" < %s""", NEW)  # fmt: skip


# Seen to fail: without the dirty hours.
def test_a_damaged_chunk_is_made_again_from_the_values(lab: Lab, viewer: Caller) -> None:
    pack(lab)
    damage(lab)
    with pytest.raises(psycopg2.errors.DataCorrupted, match=r"Chunk \d+ of TbRollupFrio is damaged"):
        lab.sql("""select private.unpack_rollups('{11}', array[%s::timestamp])""", OLD + timedelta(hours=3))
    assert lab.sql("select private.verify_packs()") == [(1,)]
    for _ in range(2):
        answer = points(viewer, 11, "1m")
        assert answer["complete"]
        same(answer["data"], wanted("1m", OLD, NEW))
        _rollups.settle(lab)
    assert lab.sql(
        """select count(*) from series."TbSensorRegistro1m" where "cdSensor" = 11 and "dtBucket" < %s""", NEW
    ) == [(60,)]


# Seen to fail: without rollups in mark_damaged_hours().
def test_a_late_value_finds_a_damaged_chunk(lab: Lab, viewer: Caller) -> None:
    pack(lab)
    damage(lab)
    late = OLD + timedelta(hours=3, seconds=5)
    assert lab.gateway.ingest([reading(11, late)])["stored"] == 1
    _rollups.settle(lab)
    for agg in _rollups.WIDTH:
        same(points(viewer, 11, agg)["data"], wanted(agg, OLD, NEW, more=[late]))


# Seen to fail: with a damaged chunk deleted where its values have expired.
def test_a_damaged_chunk_whose_values_have_expired_is_left_out_and_said(lab: Lab, viewer: Caller) -> None:
    policy(lab, nrDiasBruto=DAYS, nrDias1m=None, nrDias5m=None, nrDias1h=None)
    expire(lab)
    _packing.pack_rollups(lab)
    damage(lab)
    assert lab.sql("select private.verify_packs(), private.verify_packs()") == [(1, 0)]
    assert lab.sql('select count(*) from series."TbRollupFrio" where "blDanificado"') == [(1,)]
    answer = points(viewer, 11, "1m")
    assert not answer["complete"]
    same(answer["data"], wanted("1m", NEW))
    assert points(viewer, 11, "1m", TODAY - timedelta(days=6))["complete"]
