"""What rollups and totals must say, computed from the rows with nothing of the product's SQL."""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg2

from tests._lib.databases import Database
from tests.db._lab import ENTER, Caller, Lab

WIDTH = {"1m": timedelta(minutes=1), "5m": timedelta(minutes=5), "1h": timedelta(hours=1)}
EPOCH = datetime(2000, 1, 1)
STEPS = ("advance_watermark", "redo_dirty_hours", "recount_changed_windows", "extend_floor")
Rows = dict[int, list[tuple[datetime, float]]]  # (time, number) of each sensor


class Bucket(NamedTuple):
    count: int  # type: ignore[assignment] # nobody calls tuple.count
    least: float
    greatest: float
    total: float | None
    magnitude: float


def buckets(rows: Sequence[tuple[datetime, float]], agg: str) -> dict[datetime, Bucket]:
    """Buckets of (time, number) pairs."""
    found: dict[datetime, list[float]] = defaultdict(list)
    for time, number in rows:
        found[_bin(time, agg)].append(number)
    return {start: _bucket(numbers) for start, numbers in found.items()}


def _bin(time: datetime, agg: str) -> datetime:
    return EPOCH + (time - EPOCH) // WIDTH[agg] * WIDTH[agg]


def _bucket(numbers: list[float]) -> Bucket:
    huge = any(abs(number) > 1e290 for number in numbers)
    total = None if huge else math.fsum(numbers)
    magnitude = 0.0 if huge else math.fsum(map(abs, numbers))
    return Bucket(len(numbers), min(numbers), max(numbers), total, magnitude)


def same(given: Sequence[dict[str, Any]], wanted: dict[datetime, Bucket]) -> None:
    """The points of an answer are these buckets."""
    assert [datetime.fromisoformat(point["ts"]) for point in given] == sorted(wanted)
    for point in given:
        bucket = wanted[datetime.fromisoformat(point["ts"])]
        assert (point["count"], point["min"], point["max"]) == bucket[:3]
        if bucket.total is None:
            assert (point["sum"], point["avg"]) == (None, None)
        else:
            assert abs(point["sum"] - bucket.total) <= 1e-12 * bucket.magnitude
            assert abs(point["avg"] - point["sum"] / point["count"]) <= 1e-200


class Reader:
    """Asks the product and the rows in one snapshot: rows as the owner, answers as a service person."""

    def __init__(self, database: Database, claims: str) -> None:
        self.connection = psycopg2.connect(database.admin_url)
        self.connection.set_session(isolation_level="REPEATABLE READ")
        self.claims = claims

    def close(self) -> None:
        self.connection.close()

    def look(
        self,
        sensors: Sequence[int],
        devices: Sequence[int],
        windows: Sequence[tuple[datetime, datetime]],
        gone: Rows | None = None,
    ) -> None:
        """Compare every sensor at every resolution over every window, and every device's total.

        Rollups still have what is `gone`: readings that have expired.
        """
        with self._snapshot() as cursor:
            cursor.execute("set local role postgres")
            rows = self.rows(cursor)
            positions = self._positions(cursor)
            measuring = self._measuring(cursor)
            self._days(cursor)
            cursor.execute(ENTER, (self.claims,))
            for sensor in sensors:
                lost = (gone or {}).get(sensor, [])
                for agg in WIDTH:
                    for window in windows:
                        self._compare(cursor, sensor, agg, window, rows[sensor], lost)
                    self._view(cursor, sensor, agg, rows[sensor] + lost)
            for device in devices:
                for begin, end in windows:
                    wanted = sum(
                        begin <= t <= end and _inside(t, *measuring[device]) for t in positions[device]
                    )
                    assert self._total(cursor, device, begin, end) == wanted

    @contextmanager
    def _snapshot(self) -> Iterator[Any]:
        """End the transaction, whatever was found, so that nobody waits for it."""
        try:
            with self.connection.cursor() as cursor:
                yield cursor
        finally:
            self.connection.rollback()

    def _compare(
        self,
        cursor: Any,
        sensor: int,
        agg: str,
        window: tuple[datetime, datetime],
        rows: Sequence[tuple[datetime, float]],
        lost: Sequence[tuple[datetime, float]],
    ) -> None:
        """Of a bucket that the window cuts there is no more than the readings."""
        hours = {_bin(time, "1h") for time, _ in lost}
        cut = {_bin(t, agg) for t in window if t != _bin(t, agg) and _bin(t, "1h") in hours}
        points, complete = self._points(cursor, sensor, *window, agg)
        assert complete == (not cut)
        wanted = buckets([(t, v) for t, v in [*rows, *lost] if window[0] <= t < window[1]], agg)
        same(
            [point for point in points if datetime.fromisoformat(point["ts"]) not in cut],
            {start: bucket for start, bucket in wanted.items() if start not in cut},
        )

    def _days(self, cursor: Any) -> None:
        """Whole days between floor and watermark are their hours side by side, and there are no others."""
        cursor.execute(
            """select "cdSensor", "cdCliente", "cdProdutoItem", date_trunc('day', "dtBucket") as day,
                      jsonb_object_agg(to_char("dtBucket", 'HH24'), array["nrQtd"]::text[] || "nrSoma"::text),
                      sum("nrQtd")
               from (select "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma"
                     from series."TbSensorRegistro1h"
                     union all
                     select "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma"
                     from private.unpacked_buckets(60, '-infinity', 'infinity')) h, private."TbRollupMarca" m
               where date_trunc('day', "dtBucket") >= m."dtPiso"
                 and date_trunc('day', "dtBucket") + interval '1 day' <= m."dtMarca"
               group by 1, 2, 3, 4"""
        )
        wanted = {tuple(key): (hours, total) for *key, hours, total in cursor.fetchall()}
        pairs = ", ".join(
            f"""'{h:02}', array["nrQtd{h:02}"]::text[] || "nrSoma{h:02}"::text""" for h in range(24)
        )
        cursor.execute(
            f"""select "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket",
                       jsonb_build_object({pairs}), "nrQtd"
                from series."TbSensorRegistro1d" """
        )
        found = {
            tuple(key): ({hour: sums for hour, sums in hours.items() if sums[0] != "0"}, total)
            for *key, hours, total in cursor.fetchall()
        }
        assert found == wanted

    def rows(self, cursor: Any) -> Rows:
        """All numbers that are there, but for faults."""
        cursor.execute(
            """select "cdSensor", "dtRegistro", "nrValor" from "TbSensorRegistro"
               where "nrValor" is not null and "nrQualidade" in (0, 1)"""
        )
        found: Rows = defaultdict(list)
        for sensor, time, number in cursor.fetchall():
            found[sensor].append((time, number))
        return found

    def _positions(self, cursor: Any) -> dict[int, list[datetime]]:
        cursor.execute('select "cdDispositivo", "dtRegistro" from "TbPosicao"')
        found: dict[int, list[datetime]] = defaultdict(list)
        for device, time in cursor.fetchall():
            found[device].append(time)
        return found

    def _measuring(self, cursor: Any) -> dict[int, tuple[Any, Any]]:
        cursor.execute(
            'select "cdDispositivo", "horarioMedicaoInicio", "horarioMedicaoFim" from "TbDispositivo"'
        )
        return {device: (begin, end) for device, begin, end in cursor.fetchall()}

    def _points(
        self, cursor: Any, sensor: int, begin: datetime, end: datetime, agg: str
    ) -> tuple[list[dict[str, Any]], bool]:
        cursor.execute(
            """select get_data_points(%s, %s::timestamp at time zone 'UTC', %s::timestamp at time zone 'UTC',
                                     %s, 100000)""",
            (sensor, begin, end, agg),
        )
        answer = cursor.fetchall()[0][0]
        answer = json.loads(answer) if isinstance(answer, str) else answer
        assert answer["agg"] == agg
        return answer["data"], answer["complete"]

    def _view(self, cursor: Any, sensor: int, agg: str, rows: Sequence[tuple[datetime, float]]) -> None:
        cursor.execute(
            f"""select "dtBucket", sum("nrQtd"), min("nrMin"), max("nrMax") from "VwSensorRegistro{agg}"
                where "cdSensor" = %s group by 1""",
            (sensor,),
        )
        wanted = {start: bucket[:3] for start, bucket in buckets(rows, agg).items()}
        assert {start: tuple(rest) for start, *rest in cursor.fetchall()} == wanted

    def _total(self, cursor: Any, device: int, begin: datetime, end: datetime) -> int:
        cursor.execute(
            """select get_historico_paginado(p_cd_dispositivo => %s, p_page_size => 1,
                 p_dt_registro_comeco => %s::timestamp at time zone 'UTC',
                 p_dt_registro_fim => %s::timestamp at time zone 'UTC') -> 'total'""",
            (device, begin, end),
        )
        return int(cursor.fetchall()[0][0])


