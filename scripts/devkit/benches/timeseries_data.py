"""One sensor at 1 Hz among nine at 1/60 Hz, of client 1 of the fleet.

Their values have two decimals, as those of thermometers.
"""

from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from .. import progress
from ..console import Problem
from ..local import databases
from . import bench

FAST = 2_000_001  # the sensor at 1 Hz; the nine others follow, each on a device of the same number
SENSORS = 10
TABLES = (
    "TbPosicao",
    "TbSensorRegistro",
    "TbSensorRegistro1m",
    "TbSensorRegistro5m",
    "TbSensorRegistro1h",
    "TbSensorRegistro1d",
    "TbContagemDiaria",
)
_FLEET = f"""
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente")
      select {FAST} + n, 'ativo', 1 from generate_series(0, {SENSORS - 1}) n;
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select {FAST} + n, {FAST} + n, 4, 'fast' from generate_series(0, {SENSORS - 1}) n
"""
# In the order of time, as they would arrive.
_DAY = f"""
    insert into series."TbSensorRegistro" ("dtRegistro", "nrValor", "cdSensor", "cdDispositivo", "cdCliente")
    select t, round((20 + 5 * sin(extract(epoch from t)::float8 / 7000) + n / 10.0 + random())::numeric, 2),
           {FAST} + n, {FAST} + n, 1
    from generate_series(%(begin)s::timestamp, %(end)s::timestamp - interval '1 s', '1 s') t
    cross join generate_series(0, {SENSORS - 1}) n
    where n = 0 or extract(second from t) = 0
"""
IS_DONE = """
    select "dtPiso" = private.series_start() and "dtMarca" = "dtAnunciada" from private."TbRollupMarca"
"""
SIZES = """
    select sum(c.reltuples)::bigint, sum(pg_relation_size(c.oid)), sum(pg_indexes_size(c.oid))
    from pg_class c
    cross join (select format('series.%%I', %(table)s::text)::regclass as oid) t
    where c.relkind = 'r' and c.reltuples > 0
      and (c.oid = t.oid or c.oid in (select inhrelid from pg_inherits where inhparent = t.oid))
"""
TIERS = f"""
    with s as (
      select "cdSensor", case when "cdSensor" = {FAST} then '1 Hz' when "cdSensor" > {FAST} then '1/60 Hz'
                              else '15 min' end as cadence
      from public."TbSensor" where "cdSensor" >= {FAST} or "cdSensor" <= 100
    )
    select s.cadence, sum(h.n)::bigint, sum(h.hours)::bigint,
           sum((select count(*) from series."TbSensorRegistro1m" b
                where b."cdSensor" = s."cdSensor"))::bigint,
           sum((select count(*) from series."TbSensorRegistro5m" b
                where b."cdSensor" = s."cdSensor"))::bigint
    from s
    cross join lateral (
      select sum("nrQtd") as n, count(*) as hours from series."TbSensorRegistro1h" b
      where b."cdSensor" = s."cdSensor") h
    group by 1 order by 2
"""


def load(database: bench.Bench, end: datetime, days: int) -> None:
    """Insert readings up to `end`, without triggers."""
    with databases.admin(database.name) as cursor, progress.steps("loaded", days + 1) as step:
        cursor.execute(_FLEET)
        step()
        cursor.execute("set synchronous_commit = off; set session_replication_role = replica")
        for day in range(days, 0, -1):
            begin = end - timedelta(days=day)
            cursor.execute(_DAY, {"begin": begin, "end": begin + timedelta(days=1)})
            step()


def sum_up(database: bench.Bench) -> str:
    """Run maintenance until all readings are in the rollups. Returns a sentence on its duration."""
    with bench.connected(database.owner_url) as cursor:
        begin = monotonic()
        for _ in range(1_000):
            cursor.execute("call private.run_maintenance(600)")
            cursor.execute(IS_DONE)
            if cursor.fetchone() == (True,):
                break
        else:
            raise Problem("Maintenance did not reach the end of the readings.")
        seconds = monotonic() - begin
        cursor.execute('select count(*) from "TbSensorRegistro"')
        (rows,) = cursor.fetchone()
        cursor.execute("vacuum analyze")
    return f"Summed up {rows:,} readings in {seconds:.1f} s: {rows / seconds:,.0f} per second"


def step(owner: Any, name: str) -> int:
    """Run one step of maintenance. Returns its count."""
    owner.execute(f"select private.{name}()")
    return int(owner.fetchone()[0])


def forget_last_hour(owner: Any) -> int:
    """Put the watermark back by an hour. Returns the number of readings to sum up again."""
    owner.execute('select "dtMarca" - interval \'1 hour\' from private."TbRollupMarca"')
    (hour,) = owner.fetchone()
    for width in ("1m", "5m", "1h"):
        owner.execute(f'delete from series."TbSensorRegistro{width}" where "dtBucket" >= %s', (hour,))
    owner.execute(
        'update private."TbRollupMarca" set "dtMarca" = %(hour)s, "dtAnunciada" = %(hour)s', {"hour": hour}
    )
    owner.execute('select count(*) from public."TbSensorRegistro" where "dtRegistro" >= %s', (hour,))
    return int(owner.fetchone()[0])


def advance(owner: Any) -> float:
    """Seconds of the step that sums up; the steps before it announce the new watermark."""
    step(owner, "advance_watermark")
    step(owner, "advance_watermark")
    begin = monotonic()
    step(owner, "advance_watermark")
    return monotonic() - begin


def mark_hour(owner: Any, hour: datetime) -> None:
    """Add a dirty hour of the sensor at 1 Hz, as a late reading does."""
    owner.execute(
        'insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdCliente") values (%s, %s, 1)',
        (hour, FAST),
    )


def mark(owner: Any, count: int, end: datetime) -> None:
    """Add dirty hours as late readings do: one for each of so many sensors."""
    owner.execute(
        """insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdCliente")
           select %s::timestamp - make_interval(hours => 2 + s."cdSensor"), s."cdSensor", d."cdCliente"
           from "TbSensor" s join "TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
           where s."cdSensor" <= %s""",
        (end.replace(tzinfo=None), count),
    )
