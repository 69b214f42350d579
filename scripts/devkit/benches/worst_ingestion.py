"""The worst batches: readings, positions, values, messages and imports of history."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from .worst_case import BODY, DEVICES, ELEMENTS, FULL, VERTICES, Case, met
from .worst_reads import comb

# Of device 1, beside the twenty of each.
_POINTS = f"""
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select d * 100 + s, d, 4, 'p' || s from generate_series(1, {DEVICES}) d, generate_series(1, 20) s
      on conflict ("cdSensor") do update set "dsPonto" = excluded."dsPonto";
    insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
      select 100000 + n, 1, 4, 'x' || n from generate_series(1, 3000) n on conflict do nothing
"""


def cases() -> Iterator[Case]:
    """Those of one client with a hundred devices, each the first time and met by stored ones."""
    for case in (*_batches(), *_messages(), *_positions(), *_dear_values(), *_imports()):
        yield case
        yield from met(case)


def _batches() -> Iterator[Case]:
    def case(name: str, element: Callable[[int, int], dict[str, Any]], before: str = "") -> Case:
        def arguments(run: int) -> dict[str, Any]:
            return {"p_readings": json.dumps([element(run, number) for number in range(ELEMENTS)])}

        return Case(f"{ELEMENTS:,} {name}", "insert_device_readings", arguments, before)

    def bad(run: int, number: int) -> dict[str, Any]:
        return {"cdDispositivo": 1, "nrSeq": f"{run} {number}"}

    def meeting(run: int, number: int) -> dict[str, Any]:
        moment = datetime.now(UTC).replace(minute=0, second=0, microsecond=run + 1) - timedelta(hours=3)
        sensors = [{"cdSensor": 1, "nrValor": 1}]
        return {
            "cdDispositivo": 1, "dtRegistro": moment.isoformat(), "nrSeq": ELEMENTS - number,
            "sensores": sensors,
        }  # fmt: skip

    def again(_run: int, number: int) -> dict[str, Any]:
        return {"cdDispositivo": 1, "dtRegistro": sent.isoformat(), "nrSeq": number, "nrBat": 3.5}

    text = "x" * (BODY // ELEMENTS - 80)
    sent = datetime.now(UTC) - timedelta(hours=4)
    yield case("distinct bad readings", bad)
    yield case("distinct bad readings, 8 MB", lambda run, n: bad(run, n) | {"dtRegistro": text})
    yield case(
        "readings of unknown devices",
        lambda run, n: {"cdDispositivo": 10_000_000 * (run + 1) + n, "nrBat": 3.5},
    )
    yield case(
        f"bad readings of {DEVICES} devices",
        lambda run, n: {"cdDispositivo": n % DEVICES + 1, "nrSeq": f"{run} {n}"},
    )
    yield case("bad readings into a full quarantine of 10,000 devices", bad, FULL)
    yield case("readings that each take a value over from the one before", meeting)
    yield case("positions of one device and time, sent again", again)


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
                "cdDispositivo": number % DEVICES + 1,
                "dsPayload": payload,
            }

        return {"p_readings": "[]", "p_mensagens": json.dumps([message(n) for n in range(ELEMENTS)])}

    yield Case(f"{ELEMENTS:,} acknowledgements and events", "insert_device_messages", messages)
    single = json.dumps([{"dsPonto": f"ponto {n}", "nrValor": 1} for n in range(1_500)])
    yield Case(
        "one reading of 1,500 values",
        "insert_device_reading",
        lambda run: {"p_cd_dispositivo": 1, "p_nr_seq": run, "p_sensor_readings": single},
    )


def _positions() -> Iterator[Case]:
    fence = json.dumps({"type": "Polygon", "coordinates": [comb(VERTICES)]}, separators=(",", ":"))
    sites = f"""
        insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdCliente", "dsCerca")
        select n, 'x', 1, '{fence}' from generate_series(9001, 9002) n on conflict do nothing;
        update public."TbDispositivo" set "cdDestinatario" = 9001 + "cdDispositivo" % 2"""

    def arguments(run: int, *, validate: bool, devices: int) -> dict[str, Any]:
        def position(number: int) -> dict[str, Any]:
            place = {"latitude": number % 100 / 101, "longitude": number % 97 / 98}
            return {"cdDispositivo": number % devices + 1, "nrSeq": run * ELEMENTS + number, **place}

        readings = json.dumps([position(number) for number in range(ELEMENTS)])
        return {"p_readings": readings, "p_validar": validate}

    for devices, validate in ((1, False), (2, False), (2, True)):
        name = f"{ELEMENTS:,} positions, geofences of {VERTICES:,} vertices, {devices} sites"
        yield Case(
            name + ", validar" * validate,
            "insert_device_readings",
            partial(arguments, validate=validate, devices=devices),
            sites,
        )

    for sensors in (8, 15):
        yield Case(
            f"{ELEMENTS:,} readings of {sensors} values",
            "insert_device_readings",
            partial(_values, sensors),
            f"""insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor")
                select d * 100 + s, d, 4
                from generate_series(1, {DEVICES}) d, generate_series(1, {sensors}) s
                on conflict do nothing""",
        )


def _dear_values() -> Iterator[Case]:
    """What needs more than plain values: names to look for, units, and what devices say of themselves."""
    notations: dict[str, tuple[int, Callable[[int, int], dict[str, Any]]]] = {
        "15 values by short names": (15, lambda _, s: {"dsPonto": f"p{s + 1}", "nrValor": s}),
        "15 values of a quality": (15, lambda d, s: _plain(d, s) | {"nrQualidade": 1}),
        "3 values of a foreign item": (3, lambda d, s: _plain(d, s) | {"cdProdutoItem": 9}),
        "3 values by names unique in the world": (
            3,
            lambda _, s: {"dsPonto": f"urn:dev:ow:10e2:p{s + 1}", "nrValor": s},
        ),
        "3 values by unknown names": (3, lambda _, s: {"dsPonto": f"urn:dev:ow:10e2:q{s}", "nrValor": s}),
        "3 values in another unit": (3, lambda d, s: _plain(d, s) | {"dsUnidade": "degF"}),
        "3 values in a wrong unit": (3, lambda d, s: _plain(d, s) | {"dsUnidade": "kg"}),
    }
    for name, (values, notation) in notations.items():
        yield Case(
            f"{ELEMENTS:,} readings of {name}",
            "insert_device_readings",
            partial(_values, values, notation=notation),
            _POINTS,
        )
    points = {f"x{n}": n for n in range(1, 301)}
    many = {f"x{n}": n for n in range(1, 1_301)}
    meta: dict[str, tuple[int, dict[str, int], dict[str, int]]] = {
        "30 readings of 1,300 values, 300 of them in meta, too": (30, many, points),
        "62 readings with 300 points in meta": (62, {}, points),
        f"{ELEMENTS:,} readings with 3 members in meta": (ELEMENTS, {}, {f"m{n}": n for n in range(3)}),
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
        device = number % DEVICES + 1
        values = [notation(device, s) for s in range(sensors)]
        instant = (end - timedelta(seconds=number)).isoformat()
        return {"cdDispositivo": device, "dtRegistro": instant, "sensores": values}

    return {"p_readings": json.dumps([element(number) for number in range(ELEMENTS)])}


_IMPORTED_VALUES = 12_000  # of importar_historico


def _imports() -> Iterator[Case]:
    """History of a year ago; with validar=1 of months that have no partitions, too."""

    def arguments(run: int, *, sensors: int, validate: bool) -> dict[str, Any]:
        readings = json.loads(_values(sensors, run + 365 * (2 if validate else 1))["p_readings"])
        readings = readings[: _IMPORTED_VALUES // sensors]
        for reading in readings:
            reading["nrBatPercentual"] = 50
        return {"p_leituras": json.dumps(readings), "p_validar": validate}

    for sensors in (1, 3):
        rows = min(ELEMENTS, _IMPORTED_VALUES // sensors)
        for validate in (False, True):
            yield Case(
                f"{rows:,} imported readings of {sensors} values" + ", validar" * validate,
                "importar_historico",
                partial(arguments, sensors=sensors, validate=validate),
                _POINTS,
            )
