"""Packed history: every row comes back identical, and late rows meet packed ones as any others."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.db import _packing, _rollups
from tests.db._lab import Caller, Lab, in_background
from tests.db._strategies import examples, iso

OLD = _packing.months_ago(3)
ODD_VALUES: list[dict[str, Any]] = [
    {"nrValor": 0.1},
    {"nrValor": 1 / 3},
    {"nrValor": -0.0},
    {"nrValor": 1e150},
    {"nrValor": 5e-324},
    {"nrValor": 123456.789012},
    {"blValor": True},
    {"blValor": False},
    {"dsValor": ""},
    {"dsValor": "ção\n😀"},
]


def readings(count: int, gap: timedelta = timedelta(minutes=15), **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "cdDispositivo": 1,
            "dtRegistro": iso(OLD + gap * n + timedelta(microseconds=n * n % 7)),
            "nrBat": 3 + n % 70 / 100,
            "latitude": -23.5 + n / 1000,
            "longitude": -46.6 - n % 13 / 100000,
            "sensores": [{"cdSensor": 11, "nrValor": n % 37 / 10}, {"cdSensor": 12, "nrValor": n}],
        }
        | more
        for n in range(count)
    ]


def rows(lab: Lab) -> list[list[tuple[Any, ...]]]:
    """Every column of every row, floating point numbers to the last bit."""
    return [
        lab.sql("""select r::text, float8send(r."nrValor") from "TbSensorRegistro" r order by 1"""),
        lab.sql(
            """select p::text, float8send(p."dsLat"), float8send(p."dsLong"), float8send(p."nrBat"),
                 float4send(p."nrDistancia"), float4send(p."nrPrecisao") from "TbPosicao" p order by 1"""
        ),
    ]


@pytest.fixture
def old(lab: Lab) -> Lab:
    _packing.begin(lab, OLD)
    return lab


# Seen to fail: with the test for minus zero gone from pack_numbers().
def test_every_row_comes_back_identical(old: Lab) -> None:
    batch = readings(700)
    for n, value in enumerate(ODD_VALUES * 3):
        batch[n]["sensores"] = [{"cdSensor": 11} | value, {"cdSensor": 12, "nrValor": n}]
        batch[n] |= [{"nrSeq": n}, {"nrPrecisao": n + 0.25}, {"nrBat": None}][n % 3]
    batch[40]["sensores"][0] |= {"cdProdutoItem": 2, "nrQualidade": 1}
    old.gateway.ingest(batch)
    old.sql("""update series."TbSensorRegistro" set "nrValor" = '-0' where "nrValor" = 0""")
    before = rows(old)
    _packing.pack(old)
    assert _packing.packed(old) == (1400, 700)
    assert old.sql('select count(*) from series."TbSensorRegistro"') == [(0,)]
    assert rows(old) == before


# Seen to fail: with 2 for 3 in high_planes(), with 1 << 17 for 1 << 16 in pack_integers(), and with -1 for 0
# where some are null.
def test_integers_come_back_whatever_bytes_they_need(lab: Lab) -> None:
    largest = [(min(256**width - 1, 2**63 - 1), width) for width in range(9)]
    for top, width in [*largest, *((256**width, width + 1) for width in range(8))]:
        for numbers in ([0, 0, top, 0, 0], [None, 0, max(top - 1, 0), None]):
            ((found, planes, back),) = lab.sql(
                """select p.width, octet_length(p.planes), array(
                     select private.integer_at(p, n) from generate_series(0, %s) n order by n)
                   from private.pack_integers(%s::bigint[]) p""",
                len(numbers) - 1, numbers,
            )  # fmt: skip
            assert back == numbers
            assert found == (width or int(None in numbers))
            assert planes == (found * len(numbers) or None)


# Seen to fail: with v_middle + 2 for v_middle + 1 in find_times(), and with no residuals thought of.
def test_times_are_found_among_others_that_come_evenly_or_not(lab: Lab) -> None:
    for times in (list(range(0, 900, 9)), [n * 900 + n * n % 61 for n in range(99)], [1, 1, 2, 70000, 9**9]):
        for wanted in {*times, -1, 5, 10**12}:
            ((found,),) = lab.sql(
                "select private.find_times(private.pack_integers(%s::bigint[]), %s, %s)",
                times, len(times), wanted,
            )  # fmt: skip
            assert found == [n for n, time in enumerate(times) if time == wanted]


# Seen to fail: with find_times() instead, which looks by halves.
def test_codes_are_found_in_whatever_order_they_come(lab: Lab) -> None:
    codes = [7, 3, 7, None, 900, 3, 1]
    for wanted in (1, 3, 7, 900, 8):
        found = lab.sql(
            "select private.find_in_packed(private.pack_integers(%s::bigint[]), %s, %s)",
            codes, len(codes), wanted,
        )  # fmt: skip
        assert found == [([n for n, code in enumerate(codes) if code == wanted],)]


# Seen to fail: with false for null in the comparison of nrSeq; with "<=" for "<".
@examples(60)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(-3, 3)), min_size=1, unique=True),
    st.tuples(st.integers(-1, 5), st.none() | st.integers(-4, 4)),
)
def test_a_position_is_found_by_time_and_seq(
    lab: Lab, keys: list[tuple[int, int | None]], other: tuple[int, int | None]
) -> None:
    keys.sort(key=lambda key: (key[0], key[1] is not None, key[1] or 0))
    for wanted in {*keys, other}:
        ((found,),) = lab.sql(
            "select private.find_position("
            "private.pack_integers(%s::bigint[]), private.pack_integers(%s::bigint[]), %s, %s, %s)",
            [time for time, _ in keys], [seq for _, seq in keys], len(keys), *wanted,
        )  # fmt: skip
        assert found == (keys.index(wanted) if wanted in keys else None)


# Seen to fail: without refuse_packed() in store_elements().
def test_what_is_packed_is_a_duplicate_or_a_conflict(old: Lab) -> None:
    batch = readings(50)
    old.gateway.ingest(batch)
    _packing.pack(old)
    again = [dict(reading) for reading in batch]
    again[3] = batch[3] | {"nrBat": 2.5}
    again[4] = batch[4] | {"sensores": [{"cdSensor": 11, "nrValor": 99}]}
    again[5] = batch[5] | {"sensores": [{"cdSensor": 13, "nrValor": 99}]}
    verdicts = [one["verdict"] for one in old.gateway.ingest(again)["results"]]
    assert verdicts[3:6] == ["conflict", "conflict", "stored"]
    assert set(verdicts[:3] + verdicts[6:]) == {"duplicate"}
    assert _packing.packed(old) == (100, 50)
    assert old.sql('select count(*) from series."TbSensorRegistro"') == [(1,)]


# Seen to fail: with the month instead of the beginning of the chunk in values_to_pack().
def test_late_rows_are_folded_into_the_chunk_they_belong_to(old: Lab) -> None:
    batch = readings(4000, timedelta(minutes=1))
    old.gateway.ingest(batch[:2000:2])
    old.gateway.ingest(batch[2000::2])
    _packing.pack(old)
    old.gateway.ingest(batch[1:2000:2])
    old.gateway.ingest(batch[2001::2])
    before = rows(old)
    _packing.pack(old)
    assert rows(old) == before
    assert _packing.packed(old) == (8000, 4000)
    chunks = set(old.sql('select "cdPacote" from series."TbSensorRegistroFrio"'))
    old.gateway.ingest([batch[7] | {"dtRegistro": iso(OLD + timedelta(minutes=7, seconds=30))}])
    _packing.pack(old)
    kept = chunks & set(old.sql('select "cdPacote" from series."TbSensorRegistroFrio"'))
    assert len(kept) == len(chunks) - 2, "of each sensor the chunk of that time, and no other"
    assert (
        old.sql(  # no two overlap
            """select 1 from series."TbSensorRegistroFrio" a join series."TbSensorRegistroFrio" b
             on a."cdSensor" = b."cdSensor" and a."cdPacote" < b."cdPacote"
             and (a."dtPrimeiro", a."dtUltimo") overlaps (b."dtPrimeiro", b."dtUltimo")"""
        )
        == []
    )


# Seen to fail: without the look-up of values in refuse_packed().
@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_reading_that_arrives_while_it_is_packed_waits_and_is_a_duplicate(old: Lab, ends: str) -> None:
    """The packer holds the row; whoever sends it again waits for the packer, and then looks into the pack."""
    batch = [  # no positions, which are packed after the values; too many for the partition to be dropped
        {key: one[key] for key in ("cdDispositivo", "dtRegistro", "sensores")} for one in readings(500)
    ]
    old.gateway.ingest(batch)
    assert [_packing.step(old), _packing.step(old)] == [1, 1]
    with closing(psycopg2.connect(old.database.owner_url)) as packer, ThreadPoolExecutor(1) as pool:
        with packer.cursor() as cursor:
            cursor.execute("select private.pack_history()")
            assert cursor.fetchall() == [(1000,)]
        again = pool.submit(old.gateway.ingest, batch)
        old.wait_until_blocked(old.gateway.pid)
        getattr(packer, ends)()
        assert {one["verdict"] for one in again.result()["results"]} == {"duplicate"}
    _packing.pack(old)
    assert _packing.packed(old) == (1000, 0)
    assert old.sql('select count(*) from "TbSensorRegistro"') == [(1000,)]


# Seen to fail: without waiting in pack_history().
def test_nothing_is_packed_while_a_writer_may_not_know(old: Lab) -> None:
    """An ingest that began before the announcement and is not over yet holds up the packer, not others."""
    old.gateway.ingest(readings(5))
    with old.gateways(1) as callers:
        held = callers[0]
        held.connection.autocommit = False
        held.ingest(readings(6)[5:])
        assert [_packing.step(old) for _ in range(4)] == [1, 1, 0, 0]
        held.connection.commit()
    _packing.pack(old)
    assert _packing.packed(old) == (12, 6)


# Seen to fail: with no chunk marked in verify_packs().
def test_a_damaged_chunk_is_marked_left_out_and_named(old: Lab) -> None:
    old.gateway.ingest(readings(10))
    _packing.pack(old)
    old.sql("""update series."TbSensorRegistroFrio" set "nrVerificacao" = 0, "dtVerificado" = '-infinity'
               where "cdSensor" = 11""")
    old.sql("""update series."TbPosicaoFria" set "dtVerificado" = '-infinity'""")
    assert old.sql("select private.verify_packs(), private.verify_packs()") == [(2, 0)]
    assert old.sql('select "cdSensor" from series."TbSensorRegistroFrio" where "blDanificado"') == [(11,)]
    assert old.sql('select distinct "cdSensor" from "TbSensorRegistro"') == [(12,)]
    with old.caller(role="service") as caller:
        window = {"p_dt_inicio": f"{OLD}Z", "p_dt_fim": f"{OLD + timedelta(days=2)}Z", "p_agg": "raw"}
        points = [caller.call("get_data_points", p_cd_sensor=sensor, **window) for sensor in (11, 12)]
    assert [(one["complete"], len(one["data"])) for one in points] == [(False, 0), (True, 10)]


# Seen to fail: without the month in retention_deadlines().
def test_retention_deletes_whole_packed_months(old: Lab) -> None:
    old.gateway.ingest(readings(3))
    next_month = [
        one | {"dtRegistro": iso(_packing.months_ago(2) + timedelta(days=n))}
        for n, one in enumerate(readings(3))
    ]
    old.gateway.ingest(next_month)
    _rollups.settle(old)
    _packing.pack(old)
    days = (datetime.now(UTC).replace(tzinfo=None) - _packing.months_ago(2)).days
    old.sql('update "TbPoliticaRetencao" set "nrDiasBruto" = %s', days - 1)
    old.sql(  # nothing is older, so that no step is needed for each day of a year
        """insert into private."TbRetencaoPiso" ("cdCliente", "cdDispositivo", "dtBruto", "dtAnunciado")
           select c."cdCliente", 0, %s, %s from "TbCliente" c""",
        OLD, OLD,
    )  # fmt: skip
    try:
        for _ in range(200):
            if not _rollups.step(old, "expire_raw"):
                break
        assert _packing.packed(old) == (6, 3)
        assert old.sql('select min("dtRegistro") from "TbPosicao"') == [(_packing.months_ago(2),)]
        assert set(old.sql('select "dtBruto" from private."TbRetencaoPiso"')) == {(_packing.months_ago(2),)}
    finally:
        old.sql('update "TbPoliticaRetencao" set "nrDiasBruto" = null')
        old.sql('delete from private."TbRetencaoPiso"')


# Seen to fail: with no insert in retire_partitions(), and with no count in it.
def test_a_partition_with_few_rows_is_dropped_and_they_are_kept(old: Lab) -> None:
    """A row may arrive after the last one was packed; it is looked for under the lock."""
    old.gateway.ingest(readings(501))
    assert old.sql("select private.retire_partitions(%s)", OLD) == [(False,)], "1,002 values"
    old.sql("""delete from series."TbSensorRegistro" where "cdSensor" = 11 and "nrValor" = 0""")
    before = rows(old)
    assert old.sql("select private.retire_partitions(%s)", OLD) == [(True,)]
    assert rows(old) == before
    assert old.sql('select distinct tableoid::regclass::text from series."TbSensorRegistro"') == [
        ('particoes."TbSensorRegistroTardio"',)
    ]


# Seen to fail: with the lock of TbSensorRegistro after what is done to TbPosicao, and without "only".
def test_nothing_is_done_while_a_lock_is_waited_for(old: Lab) -> None:
    """Or others would wait for both locks, and for what is done in between."""
    old.gateway.ingest(readings(1))
    waiter = psycopg2.connect(old.database.owner_url)
    old.sql("alter function private.retire_partitions set lock_timeout = 0")
    try:
        with closing(waiter), closing(psycopg2.connect(old.database.owner_url)) as reader:
            reader.cursor().execute('lock table only series."TbSensorRegistro" in access share mode')
            with in_background(
                lambda: waiter.cursor().execute("select private.retire_partitions(%s)", (OLD,))
            ) as job:
                old.wait_until_blocked(waiter.get_backend_pid())
                held = old.sql(
                    """select relation::regclass::text from pg_locks
                       where pid = %s and granted and mode = 'AccessExclusiveLock'""",
                    waiter.get_backend_pid(),
                )
                reader.rollback()
                job.result()
    finally:
        old.sql("alter function private.retire_partitions set lock_timeout = '30ms'")
    assert held == [('series."TbPosicao"',)]


# Seen to fail: with retire_partitions() only where pack_rows() has found nothing.
def test_who_keeps_sending_late_rows_does_not_keep_a_partition(old: Lab) -> None:
    """A row before each step, and others whenever they come."""
    old.gateway.ingest(readings(50))
    batch = iter(readings(2700)[50:])
    sent = [50]
    retired = threading.Event()

    def send(caller: Caller) -> None:
        sent.append(caller.ingest([next(batch)])["stored"])

    def keep_sending(caller: Caller) -> None:
        while not retired.is_set():
            send(caller)

    with old.gateways(1) as (writer,), in_background(lambda: keep_sending(writer)) as others:
        try:
            for _ in range(30):
                send(old.gateway)
                _packing.step(old)
                if old.sql("select to_regclass(%s)", f'particoes."TbPosicao_{OLD:%Y_%m}"') == [(None,)]:
                    break
            else:
                raise AssertionError("the partition is kept")
        finally:
            retired.set()
        others.result(60)
    assert set(sent[1:]) == {1}
    total = sum(sent)
    for _ in range(2):  # as they came, and packed
        assert old.sql(
            'select (select count(*) from "TbPosicao"), (select count(*) from "TbSensorRegistro")'
        ) == [(total, 2 * total)]
        _packing.pack(old)


def test_the_emptied_partitions_are_dropped(old: Lab) -> None:
    old.gateway.ingest(readings(3))
    _packing.pack(old)
    names = {name for (name,) in old.sql("select relname from pg_class where relkind = 'r'")}
    assert not {f"TbPosicao_{OLD:%Y_%m}", f"TbSensorRegistro_{OLD:%Y_%m}"} & names
    assert {"TbPosicaoTardia", "TbSensorRegistroTardio", f"TbSensorRegistro1h_{OLD:%Y_%m}"} <= names
    old.sql("select private.ensure_partitions()")
    assert names == {name for (name,) in old.sql("select relname from pg_class where relkind = 'r'")}


# Seen to fail: with nrSeq not among the conditions of stored_position(): each element reads all 5,000 rows;
# and with find_position() that finds another.
@pytest.mark.parametrize("is_packed", [False, True])
def test_many_positions_of_one_time_are_judged_again(old: Lab, is_packed: bool) -> None:
    """Every one of them is a duplicate, within the time that a statement has."""
    (first, *_) = readings(1)
    batch = [first | {"nrSeq": number or None, "nrBat": 3.5} for number in range(5_000)]
    for number in range(50):
        batch[number] |= {"sensores": [{"cdSensor": 11 + number % 3, "nrValor": 1}] if number < 3 else []}
    for element in batch[50:]:
        element["sensores"] = []
    assert old.gateway.ingest(batch)["stored"] == 5_000
    if is_packed:
        _packing.pack(old)
        assert _packing.packed(old)[1] == 5_000
    assert old.gateway.ingest(batch)["duplicate"] == 5_000


# Seen to fail: with find_times(), which looks by halves, in has_history().
def test_what_only_packs_refer_to_has_history(old: Lab) -> None:
    """A sensor that was on several devices in turn: their codes do not ascend within its chunk."""
    old.gateway.ingest(readings(30))
    _packing.pack(old)
    codes = [2, *[1] * 29]
    old.sql(
        """update series."TbSensorRegistroFrio" set "pcDispositivo" = private.pack_integers(%s::bigint[])
           where "cdSensor" = 11""",
        codes,
    )
    for device in (1, 2):
        old.sql(
            """insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo") values (11, %s)
               on conflict do nothing""",
            device,
        )
    old.sql('delete from series."TbPosicaoFria"')
    assert old.sql("select private.has_history('TbDispositivo', array[2])") == [(True,)]
