"""The API over HTTP: POSTs, current positions, history pages, summaries, on a fleet with a history.

Closed loop: each client sends its next request after the response to the last one. For comparison, the same
RPC is called on one connection as the API calls it, and its plans are recorded. All acknowledged readings
are counted in the tables.
"""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from ..console import Problem, say
from ..local import programs
from ..local.paths import local
from . import bench, timeseries_data
from . import fleet as fleets
from .fleet import Fleet
from .http_cases import CASES
from .http_run import Runner, serving

NAME = "http"
HELP = "the API: POSTs, current positions, history pages, summaries, beside the same RPCs without HTTP"


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--devices", type=int, default=1_000, help="devices of the fleet, 20 per client (default: 1,000)")
    add("--days", type=int, default=90, help="days of history (default: 90)")
    add("--per-day", type=int, default=96, help="readings per device and day (default: 96)")
    add("--clients", type=int, default=8, help="concurrent clients, one connection each (default: 8)")
    add("--workers", type=int, default=2, help="processes of the API (default: 2)")
    add("--seconds", type=int, default=10, help="duration of a run (default: 10)")
    add("--runs", type=int, default=3, help="runs per case; the median is reported (default: 3)")
    names = [case.name for case in CASES]
    add("--cases", nargs="+", choices=names, default=names, metavar="CASE", help=" ".join(names))
    add("--keep", action="store_true", help="keep the loaded fleet for the next run")
    add("--drop", action="store_true", help="drop the kept fleet of this size and exit")


def run(options: argparse.Namespace) -> None:
    wanted = Fleet(options.devices, options.days, options.per_day)
    if options.drop:
        say(f"Dropped: {', '.join(fleets.drop_kept(wanted)) or 'none'}")
        return
    if options.devices < options.clients:
        raise Problem("--devices must be at least --clients: each client needs a device of its own.")
    programs.wrk()
    with fleets.loaded(wanted, options.keep) as (database, fleet):
        say(timeseries_data.sum_up(database))
        _measure(options, database, fleet, _folder())


def _measure(options: argparse.Namespace, database: bench.Bench, fleet: Fleet, folder: Path) -> None:
    lines = [*_header(options, database, fleet), ""]
    say("\n".join(lines))
    with serving(database, options.workers, folder / "api.log") as api:
        runner = Runner(database, fleet, api, options, folder)
        for line in runner.table():
            say(line)
            lines.append(line)
    say(runner.accounts())
    lines += ["", runner.accounts()]
    (folder / "figures.md").write_text("\n".join(lines) + "\n")
    say(f"\nFigures and plans: {folder}")


def _header(options: argparse.Namespace, database: bench.Bench, fleet: Fleet) -> list[str]:
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return [
        f"{bench.machine(database)}; load before: {loads}",
        f"{fleet}: {fleet.reports:,} positions and as many readings, {bench.size(database)}",
        f"{options.workers} processes of the API, {options.clients} clients in a closed loop, medians of "
        f"{options.runs} runs of {options.seconds} s; CPU: a request; SQL: one connection",
    ]


def _folder() -> Path:
    folder = local() / "bench" / "http" / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    (folder / "plans").mkdir(parents=True)
    return folder
