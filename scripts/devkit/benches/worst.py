"""Seconds that the worst legal requests take in the database, beside a quarter of the statement timeout.

Each case is a request at its bounds, such as a batch of as many elements as it may have, all of the dearest
kind. What took much longer than a quarter of the timeout would only ever be answered 503 on a slower or
busier machine, and come again for ever. Processor time is printed as well: other load hardly affects it.
"""

import argparse
import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import psycopg2

from app.rpc.signatures import SIGNATURES

from ..console import say
from . import bench, cpu, timeseries_data, worst_http, worst_reads
from . import ingest_tables as tables
from .fleet import Fleet, loaded, person
from .http_run import serving
from .worst_case import WITHOUT, Case, grows
from .worst_reads import comb

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
# And a message that an adapter can read by now.
_FIRST = """;
    insert into "TbIngestaoErro" (
      "cdErro", "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
      "cdCliente", "cdDispositivo", "blDispositivo", "dsTopico", "dtExpiracao") overriding system value
    select 2000000000, 'x', 'MALFORMED', sha256('first'), 'x', '{}', 2, true, 1, 1, true,
           'rastro/1/x/1/telem', now() + interval '1 day'
"""
# New rows come behind those that have codes of ours.
_SEQUENCES = """
    select setval(pg_get_serial_sequence('public."TbDestinatario"', 'cdDestinatario'), 100000),
           setval(pg_get_serial_sequence('public."TbDispositivo"', 'cdDispositivo'), 100000)
"""
# What 5,000 rows may name, each something else.
_NAMED = """
    insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdCliente")
      select n, 'x', 1 from generate_series(200000, 204999) n on conflict do nothing;
    insert into public."TbProduto" ("cdProduto", "dsNome", "cdCliente")
      select n, 'x', 1 from generate_series(200000, 204999) n on conflict do nothing;
    insert into public."TbProdutoItem" ("cdProdutoItem", "dsNome", "cdCliente")
      select n, 'x', 1 from generate_series(200000, 204999) n on conflict do nothing;
    insert into public."TbDispositivo" ("cdDispositivo", "cdStatus", "cdCliente")
      select n, 'estoque', 1 from generate_series(200000, 204999) n on conflict do nothing;
    analyze
"""
_MOTHER = "00000000-0000-4000-8000-0000000000aa"
# An admin, a key of theirs, and 5,000 keys that it made.
_KEYS = f"""
    insert into auth.users (id) values ('00000000-0000-4000-8000-000000000002') on conflict do nothing;
    insert into public.profiles (id, "cdCliente", role)
      values ('00000000-0000-4000-8000-000000000002', 1, 'admin')
      on conflict (id) do update set "cdCliente" = 1, role = 'admin';
    delete from public."TbApiKeys" where "dsNome" in ('mother', 'made');
    insert into public."TbApiKeys" (
      "cdApiKey", "cdUsuario", "dsHash", "cdClientes", "dsNome", "dsPermissoes")
      values ('{_MOTHER}', '00000000-0000-4000-8000-000000000002', repeat('a', 64), '{{1}}', 'mother',
              '{{read}}');
    insert into public."TbApiKeys" (
      "cdUsuario", "cdApiKeyMae", "dsHash", "cdClientes", "dsNome", "dsPermissoes")
      select '00000000-0000-4000-8000-000000000002', '{_MOTHER}', encode(sha256(n::text::bytea), 'hex'),
             '{{1}}', 'made', '{{read}}'
      from generate_series(1, 5000) n
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
        tables.prepare(database, KEY, _DEVICES, 10)
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
        _measure(database, worst_reads.cases(stored), claims, options)


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
    yield from _batches()
    yield from _messages()
    yield from _positions()
    yield from _dear_values()
    yield from _imports()
    yield from _administration()
    yield from _bulk()
    yield from _reads()


def functions_without_a_case() -> list[str]:
    """Functions of the application whose arguments can be large, without a case or a reason for none."""
    found = {case.function for case in (*cases(), *worst_reads.cases(Fleet()))}
    demanding = {function for function, (arguments, _) in SIGNATURES.items() if grows(arguments)}
    return sorted(demanding - found - WITHOUT.keys())


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


def _positions() -> Iterator[Case]:
    fence = json.dumps({"type": "Polygon", "coordinates": [comb(_VERTICES)]}, separators=(",", ":"))
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

    for sensors in (10, 20):
        yield Case(
            f"{_ELEMENTS:,} readings of {sensors} values",
            "insert_device_readings",
            partial(_values, sensors),
            f"""insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor")
                select d * 100 + s, d, 4
                from generate_series(1, {_DEVICES}) d, generate_series(1, {sensors}) s
                on conflict do nothing""",
        )


# Of device 1, beside the twenty of each.
_POINTS = f"""
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select d * 100 + s, d, 4, 'p' || s from generate_series(1, {_DEVICES}) d, generate_series(1, 20) s
      on conflict ("cdSensor") do update set "dsPonto" = excluded."dsPonto";
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select 100000 + n, 1, 4, 'x' || n from generate_series(1, 3000) n on conflict do nothing
"""


def _dear_values() -> Iterator[Case]:
    """What needs more than plain values: names to look for, units, and what devices say of themselves."""
    notations: dict[str, tuple[int, Callable[[int, int], dict[str, Any]]]] = {
        "20 values by short names": (20, lambda _, s: {"dsPonto": f"p{s + 1}", "nrValor": s}),
        "20 values of a quality": (20, lambda d, s: _plain(d, s) | {"nrQualidade": 1}),
        "6 values of a foreign item": (6, lambda d, s: _plain(d, s) | {"cdProdutoItem": 9}),
        "6 values by names unique in the world": (
            6,
            lambda _, s: {"dsPonto": f"urn:dev:ow:10e2:p{s + 1}", "nrValor": s},
        ),
        "6 values by unknown names": (6, lambda _, s: {"dsPonto": f"urn:dev:ow:10e2:q{s}", "nrValor": s}),
        "6 values in another unit": (6, lambda d, s: _plain(d, s) | {"dsUnidade": "degF"}),
        "6 values in a wrong unit": (6, lambda d, s: _plain(d, s) | {"dsUnidade": "kg"}),
    }
    for name, (values, notation) in notations.items():
        yield Case(
            f"{_ELEMENTS:,} readings of {name}",
            "insert_device_readings",
            partial(_values, values, notation=notation),
            _POINTS,
        )
    points = {f"x{n}": n for n in range(1, 301)}
    many = {f"x{n}": n for n in range(1, 1_301)}
    meta: dict[str, tuple[int, dict[str, int], dict[str, int]]] = {
        "60 readings of 1,300 values, 300 of them in meta, too": (60, many, points),
        "100 readings with 300 points in meta": (100, {}, points),
        f"{_ELEMENTS:,} readings with 6 members in meta": (_ELEMENTS, {}, {f"m{n}": n for n in range(6)}),
    }
    for name, (elements, named, said) in meta.items():
        yield Case(name, "insert_device_readings", partial(_with_meta, elements, named, said), _POINTS)


def _with_meta(elements: int, values: dict[str, int], meta: dict[str, int], run: int) -> dict[str, Any]:
    end = datetime.now(UTC) - timedelta(days=run)
    readings = [
        {
            "cdDispositivo": 1,
            "nrSeq": number,
            "dtRegistro": (end - timedelta(seconds=number)).isoformat(),
            "sensores": [{"dsPonto": name, "nrValor": value} for name, value in values.items()],
            "meta": meta,
        }
        for number in range(elements)
    ]
    return {"p_readings": json.dumps(readings, separators=(",", ":"))}


def _plain(device: int, number: int) -> dict[str, Any]:
    return {"cdSensor": device * 100 + number + 1, "nrValor": number}


def _values(
    sensors: int, run: int, notation: Callable[[int, int], dict[str, Any]] = _plain
) -> dict[str, Any]:
    """Elements that name each of a device's sensors."""
    end = datetime.now(UTC) - timedelta(days=run)

    def element(number: int) -> dict[str, Any]:
        device = number % _DEVICES + 1
        values = [notation(device, s) for s in range(sensors)]
        instant = (end - timedelta(seconds=number)).isoformat()
        return {"cdDispositivo": device, "dtRegistro": instant, "sensores": values}

    return {"p_readings": json.dumps([element(number) for number in range(_ELEMENTS)])}


