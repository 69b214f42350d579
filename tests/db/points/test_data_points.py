"""get_data_points: which resolution, which points are left when thinned, pages, and whose readings.

That buckets equal the rows is in tests/property/test_rollups.py. Comments name changes to the SQL that were
tried and make the test fail.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.db import _plans, _rollups
from tests.db._fleet import CHILD, CLIENT, STRANGER, execute
from tests.db._lab import Caller, Lab
from tests.db._strategies import examples, iso

SENSOR, DEVICE = 11, 1
BEGIN = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0) - timedelta(days=3)
Series = list[tuple[datetime, float]]

gaps = st.integers(1, 5_000_000).map(lambda n: timedelta(microseconds=n)) | st.sampled_from(
    [timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=17)]
)
numbers = st.integers(-(10**9), 10**9).map(lambda n: n / 1_000) | st.sampled_from([0.0, 1.0, 1e154, -1e154])


@st.composite
def series(draw: st.DrawFn) -> Series:
    time, found = BEGIN, []
    for gap in draw(st.lists(gaps, min_size=1, max_size=60)):
        time += gap
        found.append((time, draw(numbers)))
    return found


@pytest.fixture(scope="module")
def reader(shared_lab: Lab) -> Iterator[Caller]:
    with shared_lab.caller() as caller:
        yield caller


def send(lab: Lab, rows: Series, sensor: int = SENSOR, device: int = DEVICE) -> None:
    elements = [
        {
            "cdDispositivo": device,
            "dtRegistro": iso(time),
            "sensores": [{"cdSensor": sensor, "nrValor": number}],
        }
        for time, number in rows
    ]
    assert lab.gateway.ingest(elements)["stored"] == len(rows)


def ask(reader: Caller, begin: datetime, end: datetime, agg: str, **more: Any) -> dict[str, Any]:
    window = {"p_dt_inicio": begin.replace(tzinfo=UTC), "p_dt_fim": end.replace(tzinfo=UTC)}
    answer: dict[str, Any] = reader.call(
        "get_data_points", **({"p_cd_sensor": SENSOR} | window | {"p_agg": agg} | more)
    )
    return answer


def times(answer: dict[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(point["ts"]) for point in answer["data"]]


def after(rows: Series) -> datetime:
    return rows[-1][0] + timedelta(microseconds=1)


class Thinned:
    """Largest triangle, three buckets, in fractions: is what was kept a right choice, step by step?"""

    def __init__(self, rows: Series, count: int) -> None:
        limit = 10**150
        self.points = [
            (Fraction((time - BEGIN) / timedelta(microseconds=1)), max(-limit, min(limit, Fraction(number))))
            for time, number in rows
        ]
        inner = len(rows) - 2
        cuts = [1 + inner * k // (count - 2) for k in range(count - 1)]
        self.pieces = [
            [0],
            *(list(range(a, b)) for a, b in pairwise(cuts)),
            [len(rows) - 1],
        ]

    def holds(self, kept: list[int]) -> None:
        assert len(kept) == len(self.pieces)
        assert (kept[0], kept[-1]) == (0, len(self.points) - 1)
        for k in range(1, len(kept) - 1):
            assert kept[k] in self.pieces[k]
            areas = {one: self._area(kept[k - 1], one, self.pieces[k + 1]) for one in self.pieces[k]}
            assert areas[kept[k]] >= max(areas.values()) * (1 - Fraction(1, 10**9))

    def _area(self, before: int, one: int, following: list[int]) -> Fraction:
        (ax, ay), (bx, by) = self.points[before], self.points[one]
        cx, cy = (sum(self.points[n][axis] for n in following) / len(following) for axis in (0, 1))
        return abs((ax - cx) * (by - ay) - (ax - bx) * (cy - ay))


# Fails when pieces are cut one reading later, and with the mean of the piece before.
@examples(40)
@given(rows=series(), count=st.integers(3, 12))
def test_thinned_readings_are_those_of_the_largest_triangles(
    lab: Lab, reader: Caller, rows: Series, count: int
) -> None:
    lab.reset()
    send(lab, rows)
    answer = ask(reader, BEGIN, after(rows), "raw", p_max_points=count)
    assert answer["thinned"]
    given_times = [time for time, _ in rows]
    kept = [given_times.index(time) for time in times(answer)]
    if len(rows) <= count:
        assert kept == list(range(len(rows)))
    else:
        Thinned(rows, count).holds(kept)
    assert [point["value"] for point in answer["data"]] == [rows[n][1] for n in kept]


# Seen to fail: with the values of each piece looked for by time again (5 and 32 statements read them).
def test_values_are_looked_for_as_often_however_many_points_are_kept(lab: Lab, reader: Caller) -> None:
    rows = [(BEGIN + timedelta(seconds=n), float(n % 7)) for n in range(60)]
    send(lab, rows)
    window = (SENSOR, BEGIN, after(rows))
    reads = []
    for count in (3, 30):
        statement = f"select private.thinned_points(%s, %s, %s, {count})"
        plans = _plans.run(lab.database, json.loads(reader.claims), statement, window)
        tables = [{scan.table for scan in _plans.scans(lab.database, [plan])} for plan in plans]
        reads.append(sum("TbSensorRegistro" in read for read in tables))
    assert reads == [2, 2]


# Fails when minutes are counted by the length of the window: four of them may share three minutes.
@examples(40)
@example(rows=[(BEGIN + timedelta(seconds=n), 1.0) for n in range(209)], lead=-30, count=3)
@given(rows=series(), lead=st.integers(-90, 600), count=st.integers(3, 30))
def test_auto_is_the_finest_that_is_small_enough(
    lab: Lab, reader: Caller, rows: Series, lead: int, count: int
) -> None:
    lab.reset()
    send(lab, rows)
    begin = BEGIN - timedelta(seconds=lead)
    end = max(begin, after(rows))
    answers = {agg: len(times(ask(reader, begin, end, agg))) for agg in ("raw", "1m", "5m", "1h")}
    chosen = ask(reader, begin, end, "auto", p_max_points=count)
    assert len(chosen["data"]) <= count or chosen["agg"] == "1h"
    if answers["raw"] <= count:
        assert chosen["agg"] == "raw"
    assert not chosen["degraded"]


# Fails with "> interval '13 days'", and with ">=".
def test_raw_becomes_minutes_beyond_fourteen_days(lab: Lab, reader: Caller) -> None:
    send(lab, [(BEGIN, 1.0)])
    for window, agg in (
        (timedelta(days=14), "raw"),
        (timedelta(days=14, microseconds=1), "1m"),
    ):
        answer = ask(reader, BEGIN, BEGIN + window, "raw")
        assert (answer["agg"], answer["degraded"]) == (agg, agg == "1m")
        assert len(answer["data"]) == 1


# Seen to fail: without the count in private.resolve_resolution.
def test_raw_becomes_minutes_where_too_much_would_be_thinned(lab: Lab) -> None:
    lab.sql(
        'insert into series."TbSensorRegistro" '
        '("cdSensor", "dtRegistro", "nrValor", "cdDispositivo", "cdCliente")'
        " select %s, %s + n * interval '1 second', 1, %s, %s from generate_series(1, 100001) n returning 1",
        *(SENSOR, BEGIN, DEVICE, CLIENT),
    )
    for last, agg in ((100_001, "raw"), (100_002, "1m")):
        asked = (SENSOR, BEGIN, BEGIN + timedelta(seconds=last), "raw", 100)
        assert lab.sql("select private.resolve_resolution(%s, %s, %s, %s, %s)", *asked) == [(agg,)]


# Fails when the cursor is not behind the last point, and when agg is chosen anew for each page.
@pytest.mark.parametrize("agg", ["raw", "1m"])
def test_pages_hold_while_data_arrives(lab: Lab, reader: Caller, agg: str) -> None:
    def at(minute: float) -> tuple[datetime, float]:
        return BEGIN + timedelta(minutes=minute), minute

    send(lab, [at(n) for n in range(30)])
    seen: list[datetime] = []
    cursor, page = None, 0
    while page == 0 or cursor:
        answer = ask(reader, BEGIN, BEGIN + timedelta(hours=1), agg, p_limit=7, p_cursor=cursor)
        seen += times(answer)
        cursor, page = answer["nextCursor"], page + 1
        assert answer["complete"] == (cursor is None)
        if cursor and page <= 3:  # one long past, one still to come
            send(lab, [at(page - 0.5), at(29 + page)])
    assert seen == [at(n)[0] for n in range(33)]


def test_a_page_of_automatic_resolution_keeps_it(lab: Lab, reader: Caller) -> None:
    send(lab, [(BEGIN + timedelta(seconds=n), n) for n in range(300)])
    end = BEGIN + timedelta(hours=1)
    first = ask(reader, BEGIN, end, "auto", p_max_points=60, p_limit=2)
    assert first["agg"] == "1m"
    second = ask(reader, BEGIN, end, "auto", p_max_points=3_000, p_limit=9, p_cursor=first["nextCursor"])
    assert (second["agg"], len(second["data"]), second["complete"]) == ("1m", 3, True)


@pytest.fixture
def sold(lab: Lab) -> Iterator[datetime]:
    """The device of the child belongs to a stranger after half an hour."""
    half = timedelta(minutes=30)
    try:
        for client, begin in ((CHILD, BEGIN), (STRANGER, BEGIN + half)):
            lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', client)
            with lab.caller("ingest", client=client, role="admin") as seller:
                rows = [(begin + timedelta(seconds=10 * n), float(client)) for n in range(10 * client)]
                elements = [
                    {"cdDispositivo": 2, "dtRegistro": iso(t), "sensores": [{"cdSensor": 21, "nrValor": v}]}
                    for t, v in rows
                ]
                assert seller.ingest(elements)["stored"] == len(rows)
        yield BEGIN
    finally:
        lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 2', CHILD)


# Fails when any of the three rollups is open to all.
@pytest.mark.parametrize("summed_up", [False, True])
def test_each_owner_sees_its_own_part_of_an_hour(lab: Lab, sold: datetime, summed_up: bool) -> None:
    if summed_up:
        _rollups.forget(lab, 100)
        _rollups.settle(lab)
    for client, count in ((CHILD, 20), (CLIENT, 20), (STRANGER, 30)):
        with lab.caller(client=client) as owner:
            for agg in ("raw", "1m", "5m", "1h"):
                answer = ask(owner, sold, sold + timedelta(hours=1), agg, p_cd_sensor=21)
                if agg == "raw":
                    values = {point["value"] for point in answer["data"]}
                    assert len(answer["data"]) == count
                else:
                    values = {point["max"] for point in answer["data"]}
                    assert sum(point["count"] for point in answer["data"]) == count
                assert values == {float(STRANGER if client == STRANGER else CHILD)}


def _series(reader: Caller, rows: Series, **asked: Any) -> dict[str, Any]:
    window = {"p_dt_inicio": BEGIN.replace(tzinfo=UTC), "p_dt_fim": after(rows).replace(tzinfo=UTC)}
    answer: dict[str, Any] = reader.call("get_series", **(window | asked))
    return answer


def test_several_sensors_are_answered_as_each_alone(lab: Lab, reader: Caller) -> None:
    rows = [(BEGIN + timedelta(seconds=20 * n), float(n)) for n in range(60)]
    send(lab, rows)
    send(lab, rows[:30], 21, 2)
    text = {"cdSensor": 12, "dsValor": "open"}
    assert lab.gateway.ingest([{"cdDispositivo": 1, "dtRegistro": iso(BEGIN), "sensores": [text]}])["stored"]
    for agg in ("raw", "1m", "5m", "1h", "auto"):
        told = _series(reader, rows, p_cd_sensores=[91, 21, 12, 11, 13, 999], p_agg=agg, p_limit=25)
        assert (told["nextCursor"], [one["cdSensor"] for one in told["data"]]) == (None, [11, 12, 13, 21])
        for one in told["data"]:
            alone = "raw" if one["cdSensor"] == 12 else agg
            points = {"p_max_points": 25} if alone == "auto" else {}
            asked = {"p_cd_sensor": one["cdSensor"], "p_limit": 25} | points
            assert one == ask(reader, BEGIN, after(rows), alone, **asked)
    first = _series(reader, rows, p_cd_dispositivo=1, p_cd_sensores=[11, 21], p_agg="raw", p_limit=40)
    (one,) = first["data"]
    rest = ask(reader, BEGIN, after(rows), "raw", p_cursor=one["nextCursor"])
    assert [point["value"] for point in one["data"] + rest["data"]] == [number for _, number in rows]
    named = ask(reader, BEGIN, after(rows), "raw", p_cd_sensor=None, p_cd_dispositivo=2, p_ds_ponto="weight")
    assert (named["cdSensor"], len(named["data"])) == (21, 30)


def test_sensors_come_twenty_at_a_time(lab: Lab, reader: Caller) -> None:
    lab.sql(
        """insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor")
           select n, 4, 4 from generate_series(2001, 2045) n"""
    )
    try:
        found, cursor, sizes = [], None, []
        while cursor or not found:
            page = _series(reader, [(BEGIN, 1.0)], p_cd_dispositivo=4, p_cursor=cursor)
            found += [one["cdSensor"] for one in page["data"]]
            sizes.append(len(page["data"]))
            cursor = page["nextCursor"]
        assert (found, sizes) == ([*range(2001, 2046)], [20, 20, 5])
    finally:
        lab.sql('delete from "TbSensor" where "cdSensor" between 2001 and 2045')


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"p_agg": "1d"}, "agg must be one of"),
        ({"p_agg": None}, "agg must be one of"),
        ({"p_limit": 0}, "limit must be"),
        ({"p_max_points": 2}, "maxPoints must be"),
        ({"p_dt_fim": BEGIN - timedelta(days=1)}, "to must not be before from"),
        ({"p_dt_inicio": "-infinity"}, "finite"),
        ({"p_cursor": "cmF3"}, "cursor"),
        ({"p_cursor": base64.b64encode(b"raw,2026-02-30 00:00:00").decode()}, "cursor"),
    ],
)
def test_what_is_wrong_is_said(lab: Lab, reader: Caller, more: dict[str, Any], named: str) -> None:
    with pytest.raises(Exception, match=named):
        ask(reader, BEGIN, BEGIN, "auto", **more)


LOCKED = """
  select i.inhparent::regclass::text, count(*)
  from pg_locks l
  join pg_class c on c.oid = l.relation and c.relkind = 'r'
  join pg_inherits i on i.inhrelid = c.oid
  where l.pid = pg_backend_pid()
  group by 1
