"""Seconds that the worst legal requests take in the database, beside a quarter of the statement timeout.

Each case is a request at its bounds, such as a batch of as many elements as it may have, all of the dearest
kind. What took much longer than a quarter of the timeout would only ever be answered 503 on a slower or
busier machine, and come again for ever. Processor time is printed as well: other load hardly affects it.
"""

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import psycopg2

from app.rpc.signatures import SIGNATURES

from ..console import say
from . import (
    bench,
    cpu,
    timeseries_data,
    worst_administration,
    worst_crowds,
    worst_http,
    worst_ingestion,
    worst_reads,
)
from . import ingest_tables as tables
from .fleet import Fleet, loaded, person
from .http_run import serving
from .worst_case import DEVICES, VERTICES, WITHOUT, Case, grows, part
from .worst_reads import comb

NAME = "worst"
HELP = "the worst legal requests beside a quarter of the statement timeout"

KEY = hashlib.sha256(b"worst").hexdigest()
_ENTER = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true); "
_CLAIMS = json.dumps({"role": "authenticated", "key_sha256": KEY})
_TIMEOUT_S = 8.0  # RASTRO_STATEMENT_TIMEOUT_MS
# New rows come behind those that have codes of ours.
_SEQUENCES = """
    select setval(pg_get_serial_sequence('public."TbDestinatario"', 'cdDestinatario'), 100000),
           setval(pg_get_serial_sequence('public."TbDispositivo"', 'cdDispositivo'), 100000),
           setval(pg_get_serial_sequence('public."TbSensor"', 'cdSensor'), 200000)
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--runs", type=int, default=3, help="runs per line (default: 3)")
    add(
        "--part",
        choices=("writes", "reads", "http"),
        help="only those of one client, the fleet, or over HTTP",
    )
    add("--only", default="", help="only cases whose name contains this")
    add("--devices", type=int, default=1_000, help="devices of the fleet that is read (default: 1,000)")
    add("--days", type=int, default=90, help="days of its history (default: 90)")
    add("--keep", action="store_true", help="keep the loaded fleet for the next run")


def run(options: argparse.Namespace) -> None:
    fleet = Fleet(options.devices, options.days)
    missing = functions_without_a_case()
    say(f"without a worst case: {', '.join(missing) or 'none'}; exempt, see worst_case.py: {len(WITHOUT)}")
    say(f"medians of {options.runs} runs; a quarter of the timeout is {_TIMEOUT_S / 4:.0f} s")
    if options.part in (None, "writes"):
        _measure_writes(options)
    if options.part in (None, "reads"):
        _measure_reads(fleet, options)
    if options.part in (None, "http"):
        _measure_http(fleet, options)


def _measure_writes(options: argparse.Namespace) -> None:
    with bench.throwaway() as database:
        tables.prepare(database, KEY, DEVICES, 10)
        with bench.connected(database.owner_url) as cursor:
            cursor.execute("""update "TbApiKeys" set "dsPermissoes" = '{read,ingest,admin}'""")
            cursor.execute(_SEQUENCES)
        say(bench.machine(database))
        _measure(database, cases(), _CLAIMS, options)


def _measure_reads(fleet: Fleet, options: argparse.Namespace) -> None:
    with loaded(fleet, options.keep) as (database, stored):
        with bench.connected(database.owner_url) as cursor:
            cursor.execute(worst_reads.BEFORE)
        say(f"\n{stored}. {timeseries_data.sum_up(database)}")
        claims = json.dumps({"role": "authenticated", "sub": person(0)})
        _measure(database, (*worst_reads.cases(stored), *worst_crowds.reads()), claims, options)


def _measure_http(fleet: Fleet, options: argparse.Namespace) -> None:
    with loaded(fleet, options.keep) as (database, stored), TemporaryDirectory() as folder:
        with bench.connected(database.owner_url) as cursor:
            cursor.execute(worst_http.BEFORE)
        say(f"\n{stored}, over HTTP. {timeseries_data.sum_up(database)}")
        say("\nseconds  in the API  in the database  status        kB  request")
        with serving(database, 1, Path(folder) / "api.log") as server:
            for case in worst_http.cases(stored):
                if options.only in case.name:
                    costs = [worst_http.measure(case, run, server, database) for run in range(options.runs)]
                    say(worst_http.line(case, costs))


def _measure(database: bench.Bench, found: Iterable[Case], claims: str, options: argparse.Namespace) -> None:
    say("\nseconds  processor  of the timeout  request")
    for case in found:
        if options.only in case.name:
            refused: list[str] = []
            times = list(_times(database, case, claims, options.runs, refused))
            say(_line(case.name, times) + (f" (refused: {refused[0]})" if refused else ""))


def cases() -> Iterator[Case]:
    """Those of one client with a hundred devices; one for another function is one more line here."""
    yield from worst_ingestion.cases()
    yield from worst_administration.cases()
    yield from worst_crowds.cases()
    yield from _reads()


def functions_without_a_case() -> list[str]:
    """Functions of the application whose arguments can be large, without a case or a reason for none."""
    found = {case.function for case in (*cases(), *worst_reads.cases(Fleet()))}
    demanding = {function for function, (arguments, _) in SIGNATURES.items() if grows(arguments)}
    return sorted(demanding - found - WITHOUT.keys())


def _reads() -> Iterator[Case]:
    now = datetime.now(UTC)
    window = {"p_dt_inicio": now - timedelta(days=13), "p_dt_fim": now}
    fill = """
        insert into series."TbSensorRegistro" (
          "cdSensor", "dtRegistro", "nrValor", "cdDispositivo", "cdCliente")
        select 101, date_trunc('second', now() at time zone 'UTC') - n * interval '1 second', n % 7, 1, 1
        from generate_series(1, 300000) n on conflict do nothing"""
    yield Case(
        "100,000 points of a sensor",
        "get_data_points",
        lambda _: {"p_cd_sensor": 101, "p_agg": "raw", "p_limit": 100_000, **window},
        fill,
    )
    yield Case(
        "300,000 points thinned to 10,000",
        "get_data_points",
        lambda _: {"p_cd_sensor": 101, "p_agg": "raw", "p_max_points": 10_000, **window},
        fill,
    )
    area = {"poligono": {"type": "Polygon", "coordinates": [comb(VERTICES)]}}
    yield Case(
        f"positions in a polygon of {VERTICES:,} vertices",
        "get_posicoes_atuais",
        lambda _: {"p_area": json.dumps(area)},
    )


def _times(
    database: bench.Bench, case: Case, claims: str, runs: int, refused: list[str]
) -> Iterable[tuple[float, float]]:
    """Seconds on the clock and of the processor, for each run; in ``refused`` the errors of those refused."""
    for number in range(runs):
        if case.before:
            with bench.connected(database.owner_url) as cursor:
                cursor.execute(case.before)
        database.checkpoint()
        arguments = case.arguments(number)
        names = ", ".join(f"{name} => %s" for name in arguments)
        with bench.connected(database.api_url) as cursor:
            cursor.execute("set statement_timeout = 0")
            if case.person:
                claims = json.dumps({"role": "authenticated", "sub": case.person})
            call = f"{_ENTER} {case.statement or f'select public.{case.function}({names})'}"
            if case.stored:
                _run(cursor, cursor.mogrify(call, (claims, *part(arguments, case.stored).values())), [])
            statement = cursor.mogrify(call, (claims, *arguments.values()))
            begin, worked = monotonic(), cpu.of_sessions(database)
            _run(cursor, statement, refused)
            yield monotonic() - begin, cpu.of_sessions(database) - worked


def _run(cursor: Any, statement: bytes, refused: list[str]) -> None:
    """A refusal is an answer, too: it comes after the work that it takes to refuse."""
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        if not (error.pgcode or "").startswith("PT4"):
            raise
        refused.append(error.diag.message_hint or "")


def _line(name: str, times: list[tuple[float, float]]) -> str:
    seconds, processor = (median(one[column] for one in times) for column in range(2))
    return f"{seconds:7.2f}  {processor:9.2f}  {seconds / _TIMEOUT_S:14.0%}  {name}"
