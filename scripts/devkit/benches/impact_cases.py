"""The questions of the refactoring plan's last table, asked of a legacy database or of a converted one."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from statistics import median
from time import monotonic
from typing import Any

from ..fleet.ledger import Ledger
from ..fleet.legacy_application import Writer
from ..fleet.legacy_fleet import PER_CLIENT, LegacyFleet, client_of, person
from ..fleet.legacy_traffic import reports
from ..fleet.postgrest import Rest
from ..fleet.postgrest_schema import Refused, Schema
from ..local import databases
from . import bench

DEVICE, REPORTS = PER_CLIENT + 5, 200
# What the list of devices of a product was filled up with: a request for each kind of sensor.
KINDS = ((2,), (4,), (5,), (1, 3), (9, 10), (11, 12, 13, 14), (15, 16, 17), (18,))
_NODES = re.compile(r"(?:->\s*)?((?:[A-Z][a-z]+ )*(?:Index Only|Index|Seq|Bitmap Heap) Scan[^(]*)")


@dataclass(frozen=True)
class Stage:
    """A database, and what is needed to ask it."""

    database: bench.Bench
    fleet: LegacyFleet
    schema: Schema
    runs: int

    def service(self) -> Rest:
        return Rest(self.schema)

    def user(self) -> Rest:
        claims = {"sub": person(client_of(DEVICE)), "role": "authenticated"}
        return Rest(self.schema, "authenticated", claims)

    @property
    def window(self) -> tuple[str, str]:
        """The last 30 days of the history, or all of it."""
        begin = max(self.fleet.start, self.fleet.end - timedelta(days=30))
        return f"{begin:%FT%T}", f"{self.fleet.end:%FT%T}"

    @property
    def devices(self) -> list[int]:
        """Those of the user's client."""
        first = (client_of(DEVICE) - 1) * PER_CLIENT + 1
        return list(range(first, min(first + PER_CLIENT, self.fleet.devices + 1)))


@dataclass
class Figures:
    """Milliseconds by question (a text where there is none), and other values."""

    ms: dict[str, float | str] = field(default_factory=dict)
    other: dict[str, float | str] = field(default_factory=dict)


def measured(stage: Stage) -> Figures:
    """All figures of a database as it is now."""
    stage.database.checkpoint()
    figures, is_new = Figures(), _is_new(stage)
    for who in ("the service key", "a user"):
        with closing(stage.service() if who == "the service key" else stage.user()) as door:
            for title, ask in _questions(stage, is_new).items():
                figures.ms[f"{title}, as {who}"] = _milliseconds(ask, door, stage.runs)
    figures.other["requests of a device list with its sums"] = 1 if is_new else 2 + len(KINDS)
    figures.other |= _ingestion(stage, is_new)
    with databases.admin(stage.database.name) as cursor:
        figures.other |= _plans(cursor, stage)
        figures.other |= _calls(cursor, stage)
    return figures


def _is_new(stage: Stage) -> bool:
    with bench.connected(stage.database.owner_url) as cursor:
        cursor.execute("select to_regproc('public.insert_device_reading') is not null")
        return bool(cursor.fetchone()[0])


def _questions(stage: Stage, is_new: bool) -> dict[str, Callable[[Rest], Any]]:
    client, (begin, end) = client_of(DEVICE), stage.window
    history = {"p_dt_registro_comeco": begin, "p_dt_registro_fim": end, "p_page": 1, "p_page_size": 20}
    window = {"dtRegistro__gte": begin, "dtRegistro__lte": end}
    return {
        "current positions of a product": lambda door: door.select("VwTbPosicaoAtual", cdProduto=client),
        "history page of a device": lambda door: door.call(
            "get_historico_paginado", p_cd_dispositivo=DEVICE, **history
        ),
        "history page of a client": lambda door: door.call(
            "get_historico_paginado", p_cd_cliente=client, **history
        ),
        "history view of a device": lambda door: door.select(
            "VwRelHistoricoDispositivoProduto", limit=1_000, cdDispositivo=DEVICE, **window
        ),
        "device list with its sums": (
            lambda door: _list_of_now(door, stage) if is_new else _list_of_then(door, stage)
        ),
    }


def _list_of_now(door: Rest, stage: Stage) -> Any:
    begin, end = stage.window
    return door.call(
        "get_lista_dispositivos_resumo", cd_cliente=client_of(DEVICE), cd_produto=client_of(DEVICE),
        dt_registro_inicio=begin, dt_registro_fim=end,
    )  # fmt: skip