"""


# Seen to fail: with one statement for all widths; with generic plans; without the first and last time.
@pytest.mark.parametrize(
    ("agg", "tables"),
    [
        ("1m", {"TbSensorRegistro", "TbSensorRegistro1m", "TbSensorRegistro1h"}),
        ("5m", {"TbSensorRegistro", "TbSensorRegistro5m", "TbSensorRegistro1h"}),
        ("1h", {"TbSensorRegistro", "TbSensorRegistro1h"}),
    ],
)
def test_a_page_of_buckets_locks_no_partition_outside_its_time(
    lab: Lab, reader: Caller, agg: str, tables: set[str]
) -> None:
    """But those of the rollup of an hour where it says which minutes were kept."""
    lab.reset()
    _rollups.forget(lab, 100)
    send(lab, [(BEGIN + timedelta(minutes=n), float(n)) for n in range(200)])
    _rollups.settle(lab)
    reader.connection.autocommit = False
    try:
        assert ask(reader, BEGIN + timedelta(minutes=7, seconds=3), BEGIN + timedelta(hours=3), agg)["data"]
        locked = {name.split(".")[-1].strip('"'): many for name, many in execute(reader.connection, LOCKED)}
    finally:
        reader.connection.rollback()
        reader.connection.autocommit = True
    assert locked.keys() <= tables
    assert {many for name, many in locked.items() if name != "TbSensorRegistro1h" or agg == "1h"} <= {1, 2}


# Seen to fail: with packs in the statement for whatever time, and with rows only.
def test_a_dirty_hour_where_nothing_is_packed_is_read_without_packs(lab: Lab, reader: Caller) -> None:
    """The plan of a union with packs takes longer than the values of an hour."""
    lab.reset()
    _rollups.forget(lab, 100)
    rows = [(BEGIN + timedelta(minutes=n), float(n)) for n in range(180)]
    send(lab, rows)
    _rollups.settle(lab)
    late = (BEGIN + timedelta(minutes=90, seconds=5), 7.0)
    send(lab, [late])
    window = (SENSOR, BEGIN, BEGIN + timedelta(hours=3))
    for packed_before, packs in ((BEGIN + timedelta(hours=1), False), (BEGIN + timedelta(hours=2), True)):
        mark = f"""update private."TbFrioMarca" set "dtAnunciada" = '{packed_before}'"""
        plans = _plans.run(
            lab.database, json.loads(reader.claims), "select private.bucket_points(60, %s, %s, %s, 9, null)",
            window, before=(mark,),
        )  # fmt: skip
        nodes = [node for plan in plans for node in _plans.nodes(plan)]
        tables = {node["Relation Name"] for node in nodes if "Relation Name" in node}
        assert ("TbSensorRegistroFrio" in tables) == packs
        values = [scan for scan in _plans.scans(lab.database, plans) if scan.table == "TbSensorRegistro"]
        assert sum(scan.rows for scan in values) == 61
    _rollups.same(ask(reader, *window[1:], "1h")["data"], _rollups.buckets([*rows, late], "1h"))
