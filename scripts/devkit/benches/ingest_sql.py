"""Points per second of insert_device_readings, in time and late, and of a bare insert of the same rows.

A point is one sensor value; every reading also has a position, inside or outside its geofence. Each
connection is a process with devices of its own. The bare insert writes the rows that the RPC has just
stored, from a table that has nothing else, into partitioned tables with the same columns and keys:
no JSON, no checks, no verdicts, no current positions. Late readings are of hours that the rollups already
cover: each hour of a sensor or device becomes dirty. Each run measures all three and computes their ratios.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from statistics import median
from time import monotonic
from typing import Any

from ..console import Problem, say
from . import bench

NAME = "ingest-sql"
HELP = "the batch RPC beside a bare insert of the same rows"

DEVICES = 100  # of each connection
SENSORS = (1, 10)
CONNECTIONS = (1, 2)
BATCHES = (80, 800)
KEY = hashlib.sha256(b"bench").hexdigest()
CLAIMS = json.dumps({"role": "authenticated", "key_sha256": KEY})
CALL = """
    select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true);
    select public.insert_device_readings(p_readings => %s, p_so_excecoes => true)
"""

FIXTURES = """
    insert into auth.users (id) values ('00000000-0000-4000-8000-000000000001');
    insert into public."TbCliente" ("cdCliente", "dsNome") values (1, 'Bench');
    insert into public.profiles (id, "cdCliente", role)
      values ('00000000-0000-4000-8000-000000000001', 1, 'admin')
      on conflict (id) do update set "cdCliente" = 1, role = 'admin';
    insert into public."TbApiKeys" ("cdUsuario", "dsHash", "cdClientes", "dsPermissoes")
      values ('00000000-0000-4000-8000-000000000001', %(key)s, '{1}', '{ingest}');
    insert into public."TbEndereco" ("cdEndereco", "dsLat", "dsLong")
      select n, -23.55 + n * 0.0001, -46.63 from generate_series(1, %(devices)s) n;
    insert into public."TbDestinatario" ("cdDestinatario", "nrRaio", "cdCliente", "cdEndereco")
      select n, 300, 1, n from generate_series(1, %(devices)s) n;
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente", "cdDestinatario")
      select n, 'ativo', 1, n from generate_series(1, %(devices)s) n;
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select d * 100 + s, d, 4, 'ponto ' || s
      from generate_series(1, %(devices)s) d, generate_series(1, %(sensors)s) s;
    create schema bare;
    create table bare."TbPosicao" (like public."TbPosicao" including all) partition by range ("dtRegistro");
    create table bare."TbSensorRegistro" (like public."TbSensorRegistro" including all)
      partition by range ("dtRegistro");
"""
PARTITIONS = """
    select parent.relname, child.relname, pg_get_expr(child.relpartbound, child.oid)
    from pg_inherits
    join pg_class parent on parent.oid = inhparent and parent.relkind = 'p'
    join pg_class child on child.oid = inhrelid
    where parent.oid in ('public."TbPosicao"'::regclass, 'public."TbSensorRegistro"'::regclass)
"""
# The rows of one run, each with its connection and batch; batches take readings device by device.
STAGE = """
    drop table if exists bare.rows_of_{table};
    create unlogged table bare.rows_of_{table} as
      select (r."cdDispositivo" - 1) / %(devices)s as connection,
             ((extract(epoch from r."dtRegistro" - %(start)s)::bigint * %(devices)s
               + (r."cdDispositivo" - 1) %% %(devices)s) / %(batch)s)::integer as batch, r.*
      from public."{table}" r where r."dtRegistro" >= %(start)s and r."dtRegistro" < %(end)s;
    create index on bare.rows_of_{table} (connection, batch);
    analyze bare.rows_of_{table}
"""
SAME = """
    select (select count(*) from public."{table}"), (select count(*) from bare."{table}"),
           (select count(*) from (table public."{table}" except table bare."{table}") missing)