def _inside(time: datetime, begin: Any, end: Any) -> bool:
    if begin is None or end is None:
        return True
    moment = time.time()
    return bool(begin <= moment <= end if begin <= end else moment >= begin or moment <= end)


def step(lab: Lab, name: str) -> int:
    """Run one step of maintenance in a transaction of its own."""
    return int(lab.sql(f"select private.{name}()")[0][0])


def settle(lab: Lab) -> None:
    """Run all steps until none has anything left to do."""
    for _ in range(100):
        if not sum(step(lab, name) for name in STEPS):
            return
    raise AssertionError("maintenance does not come to an end")


def hold_back(lab: Lab, hours: int) -> None:
    """Advance the watermark to at most this many hours before the present one."""
    lab.sql('update private."TbConfiguracao" set "nrMinutosRollup" = %s', hours * 60)


def begin_anew(lab: Lab, hours: int) -> None:
    """Delete readings, rollups and dirty hours; set the watermark this many hours back."""
    lab.reset()
    forget(lab, hours)
    hold_back(lab, hours)


def forget(lab: Lab, hours: int) -> None:
    """Delete rollups and dirty hours; set the watermark this many hours back."""
    lab.sql(
        """truncate series."TbRollupFrio", series."TbSensorRegistro1m", series."TbSensorRegistro5m",
                    series."TbSensorRegistro1h", series."TbSensorRegistro1d", series."TbContagemDiaria\""""
    )
    lab.sql('delete from private."TbRollupPendente"')
    lab.sql(
        """update private."TbRollupMarca" set "xiAnuncio" = null,
             "dtPiso" = date_trunc('hour', localtimestamp) - make_interval(hours => %(n)s),
             "dtMarca" = date_trunc('hour', localtimestamp) - make_interval(hours => %(n)s),
             "dtAnunciada" = date_trunc('hour', localtimestamp) - make_interval(hours => %(n)s)""".replace(
            "%(n)s", str(hours)
        )
    )


def service(lab: Lab) -> str:
    """The claims of a new person who sees everything."""
    with lab.caller(role="service") as caller:
        return caller.claims


def opened(lab: Lab) -> Any:
    return closing(Reader(lab.database, service(lab)))


def gateway(lab: Lab) -> Caller:
    return Caller(lab.database.api_url, key_sha256=lab.key)
