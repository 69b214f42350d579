"""The queries, the user of each, and what they are compared with."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, timedelta
from statistics import median
from time import monotonic
from types import TracebackType
from typing import Any, Self

from ..console import Problem
from . import bench
from .fleet import PER_CLIENT, Fleet, client_of, person
from .rpc import PostgresBackend, Principal, backend
from .timeseries_data import FAST

_CLIENT, _DEVICE = 2, PER_CLIENT + 5  # of the fleet, unlike the fast sensor's
_PERSON = f"select set_config('request.jwt.claims', '{{\"sub\": \"{person(1)}\"}}', false)"


class Asker:
    """One connection as the API has it, and one for each role that runs SQL directly: changing the role of a
    connection would discard all plans.
    """

    def __init__(self, database: bench.Bench, fleet: Fleet, fast_days: int) -> None:
        self.database, self.fleet, self.fast_days = database, fleet, fast_days
        self._stack = ExitStack()
        self._cursors: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.door: PostgresBackend = self._stack.enter_context(backend(self.database))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def ask(self, rpc: str, client: int = 1, **arguments: Any) -> bytes:
        """The JSON of an RPC, called by the user of a client."""
        return bytes(self.door.call(rpc, Principal("user", person(client)), **arguments).json)

    def plainly(self, statement: str, role: str, *values: Any) -> Any:
        """Rows of a statement, as the user of client 1 or as a role that bypasses row-level security."""
        if role not in self._cursors:
            cursor = self._stack.enter_context(bench.connected(self.database.owner_url))
            cursor.execute(f"set role {role}")
            if role == "authenticated":
                cursor.execute(_PERSON)
            self._cursors[role] = cursor
        self._cursors[role].execute(statement, values)
        return self._cursors[role].fetchall()


@dataclass(frozen=True)
class Case:
    """A query, a check of its result, and a query that is run alternately for comparison."""

    title: str
    asks: Callable[[Asker], Any]
    numbers: str = ""
    beside: str = ""
    other: Callable[[Asker], Any] | None = None
    is_right: Callable[[Any], bool] = bool

    def line(self, asker: Asker, runs: int) -> str:
        """A row of the table."""
        if not self.is_right(self.asks(asker)):
            raise Problem(f"Not measured, the result is wrong: {self.title}")
        mine, others = [], []
        for _ in range(runs):
            mine.append(_seconds(self.asks, asker))
            if self.other:
                others.append(_seconds(self.other, asker))
        ratio = f"{median(mine) / median(others):.3f}" if others else ""
        return f"| {self.title} | {median(mine) * 1_000:,.2f} | {self.numbers} | {self.beside} | {ratio} |"


def _seconds(ask: Callable[[Asker], Any], asker: Asker) -> float:
    begin = monotonic()
    ask(asker)
    return monotonic() - begin


def _points(days: float, agg: str, sensor: int = FAST, **more: Any) -> Callable[[Asker], bytes]:
    def ask(asker: Asker) -> bytes:
        end = asker.fleet.end.replace(tzinfo=UTC)
        window = {"p_dt_inicio": end - timedelta(days=days), "p_dt_fim": end}
        arguments: dict[str, Any] = {
            "p_cd_sensor": sensor,
            "p_agg": agg,
            "p_limit": 100_000,
            **window,
            **more,
        }
        return asker.ask("get_data_points", **arguments)

    return ask


def _history(days: int | None, **whose: int) -> Callable[[Asker], bytes]:
    def ask(asker: Asker) -> bytes:
        end = asker.fleet.end.replace(tzinfo=UTC)
        window = (
            {"p_dt_registro_comeco": end - timedelta(days=days), "p_dt_registro_fim": end} if days else {}
        )
        return asker.ask("get_historico_paginado", _CLIENT, **whose, **window)

    return ask


def _buckets(count: int) -> Callable[[bytes], bool]:
    return lambda answer: answer.count(b'"ts"') == count


def _from_readings(asker: Asker) -> Any:
    begin = asker.fleet.end - timedelta(days=asker.fast_days)
    return asker.plainly(
        """select json_agg(b) from (
             select date_trunc('hour', "dtRegistro") as ts, avg("nrValor"), min("nrValor"), max("nrValor"),
                    sum("nrValor"), count(*)
             from "TbSensorRegistro" where "cdSensor" = %s and "dtRegistro" >= %s group by 1 order by 1) b""",
        "authenticated", FAST, begin,
    )  # fmt: skip


def _as(role: str, days: int, agg: str) -> Callable[[Asker], Any]:
    def ask(asker: Asker) -> Any:
        return asker.plainly(
            """select get_data_points(%s, %s::timestamp at time zone 'UTC', %s::timestamp at time zone 'UTC',
                                      %s, 100000)::text""",
            role, FAST, asker.fleet.end - timedelta(days=days), asker.fleet.end, agg,
        )  # fmt: skip

    return ask


def _count(asker: Asker) -> Any:
    first = (_CLIENT - 1) * PER_CLIENT + 1
    return asker.plainly(
        'select count(*) from "TbPosicao" where "cdDispositivo" between %s and %s', "service_role",
        first, first + PER_CLIENT - 1,
    )  # fmt: skip


def _current(asker: Asker) -> bytes:
    return asker.ask("get_posicoes_atuais", _CLIENT, p_cd_produto=_CLIENT)


def cases(days: int) -> list[Case]:
    """The rows of the table; `days` of the sensor at 1 Hz."""
    device = {"p_cd_dispositivo": _DEVICE}
    client = {"p_cd_cliente": client_of(_DEVICE)}
    hours, minutes, a_day = _points(days, "1h"), _points(days, "1m"), _points(1, "1m")
    slow, thinned = _points(days, "1m", FAST + 1), _points(1, "raw", p_max_points=1_000)
    fast, page = f"{days} days of a 1 Hz sensor", "history page, exact total"
    return [
        Case(f"{fast} at 1h", hours, "3 / 1.5", is_right=_buckets(days * 24)),
        Case("the same, begun in mid-hour", _points(days - 0.02, "1h"), "3 / 1.5"),
        Case("the same, beside a query over the readings", hours, "", "the readings", _from_readings),
        Case(f"{fast} at 1m", minutes, "100 / 70", is_right=_buckets(days * 1_440)),
        Case("24 h at 1m", a_day, "10 / 4", is_right=_buckets(1_440)),
        *(
            _policies(title, days, agg)
            for title, days, agg in ((f"{fast} at 1h", days, "1h"), ("24 h at 1m", 1, "1m"))
        ),
        Case("24 h, auto", _points(1, "auto")),
        Case("24 h raw, thinned to 1,000 points", thinned, is_right=_buckets(1_000)),
        Case(f"{days} days of a 1/60 Hz sensor at 1m", slow, is_right=_buckets(days * 1_440)),
        Case(f"{page}: a device", _history(None, **device), "10 / 5"),
        Case(f"{page}: a device, 30 days", _history(30, **device), "10 / 5"),
        Case(f"{page}: a client of 20", _history(None, **client), "50 / 20"),
        Case("the same, beside a count alone", _history(None, **client), "", "the count", _count),
        Case(f"{page}: a client of 20, 30 days", _history(30, **client), "50 / 20"),
        Case("current positions of a product", _current, "5 / 1"),
    ]


def with_a_dirty_hour(days: int) -> Case:
    """All hours, of which the first one is dirty, beside those after it."""
    hours, others = _points(days, "1h"), _points(days - 1 / 24, "1h")
    title = f"{days} days of a 1 Hz sensor at 1h, the first one dirty"
    return Case(title, hours, "", "the other hours", others, _buckets(days * 24))


def _policies(title: str, days: int, agg: str) -> Case:
    beside = "without policies"
    return Case(
        f"{title}, RLS",
        _as("authenticated", days, agg),
        "1.10 / 1.03",
        beside,
        _as("service_role", days, agg),
    )