def _list_of_then(door: Rest, stage: Stage) -> dict[tuple[int, int], float]:
    """The list, and rows for each kind of sensor, which the application summed up."""
    _list_of_now(door, stage)
    begin, end = stage.window
    sensors = door.select("TbSensor", cdDispositivo__in=stage.devices)
    sums: dict[tuple[int, int], float] = {}
    for kinds in KINDS:
        kind_of = {s["cdSensor"]: s["cdTipoSensor"] for s in sensors if s["cdTipoSensor"] in kinds}
        rows = door.select(
            "TbSensorRegistro", cdSensor__in=list(kind_of), dtRegistro__gte=begin, dtRegistro__lte=end
        )
        for row in rows:
            key = row["cdDispositivo"], kind_of[row["cdSensor"]]
            sums[key] = sums.get(key, 0.0) + float(row["nrValor"])
    return sums


def _milliseconds(ask: Callable[[Rest], Any], door: Rest, runs: int) -> float | str:
    """The median, after a first run; what takes longer than the timeout is asked no more."""
    times = []
    for _ in range(runs + 1):
        begin = monotonic()
        try:
            ask(door)
        except Refused as refused:
            if refused.code == "57014":
                return "timeout"
            raise
        times.append(monotonic() - begin)
        if times[0] > 2.0 and len(times) > 1:
            break
    return median(times[1:]) * 1_000


def _ingestion(stage: Stage, is_new: bool) -> dict[str, float | str]:
    """Readings of one device after the other on one connection: requests of each, and time."""
    calls, begin = 0, monotonic()
    with closing(stage.service()) as door:
        if is_new:
            for report in islice(reports(stage.fleet, 900_000_000), REPORTS):
                calls += 1
                door.call(
                    "insert_device_reading", p_cd_dispositivo=report.device, p_nr_bat=report.battery,
                    p_nr_seq=report.number % 1_000_000, p_dt_registro=None, p_latitude=report.latitude,
                    p_longitude=report.longitude,
                    p_sensor_readings=[{"cdSensor": s, "nrValor": v} for s, v in report.values.items()],
                )  # fmt: skip
        else:
            writer = Writer(door, Ledger())
            for report in islice(reports(stage.fleet, 900_000_000), REPORTS):
                writer.write(report)
            calls = writer.calls
    seconds = monotonic() - begin
    return {
        "requests, each a transaction, of a reading": calls / REPORTS,
        "ms of a reading, one after the other": seconds / REPORTS * 1_000,
    }


def _plans(cursor: Any, stage: Stage) -> dict[str, float | str]:
    """How the rows of a device, and of a sensor, on one day are found."""
    cursor.execute("set jit = off")
    begin = stage.fleet.end - timedelta(days=1)
    found: dict[str, float | str] = {}
    for relation, column, code in (
        ("TbPosicao", "cdDispositivo", DEVICE),
        ("TbSensorRegistro", "cdSensor", stage.fleet.sensors_of(DEVICE)[0]),
    ):
        cursor.execute(
            f"""explain (analyze, buffers) select * from public."{relation}"
                where "{column}" = %s and "dtRegistro" >= %s and "dtRegistro" < %s""",
            (code, begin, stage.fleet.end),
        )
        lines = [line for (line,) in cursor.fetchall()]
        names = {m[1] for line in lines if (m := _NODES.search(line))}
        nodes = {re.sub(r"_\d{4}_\d\d[^\" ]*", "", name).strip() for name in names}
        pages = re.search(r"shared hit=(\d+)(?: read=(\d+))?", "\n".join(lines))
        found[f"plan of {relation} by {column} and time"] = "; ".join(sorted(nodes))
        found[f"pages of it, {relation}"] = sum(int(n or 0) for n in pages.groups()) if pages else 0
    return found


def _calls(cursor: Any, stage: Stage) -> dict[str, float | str]:
    """Functions called while a user reads the positions of one device of one day."""
    begin = stage.fleet.end - timedelta(days=1)
    cursor.execute("begin; set local track_functions = 'all'")
    cursor.execute(
        """select set_config('request.jwt.claims', json_build_object('sub', %s)::text, true),
                  set_config('role', 'authenticated', true)""",
        (person(client_of(DEVICE)),),
    )
    cursor.execute(
        """select count(*) from public."TbPosicao"
           where "cdDispositivo" = %s and "dtRegistro" >= %s and "dtRegistro" < %s""",
        (DEVICE, begin, stage.fleet.end),
    )
    rows = cursor.fetchone()[0]
    cursor.execute("reset role")
    cursor.execute("select coalesce(sum(calls), 0) from pg_stat_xact_user_functions")
    calls = float(cursor.fetchone()[0])
    cursor.execute("rollback")
    return {f"function calls of policies for {rows} positions": calls}