def _imports() -> Iterator[Case]:
    """History of a year ago; with validar=1 of months that have no partitions, too."""

    def arguments(run: int, *, sensors: int, validate: bool) -> dict[str, Any]:
        readings = json.loads(_values(sensors, run + 365 * (2 if validate else 1))["p_readings"])
        for reading in readings:
            reading["nrBatPercentual"] = 50
        return {"p_leituras": json.dumps(readings), "p_validar": validate}

    for sensors in (1, 20):
        for validate in (False, True):
            yield Case(
                f"{_ELEMENTS:,} imported readings of {sensors} values" + ", validar" * validate,
                "importar_historico",
                partial(arguments, sensors=sensors, validate=validate),
                _POINTS,
            )


def _bulk() -> Iterator[Case]:
    """Rows that name nothing, things of their own each, and things that do not exist."""

    def case(name: str, kind: str, row: Callable[[int, int], dict[str, Any]]) -> Case:
        def arguments(run: int) -> dict[str, Any]:
            rows = [row(run, number) for number in range(_ELEMENTS)]
            return {"p_cadastro": kind, "p_linhas": json.dumps(rows)}

        return Case(f"{_ELEMENTS:,} new {name}", "criar_cadastros", arguments, _NAMED)

    def device(run: int, number: int, *, first: int = 0) -> dict[str, Any]:
        codes = dict.fromkeys(("cdDestinatario", "cdProduto"), first + number) if first else {}
        return {"dsDispositivo": f"n{number}", "cdStatus": "estoque", **codes}

    def sensor(run: int, number: int, *, first: int) -> dict[str, Any]:
        codes = dict.fromkeys(("cdDispositivo", "cdProdutoItem"), first + number)
        return {"cdTipoSensor": 4, "dsPonto": f"{monotonic()} {run}", **codes}

    yield case("devices", "dispositivos", device)
    for first, which in ((200_000, "as many"), (1_000_000_000, "unknown")):
        yield case(f"devices of {which} sites and products", "dispositivos", partial(device, first=first))
        yield case(f"sensors of {which} devices and items", "sensores", partial(sensor, first=first))


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
    area = {"poligono": {"type": "Polygon", "coordinates": [comb(_VERTICES)]}}
    yield Case(
        f"positions in a polygon of {_VERTICES:,} vertices",
        "get_posicoes_atuais",
        lambda _: {"p_area": json.dumps(area)},
    )