"""
TABLES = ("TbPosicao", "TbSensorRegistro")
# Copy the rows that came late, so that both tables have the same.
FOLLOW = """
    insert into bare."{table}" ({columns})
    select {columns} from public."{table}" where "dtRegistro" >= %(start)s and "dtRegistro" < %(end)s
"""
ANNOUNCE = """
    truncate private."TbRollupPendente"; update private."TbRollupMarca" set "dtAnunciada" = %s
"""


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    sensors: int
    connections: int
    batch: int


@dataclass(frozen=True)
class Job:
    """The work of one process in one run; batch 0 is a warm-up and not timed."""

    url: str
    case: Case
    connection: int
    start: datetime
    batches: int
    bare: bool


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--runs", type=int, default=5, help="runs per line; the median is reported (default: 5)")
    add("--points", type=int, default=80_000, help="points per connection and run (default: 80,000)")
    add(
        "--sensors",
        type=int,
        nargs="+",
        choices=SENSORS,
        default=SENSORS,
        help="sensors per reading (default: 1 10)",
    )
    add(
        "--connections",
        type=int,
        nargs="+",
        choices=CONNECTIONS,
        default=CONNECTIONS,
        help="concurrent connections (default: 1 2)",
    )
    add("--batch", type=int, nargs="+", default=BATCHES, help="readings per call (default: 80 800)")


def run(options: argparse.Namespace) -> None:
    with bench.throwaway() as database:
        _prepare(database)
        say(bench.machine(database))
        say(f"{DEVICES} devices with a site for each connection; points/s, medians of {options.runs} runs\n")
        say("sensors  connections  batch |      RPC  bare insert  ratio  late / in time")
        # Times are in UTC without time zone, as in the database.
        clock = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=25)
        for case in (Case(*one) for one in product(options.sensors, options.connections, options.batch)):
            results = []
            for _ in range(options.runs):
                *result, clock = _measure(database, case, options.points, clock)
                results.append(result)
            say(_line(case, results))
        say(f"\n{_stored(database):,} rows in both, {bench.size(database)}")


def _measure(
    database: bench.Bench, case: Case, points: int, start: datetime
) -> tuple[float, float, float, datetime]:
    """Points per second of RPC, RPC with late readings, bare insert; and the first unused time."""
    batches = max(1, points // (case.sensors * case.batch))
    seconds = timedelta(seconds=-(-(batches + 1) * case.batch // DEVICES))
    late, end = start + seconds, start + 2 * seconds
    in_time = _rate(database, case, Job(database.api_url, case, 0, start, batches, bare=False))
    _announce(database, datetime.now(UTC).replace(tzinfo=None))
    too_late = _rate(database, case, Job(database.api_url, case, 0, late, batches, bare=False))
    _announce(database, "-infinity")
    _stage(database, case, start, late)
    bare = _rate(database, case, Job(database.owner_url, case, 0, start, batches, bare=True))
    _follow(database, late, end)
    return in_time, too_late, bare, end


def _rate(database: bench.Bench, case: Case, job: Job) -> float:
    """Points per second of all connections together."""
    database.checkpoint()
    jobs = [replace(job, connection=number) for number in range(case.connections)]
    return job.batches * case.batch * case.sensors * case.connections / bench.together(_work, jobs)


def _announce(database: bench.Bench, until: datetime | str) -> None:
    """Announce that everything before this time is in the rollups."""
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(ANNOUNCE, (until,))


def _follow(database: bench.Bench, start: datetime, end: datetime) -> None:
    with bench.connected(database.owner_url) as cursor:
        for table in TABLES:
            statement = FOLLOW.format(table=table, columns=_columns(cursor, table))
            cursor.execute(statement, {"start": start, "end": end})


def _work(job: Job) -> tuple[float, float]:
    with bench.connected(job.url) as cursor:
        statements = list(_inserts(cursor, job) if job.bare else _calls(cursor, job))
        _execute(cursor, job, statements[0])
        bench.ready()
        begin = monotonic()
        for statement in statements[1:]:
            _execute(cursor, job, statement)
        return begin, monotonic()


def _execute(cursor: Any, job: Job, statement: bytes) -> None:
    cursor.execute(statement)
    if job.bare:
        if cursor.rowcount != job.case.batch * job.case.sensors:
            raise Problem(f"{cursor.rowcount} rows instead of {job.case.batch * job.case.sensors}")
    elif (answer := cursor.fetchone()[0])["stored"] != job.case.batch:
        raise Problem(f"Not every reading was stored: {answer}")


def _calls(cursor: Any, job: Job) -> Iterator[bytes]:
    for number in range(job.batches + 1):
        readings = range(number * job.case.batch, (number + 1) * job.case.batch)
        batch = [_reading(job, one) for one in readings]
        yield cursor.mogrify(CALL, (CLAIMS, json.dumps(batch, separators=(",", ":"))))


def _reading(job: Job, number: int) -> dict[str, Any]:
    device = job.connection * DEVICES + number % DEVICES + 1
    second = number // DEVICES
    return {
        "cdDispositivo": device,
        "dtRegistro": (job.start + timedelta(seconds=second)).isoformat(),
        "nrBat": 3.6,
        "latitude": round(-23.55 + device * 0.0001 + second % 60 * 0.0001, 5),
        "longitude": -46.63,
        "sensores": [
            {"cdSensor": device * 100 + sensor, "nrValor": round(20 + (second + sensor) % 97 / 10, 1)}
            for sensor in range(1, job.case.sensors + 1)
        ],
    }


def _inserts(cursor: Any, job: Job) -> Iterator[bytes]:
    columns = {table: _columns(cursor, table) for table in TABLES}
    statement = ";".join(
        f'insert into bare."{table}" ({columns[table]}) select {columns[table]} from bare.rows_of_{table} '
        "where connection = %(connection)s and batch = %(batch)s"
        for table in TABLES
    )
    for number in range(job.batches + 1):
        yield cursor.mogrify(statement, {"connection": job.connection, "batch": number})


def _columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", (f'bare."{table}"',)
    )
    return ", ".join(f'"{name}"' for (name,) in cursor.fetchall())


def _prepare(database: bench.Bench) -> None:
    with bench.connected(database.owner_url) as cursor:
        cursor.execute(FIXTURES, {"key": KEY, "devices": DEVICES * max(CONNECTIONS), "sensors": max(SENSORS)})
        cursor.execute(PARTITIONS)
        for parent, child, bound in cursor.fetchall():
            cursor.execute(f'create table bare."{child}" partition of bare."{parent}" {bound}')
        cursor.execute("analyze")


def _stage(database: bench.Bench, case: Case, start: datetime, end: datetime) -> None:
    values = {"devices": DEVICES, "start": start, "end": end, "batch": case.batch}
    with bench.connected(database.owner_url) as cursor:
        for table in TABLES:
            cursor.execute(STAGE.format(table=table), values)


def _stored(database: bench.Bench) -> int:
    """Number of rows of the time series. Raises Problem if the two ways wrote different rows."""
    total = 0
    with bench.connected(database.owner_url) as cursor:
        for table in TABLES:
            cursor.execute(SAME.format(table=table))
            stored, bare, missing = cursor.fetchone()
            if missing or bare != stored:
                raise Problem(f"{table}: {stored} rows by RPC, {bare} by bare insert, {missing} differ")
            total += stored
    return total


def _line(case: Case, results: list[list[float]]) -> str:
    rpc, _, bare = (median(one[way] for one in results) for way in range(3))
    ratio = median(one[0] / one[2] for one in results)
    late = median(one[1] / one[0] for one in results)
    return (
        f"{case.sensors:7}  {case.connections:11}  {case.batch:5} | {rpc:8,.0f}  {bare:11,.0f}  {ratio:5.2f}"
        f"  {late:14.2f}"
    )
