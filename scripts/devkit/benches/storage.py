"""Bytes and times of packed history: a fleet every 15 minutes, a sensor at 1 Hz among nine at 1/60 Hz.

The months before the running one are packed, rollups as well. What they take is compared with the same rows
before, indexes included, and with the same columns in Parquet (zstd). Reads are timed before and after.
"""

import argparse
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from ..console import Problem, say
from . import bench, storage_tracks, timeseries_data
from . import fleet as fleets
from .fleet import Fleet
from .storage_cases import READS, Read
from .timeseries_cases import Asker
from .timeseries_data import FAST

NAME = "storage"
HELP = "packed history: bytes by tier, packing and unpacking, reads before and after"
FULL_DAYS = 365
JITTER = 30
PACKED = ("TbSensorRegistroFrio", "TbPosicaoFria", "TbRollupFrio")
_CADENCES = {
    "15 min": f'"cdSensor" < {FAST}',
    "1 Hz": f'"cdSensor" = {FAST}',
    "1/60 Hz": f'"cdSensor" > {FAST}',
}
_POSITIONS = {
    "15 min": f'"cdDispositivo" < {storage_tracks.FIRST}',
    "GeoLife": f'"cdDispositivo" >= {storage_tracks.FIRST}',
}
_ROLLUPS = {1: "TbSensorRegistro1m", 5: "TbSensorRegistro5m", 60: "TbSensorRegistro1h"}
_PLAIN = """
    select coalesce(sum(pg_total_relation_size(c.oid)), 0), coalesce(sum(c.reltuples), 0)
    from pg_class c
    where c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r' and c.reltuples >= 0
      and private.partition_month(c.relname) >= %(since)s and private.partition_month(c.relname) < %(until)s
      and c.relname ~ ('^' || %(table)s || '_\\d')
"""
# Otherwise a step waits for a transaction of somebody else, of any database of this server.
_PACKED = 'select "dtFrio" >= %(until)s from private."TbFrioMarca"'
# A chunk's part of its table, indexes and free space included.
_CHUNKS = """
    select sum(pg_column_size(c.*)) filter (where {condition}) * pg_total_relation_size('series."{table}"')
             / sum(pg_column_size(c.*)),
           sum(c."nrQtd") filter (where {condition}), count(*) filter (where {condition})
    from series."{table}" c
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--devices", type=int, default=100, help="devices of the fleet, 20 per client (default: 100)")
    add("--days", type=int, default=95, help="days of the fleet's history (default: 95)")
    add("--per-day", type=int, default=96, help="readings per device and day (default: 96)")
    add(
        "--full",
        action="store_true",
        help=f"1,000 devices, {FULL_DAYS} days: 35 million readings and positions, 25 GB, about an hour",
    )
    add(
        "--fast-days",
        type=int,
        default=45,
        help="days of the sensor at 1 Hz and the nine beside it (default: 45)",
    )
    add(
        "--jitter",
        type=int,
        default=JITTER,
        help=f"seconds that a report of the fleet may be early; 0: none (default: {JITTER})",
    )
    add(
        "--tracks",
        type=Path,
        default=os.environ.get(storage_tracks.VARIABLE),
        help=f"folder of GeoLife tracks, *.plt (default: {storage_tracks.VARIABLE} of the environment; none)",
    )
    add("--runs", type=int, default=15, help="runs per read; the median is reported (default: 15)")
    add("--keep", action="store_true", help="keep the loaded fleet for the next run")


def run(options: argparse.Namespace) -> None:
    devices, days = (1_000, FULL_DAYS) if options.full else (options.devices, options.days)
    fleet = Fleet(devices, days, options.per_day, jitter=options.jitter)
    with fleets.loaded(fleet, options.keep) as (database, fleet):
        say(f"{bench.machine(database)}; medians of {options.runs} runs")
        if options.full:
            options.fast_days = 0
        timeseries_data.load(database, fleet.end, options.fast_days)
        if options.tracks:
            found = storage_tracks.load(database, options.tracks, _month_before(fleet))
            say(f"{found:,} positions of GeoLife tracks")
        else:
            say(f"No GeoLife tracks: name their folder with --tracks or {storage_tracks.VARIABLE}")
        for line in _lines(database, fleet, options):
            say(line)


def _month_before(fleet: Fleet) -> datetime:
    return (datetime(fleet.end.year, fleet.end.month, 1) - timedelta(days=1)).replace(day=1)


def _lines(database: bench.Bench, fleet: Fleet, options: argparse.Namespace) -> Iterator[str]:
    until = datetime(fleet.end.year, fleet.end.month, 1)
    span = {"since": fleet.start.replace(day=1, hour=0), "until": until}
    fast = f"{options.fast_days} days of a sensor at 1 Hz and nine at 1/60 Hz"
    yield f"{fleet}, and {fast}; {bench.size(database)}"
    yield timeseries_data.sum_up(database)
    with bench.connected(database.owner_url) as owner, Asker(database, fleet, options.fast_days) as asker:
        plain = {table: _one(owner, _PLAIN, {"table": table, **span}) for table in timeseries_data.TABLES}
        parquet = _parquet(owner, until)
        reads = [read for read in READS if read.reaches(fleet, until, options.fast_days)]
        before = [_timed(read, asker, until, options.runs) for read in reads]
        yield from _pack(owner, until)
        after = [_timed(read, asker, until, options.runs) for read in reads]
        yield from _table(owner, plain, parquet)
        yield from _whole(owner, plain, span)
        yield "\n| read | rows, ms | packed, ms | ratio |\n| --- | ---: | ---: | ---: |"
        for read, (was, answer), (now, same) in zip(reads, before, after, strict=True):
            if answer != same:
                raise Problem(f"Not the same answer: {read.title}")
            yield f"| {read.title} | {was:,.2f} | {now:,.2f} | {now / was:.2f} |"
        yield from _unpack(owner)


def _one(owner: Any, statement: str, values: Any = None) -> Any:
    owner.execute(statement, values)
    return owner.fetchone()


def _timed(read: Read, asker: Asker, until: datetime, runs: int) -> tuple[float, bytes]:
    """Median ms, and the answer."""
    answer = read.ask(asker, until)
    times = []
    for _ in range(runs):
        begin = monotonic()
        read.ask(asker, until)
        times.append((monotonic() - begin) * 1_000)
    return median(times), answer


def _pack(owner: Any, until: datetime) -> Iterator[str]:
    """All months before; steps are timed, as somebody may wait for one."""
    age = (datetime.now(UTC).replace(tzinfo=None) - until).days
    owner.execute(
        """update private."TbConfiguracao" set "nrDiasQuente" = %s, "nrDiasQuente1m" = %s,
             "nrDiasQuente5m" = %s, "nrDiasQuente1h" = %s""",
        [max(age, 1)] * 4,
    )
    for name in ("pack_history", "pack_rollups"):
        rows, longest, begin = 0, 0.0, monotonic()
        while True:
            step_began = monotonic()
            done = timeseries_data.step(owner, name)
            longest = max(longest, monotonic() - step_began)
            if not done and _one(owner, _PACKED, {"until": until})[0]:
                break
            rows += done
        seconds = monotonic() - begin
        speed = f"{rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} per second"
        yield f"{name}: {speed}; longest step {longest * 1_000:.0f} ms"
    owner.execute("vacuum analyze")
    for table in timeseries_data.TABLES:
        owner.execute(f'reindex table series."{table}"')


def _unpack(owner: Any) -> Iterator[str]:
    for title, sensor in (("1 Hz", FAST), ("15 min", 1)):
        begin = monotonic()
        (rows,) = _one(
            owner,
            "select count(v.\"nrValor\") from private.packed_values(%s, '-infinity', 'infinity') v", (sensor,)
        )  # fmt: skip
        seconds = monotonic() - begin
        if rows:
            yield f"\nunpacked, {title}: {rows:,} values, {rows / seconds:,.0f} per second"


def _table(owner: Any, plain: dict[str, Any], parquet: dict[str, float]) -> Iterator[str]:
    yield "\n| what | rows | chunks | bytes a row: plain | packed | Parquet, zstd |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    kinds = [
        *(("TbSensorRegistro", "TbSensorRegistroFrio", f"reading, {title}", condition, title)
          for title, condition in _CADENCES.items()),
        *(("TbPosicao", "TbPosicaoFria", f"position, {title}", condition, f"position, {title}")
          for title, condition in _POSITIONS.items()),
        *((table, "TbRollupFrio", f"rollup of {minutes} min, {title}",
           f'"nrMinutos" = {minutes} and {condition}', "")
          for minutes, table in _ROLLUPS.items() for title, condition in _CADENCES.items()),
    ]  # fmt: skip
    for table, packed, title, condition, kind in kinds:
        size, rows, chunks = _one(owner, _CHUNKS.format(condition=condition, table=packed))
        if rows:
            was, now = float(plain[table][0]) / float(plain[table][1]), float(size) / float(rows)
            beside = f"{parquet[kind]:.1f}" if kind in parquet else ""
            yield f"| {title} | {rows:,} | {chunks:,} | {was:.0f} | {now:.1f} | {beside} |"


def _whole(owner: Any, plain: dict[str, Any], span: dict[str, datetime]) -> Iterator[str]:
    """Everything of these months, before and after."""
    was = sum(float(size) for size, _ in plain.values())
    left = sum(float(_one(owner, _PLAIN, {"table": table, **span})[0]) for table in plain)
    packed = sum(
        float(_one(owner, f"select pg_total_relation_size('series.\"{table}\"')")[0]) for table in PACKED
    )
    readings = float(_one(owner, 'select sum("nrQtd") from series."TbSensorRegistroFrio"')[0])
    yield (
        f"\nall tables and indexes of these months: {was / 1e6:,.0f} MB before, "
        f"{(left + packed) / 1e6:,.0f} after ({packed / 1e6:,.0f} in chunks): "
        f"{100 * (left + packed) / was:.1f} %; "
        f"{(left + packed) / readings:.1f} bytes a reading with its position and all rollups"
    )


def _parquet(owner: Any, until: datetime) -> dict[str, float]:
    """Bytes a row of a month of some sensors, or devices, in the same columns."""
    import pyarrow.csv  # takes half a second
    import pyarrow.parquet

    since = (until - timedelta(days=1)).replace(day=1)
    found = {}
    for kind, table, code in (
        *((title, "TbSensorRegistro", f"{condition} and (\"cdSensor\" <= 20 or \"cdSensor\" >= {FAST})")
          for title, condition in _CADENCES.items()),
        *((f"position, {title}", "TbPosicao", f'{condition} and ("cdDispositivo" <= 20 or '
           f'"cdDispositivo" >= {storage_tracks.FIRST})') for title, condition in _POSITIONS.items()),
    ):  # fmt: skip
        first = "cdSensor" if table == "TbSensorRegistro" else "cdDispositivo"
        rows = io.BytesIO()
        owner.copy_expert(
            f"""copy (select * from series."{table}" where {code} and "dtRegistro" >= '{since}'
                and "dtRegistro" < '{until}' order by "{first}", "dtRegistro")
                to stdout (format csv, header)""",
            rows,
        )  # fmt: skip
        rows.seek(0)
        arrow = pyarrow.csv.read_csv(rows)
        if arrow.num_rows:
            written = io.BytesIO()
            pyarrow.parquet.write_table(arrow, written, compression="zstd")
            found[kind] = written.tell() / arrow.num_rows
    return found
