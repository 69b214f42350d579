"""Seconds that the worst legal requests take in the database, beside a quarter of the statement timeout.

Each case is a request at its bounds, such as a batch of as many elements as it may have, all of the dearest
kind. What took much longer than a quarter of the timeout would only ever be answered 503 on a slower or
busier machine, and come again for ever. Processor time is printed as well: other load hardly affects it.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from time import monotonic
from typing import Any

from ..console import say
from . import bench, cpu
from . import ingest_tables as tables

NAME = "worst"
HELP = "the worst legal requests beside a quarter of the statement timeout"

KEY = hashlib.sha256(b"worst").hexdigest()
_ENTER = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true); "
_CLAIMS = json.dumps({"role": "authenticated", "key_sha256": KEY})
_ELEMENTS = 5_000  # TbConfiguracao.nrElementosLote
_BODY = 8 << 20  # bytes; RASTRO_MAX_BODY_BYTES
_TIMEOUT_S = 8.0  # RASTRO_STATEMENT_TIMEOUT_MS
_DEVICES = 100
# A full quarantine, each row of another device.
_FULL = """
    insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho",
      "blReprocessavel", "cdCliente", "cdDispositivo", "blDispositivo", "dtExpiracao")
    select 'x', 'MALFORMED', sha256(convert_to(n::text || clock_timestamp(), 'UTF8')), 'x', '{}', 2, true, 1,
           n, true, now() + interval '1 day'
    from generate_series(1, 10000) n
"""
# A full quarantine: half of it can be stored by now, half fails for another reason than before.
_REPLAYABLE = """
    truncate "TbIngestaoErro";
    insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho",
      "blReprocessavel", "cdCliente", "cdDispositivo", "blDispositivo", "dtExpiracao")
    select 'x', 'UNKNOWN_POINT', sha256(p), 'x', p, octet_length(p), true, 1, n % 100 + 1, true,
           now() + interval '1 day'
    from generate_series(1, 10000) n
    cross join convert_to(format('{"nrSeq": %s, "cdDispositivo": %s}',
                                 case when n % 2 = 0 then n::text else '"' || n || '"' end, n % 100 + 1),
                          'UTF8') p
"""


@dataclass(frozen=True)
class Case:
    """One request; run number n gets arguments of its own, so that nothing of it is there already."""

    name: str
    function: str
    arguments: Callable[[int], dict[str, Any]]
    before: str = ""  # SQL of the owner, before each run


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=3, help="runs per line (default: 3)")
    parser.add_argument("--only", default="", help="only cases whose name contains this")


def run(options: argparse.Namespace) -> None:
    with bench.throwaway() as database:
        tables.prepare(database, KEY, _DEVICES, 10)
        with bench.connected(database.owner_url) as cursor:
            cursor.execute("""update "TbApiKeys" set "dsPermissoes" = '{read,ingest,admin}'""")
        say(bench.machine(database))
        say(f"medians of {options.runs} runs; a quarter of the timeout is {_TIMEOUT_S / 4:.0f} s\n")
        say("seconds  processor  of the timeout  request")
        for case in cases():
            if options.only in case.name:
                say(_line(case.name, list(_times(database, case, options.runs))))


def cases() -> Iterator[Case]:
    """All of them; one for another function is one more line here."""
    yield from _batches()
    yield from _administration()


def _batches() -> Iterator[Case]:
    def case(name: str, element: Callable[[int, int], dict[str, Any]], before: str = "") -> Case:
        def arguments(run: int) -> dict[str, Any]:
            return {"p_readings": json.dumps([element(run, number) for number in range(_ELEMENTS)])}

        return Case(f"{_ELEMENTS:,} {name}", "insert_device_readings", arguments, before)

    def bad(run: int, number: int) -> dict[str, Any]:
        return {"cdDispositivo": 1, "nrSeq": f"{run} {number}"}

    text = "x" * (_BODY // _ELEMENTS - 80)
    yield case("distinct bad readings", bad)
    yield case("distinct bad readings, 8 MB", lambda run, n: bad(run, n) | {"dtRegistro": text})
    yield case(
        "readings of unknown devices",
        lambda run, n: {"cdDispositivo": 10_000_000 * (run + 1) + n, "nrBat": 3.5},
    )
    yield case(
        f"bad readings of {_DEVICES} devices",
        lambda run, n: {"cdDispositivo": n % _DEVICES + 1, "nrSeq": f"{run} {n}"},
    )
    yield case("bad readings into a full quarantine of 10,000 devices", bad, _FULL)


def _administration() -> Iterator[Case]:
    yield Case(
        f"replay of {_ELEMENTS:,}", "reprocessar_erros", lambda _: {"p_nr_limite": _ELEMENTS}, _REPLAYABLE
    )
    yield Case("discard of 10,000", "descartar_erros", lambda _: {}, _REPLAYABLE)


def _times(database: bench.Bench, case: Case, runs: int) -> Iterable[tuple[float, float]]:
    """Seconds on the clock and of the processor, for each run."""
    for number in range(runs):
        if case.before:
            with bench.connected(database.owner_url) as cursor:
                cursor.execute(case.before)
        database.checkpoint()
        arguments = case.arguments(number)
        names = ", ".join(f"{name} => %s" for name in arguments)
        with bench.connected(database.api_url) as cursor:
            cursor.execute("set statement_timeout = 0")
            call = f"{_ENTER} select public.{case.function}({names})"
            statement = cursor.mogrify(call, (_CLAIMS, *arguments.values()))
            begin, worked = monotonic(), cpu.of_sessions(database)
            cursor.execute(statement)
            yield monotonic() - begin, cpu.of_sessions(database) - worked


def _line(name: str, times: list[tuple[float, float]]) -> str:
    seconds, processor = (median(one[column] for one in times) for column in range(2))
    return f"{seconds:7.2f}  {processor:9.2f}  {seconds / _TIMEOUT_S:14.0%}  {name}"