def _messages() -> Iterator[Case]:
    def messages(run: int) -> dict[str, Any]:
        def message(number: int) -> dict[str, Any]:
            kind = ("ack", "event")[number % 2]
            payload = {
                "schema": "v1",
                "cmd_id": f"{run} {number}",
                "ok": True,
                "event_type": f"{run} {number}",
            }
            payload |= {"ts": 1_780_000_000 + number, "data": {"x": "x" * 1_000}}
            return {
                "tipo": kind,
                "cdCliente": 1,
                "cdDispositivo": number % _DEVICES + 1,
                "dsPayload": payload,
            }

        return {"p_readings": "[]", "p_mensagens": json.dumps([message(n) for n in range(_ELEMENTS)])}

    yield Case(f"{_ELEMENTS:,} acknowledgements and events", "insert_device_messages", messages)
    single = json.dumps([{"dsPonto": f"ponto {n}", "nrValor": 1} for n in range(1_500)])
    yield Case(
        "one reading of 1,500 values",
        "insert_device_reading",
        lambda run: {"p_cd_dispositivo": 1, "p_nr_seq": run, "p_sensor_readings": single},
    )


def _administration() -> Iterator[Case]:
    yield Case(
        f"replay of {_ELEMENTS:,}", "reprocessar_erros", lambda _: {"p_nr_limite": _ELEMENTS}, _REPLAYABLE
    )
    yield Case(
        f"replay of one message with {_ELEMENTS:,} readings",
        "reprocessar_payload",
        _replayed,
        _REPLAYABLE + _FIRST,
    )
    yield Case(
        "one more into a full quarantine",
        "quarentenar_payload",
        lambda run: {
            "p_payload": base64.b64encode(b"x" * 16_384).decode(),
            "p_nr_tamanho": 8 << 20,
            "p_hash": hashlib.sha256(str(run).encode()).hexdigest(),
            "p_motivo": "TOO_LARGE",
            "p_ds_erro": "x",
        },
        _FULL,
    )
    yield Case("1,000 of a full quarantine", "get_erros_ingestao", lambda _: {"p_page_size": 1_000}, _FULL)
    yield Case("discard of 10,000", "descartar_erros", lambda _: {}, _REPLAYABLE)
    for function in ("revogar_api_key", "rotacionar_api_key"):
        yield Case(f"a key that made 5,000, {function}", function, lambda _: {"p_cd_api_key": _MOTHER}, _KEYS)
    yield Case(
        "an admin who leaves 5,000 keys, remover_pessoa",
        "remover_pessoa",
        lambda _: {"p_id": person(2)},
        _KEYS,
        person(1),
    )
    fence = json.dumps({"type": "Polygon", "coordinates": [comb(4_500, 5)]}, separators=(",", ":"))
    site = json.dumps({"dsNome": "x", "dsCerca": json.loads(fence)})
    yield Case(
        "a site with a geofence of 4,500 vertices",
        "criar_cadastro",
        lambda _: {"p_cadastro": "destinatarios", "p_dados": site},
    )
    yield Case(
        "the same, changed",
        "mudar_cadastro",
        lambda _: {"p_cadastro": "destinatarios", "p_codigo": 1, "p_dados": site},
    )


def _replayed(run: int) -> dict[str, Any]:
    readings = [{"cdDispositivo": 1, "nrSeq": 1_000_000 * (run + 1) + n} for n in range(_ELEMENTS)]
    return {"p_cd_erro": 2_000_000_000, "p_readings": json.dumps(readings)}


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
            call = f"{_ENTER} select public.{case.function}({names})"
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
