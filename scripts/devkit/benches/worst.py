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
from datetime import UTC, datetime, timedelta
from functools import partial
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
_VERTICES = 3_000  # private.polygon_error
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
    yield from _positions()
    yield from _administration()
    yield from _bulk()
    yield from _reads()


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


def _comb(vertices: int) -> list[list[float]]:
    """A closed ring with teeth side by side: a level line crosses all of them."""
    top = [[round(n / vertices, 4), 1 if n % 2 else 0] for n in range(vertices - 3)]
    return [*top, [1, -1], [0, -1], [0, 0]]


def _positions() -> Iterator[Case]:
    fence = json.dumps({"type": "Polygon", "coordinates": [_comb(_VERTICES)]}, separators=(",", ":"))
    sites = f"""
        insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdCliente", "dsCerca")
        select n, 'x', 1, '{fence}' from generate_series(9001, 9002) n on conflict do nothing;
        update public."TbDispositivo" set "cdDestinatario" = 9001 + "cdDispositivo" % 2"""

    def arguments(run: int, *, validate: bool, devices: int) -> dict[str, Any]:
        def position(number: int) -> dict[str, Any]:
            place = {"latitude": number % 100 / 101, "longitude": number % 97 / 98}
            return {"cdDispositivo": number % devices + 1, "nrSeq": run * _ELEMENTS + number, **place}

        readings = json.dumps([position(number) for number in range(_ELEMENTS)])
        return {"p_readings": readings, "p_validar": validate}

    for devices, validate in ((1, False), (2, False), (2, True)):
        name = f"{_ELEMENTS:,} positions, geofences of {_VERTICES:,} vertices, {devices} sites"
        yield Case(
            name + ", validar" * validate,
            "insert_device_readings",
            partial(arguments, validate=validate, devices=devices),
            sites,
        )

    for sensors in (10, 50):
        yield Case(
            f"{_ELEMENTS:,} readings of {sensors} values",
            "insert_device_readings",
            partial(_values, sensors),
            f"""insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor")
                select d * 100 + s, d, 4
                from generate_series(1, {_DEVICES}) d, generate_series(1, {sensors}) s
                on conflict do nothing""",
        )


def _values(sensors: int, run: int) -> dict[str, Any]:
    """Elements that name each of a device's sensors."""
    end = datetime.now(UTC) - timedelta(days=run)

    def element(number: int) -> dict[str, Any]:
        device = number % _DEVICES + 1
        values = [{"cdSensor": device * 100 + s + 1, "nrValor": s} for s in range(sensors)]
        instant = (end - timedelta(seconds=number)).isoformat()
        return {"cdDispositivo": device, "dtRegistro": instant, "sensores": values}

    return {"p_readings": json.dumps([element(number) for number in range(_ELEMENTS)])}


def _bulk() -> Iterator[Case]:
    rows = json.dumps([{"dsDispositivo": f"n{n}", "cdStatus": "estoque"} for n in range(_ELEMENTS)])
    yield Case(
        f"{_ELEMENTS:,} new devices",
        "criar_cadastros",
        lambda _: {"p_cadastro": "dispositivos", "p_linhas": rows},
    )


def _reads() -> Iterator[Case]:
    now = datetime.now(UTC)
    window = {"p_dt_inicio": now - timedelta(days=13), "p_dt_fim": now}
    fill = """
        insert into public."TbSensorRegistro" (
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
    area = {"poligono": {"type": "Polygon", "coordinates": [_comb(_VERTICES)]}}
    yield Case(
        f"positions in a polygon of {_VERTICES:,} vertices",
        "get_posicoes_atuais",
        lambda _: {"p_area": json.dumps(area)},
    )


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
