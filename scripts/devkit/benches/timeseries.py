"""Rollups, data points, exact totals: a sensor at 1 Hz among nine at 1/60 Hz, beside a fleet with a history.

All figures are medians on one warm connection, called as the API does: role and claims of a user, row-level
security, JSON as text. For ratios, the two queries run alternately.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, timedelta
from time import monotonic
from typing import Any

from ..console import say
from . import bench, timeseries_data
from . import fleet as fleets
from .fleet import Fleet
from .timeseries_cases import Asker, cases, with_a_dirty_hour

NAME = "timeseries"
HELP = "rollups, data points and exact totals: reading, refreshing, bytes"
FULL_DAYS = 365


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--devices", type=int, default=1_000, help="devices of the fleet, 20 per client (default: 1,000)")
    add("--days", type=int, default=90, help="days of the fleet's history (default: 90)")
    add("--per-day", type=int, default=96, help="readings per device and day (default: 96)")
    add("--full", action="store_true", help=f"{FULL_DAYS} days of history: 35 million readings")
    add(
        "--fast-days",
        type=int,
        default=30,
        help="days of the sensor at 1 Hz and the nine beside it (default: 30)",
    )
    add("--runs", type=int, default=20, help="runs per case; the median is reported (default: 20)")
    add("--keep", action="store_true", help="keep the loaded fleet for the next run")


def run(options: argparse.Namespace) -> None:
    wanted = Fleet(options.devices, FULL_DAYS if options.full else options.days, options.per_day)
    with fleets.loaded(wanted, options.keep) as (database, fleet):
        say(f"{bench.machine(database)}; medians of {options.runs} runs")
        timeseries_data.load(database, fleet.end, options.fast_days)
        for line in _lines(database, fleet, options):
            say(line)


def _lines(database: bench.Bench, fleet: Fleet, options: argparse.Namespace) -> Iterator[str]:
    fast = f"{options.fast_days} days of a sensor at 1 Hz and nine at 1/60 Hz"
    yield f"{fleet}, and {fast}; {bench.size(database)}"
    yield timeseries_data.sum_up(database)
    with bench.connected(database.owner_url) as owner, Asker(database, fleet, options.fast_days) as asker:
        yield from _table(owner, asker, options)
        yield ""
        yield from _bytes(owner)
        yield ""
        yield from _refresh(owner, fleet)


def _table(owner: Any, asker: Asker, options: argparse.Namespace) -> Iterator[str]:
    yield "\n| what | ms | must / goal ms | ratio to | |"
    yield "| --- | ---: | ---: | --- | ---: |"
    for case in cases(options.fast_days):
        yield case.line(asker, options.runs)
    timeseries_data.mark_hour(owner, asker.fleet.end - timedelta(days=options.fast_days))
    yield with_a_dirty_hour(options.fast_days).line(asker, options.runs)


def _bytes(owner: Any) -> Iterator[str]:
    yield "| table | rows | bytes a row: heap | index |"
    yield "| --- | ---: | ---: | ---: |"
    for table in timeseries_data.TABLES:
        owner.execute(timeseries_data.SIZES, {"table": table})
        rows, heap, index = owner.fetchone()
        if rows:
            yield f"| {table} | {rows:,} | {heap / rows:.0f} | {index / rows:.0f} |"
    owner.execute(timeseries_data.TIERS)
    yield "\n| cadence | readings | hours | minutes kept | five minutes kept | rollup rows a reading |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for cadence, readings, hours, ones, fives in owner.fetchall():
        kept = (hours + ones + fives) / readings
        yield f"| {cadence} | {readings:,} | {hours:,} | {ones:,} | {fives:,} | {kept:.3f} |"


def _refresh(owner: Any, fleet: Fleet) -> Iterator[str]:
    """Sum up the last hour again, and dirty hours."""
    times = []
    for _ in range(3):
        rows = timeseries_data.forget_last_hour(owner)
        times.append(timeseries_data.advance(owner))
    ms = sorted(times)[1] * 1_000
    yield f"an hour of {rows:,} readings summed up in {ms:.0f} ms: {ms / 60:.2f} ms a minute of new data"
    count = min(1_000, fleet.devices)
    timeseries_data.mark(owner, count, fleet.end.replace(tzinfo=UTC))
    begin = monotonic()
    while timeseries_data.step(owner, "redo_dirty_hours"):
        pass
    ms = (monotonic() - begin) * 1_000
    yield f"{count:,} late hours of as many sensors summed up again in {ms:.0f} ms: {ms / count:.2f} ms each"
