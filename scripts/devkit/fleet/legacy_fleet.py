"""A fleet with a history in a database of the legacy system, for tests and benches.

Rows of all devices are interleaved by time, as they arrived. Readings were inserted some milliseconds after
their position. The same numbers give the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FLEET_SQL = Path(__file__).with_suffix(".sql")
PER_CLIENT, PLACES = 20, 16
SECONDS_A_DAY = 86_400

# One day per statement. `i` numbers the reports in the order of time: of a round of all devices the d-th.
_REPORTS = """
    from generate_series(%(first)s::bigint, %(last)s::bigint) i
    cross join lateral (select (i / %(devices)s)::integer as round, (i %% %(devices)s)::integer + 1 as d) n
    cross join lateral (select %(start)s::timestamp
      + make_interval(secs => (n.round::bigint * %(devices)s + n.d - 1) * %(gap)s::float8) as instant) t
"""
_POSITIONS = f"""
    insert into public."TbPosicao" ("cdPosicao", "nrBat", "nrSeq", "cdDispositivo", "blArea", "dtRegistro",
                                    "cdDestinatario", "cdEndereco")
    select i + 1, 3.3 + (n.round + n.d) %% 40 / 100.0, case when n.d %% 2 = 0 then n.round end, n.d,
           (n.round * 7 + n.d) %% {PLACES} < 14, t.instant, n.d,
           (n.d - 1) * {PLACES} + (n.round * 7 + n.d) %% {PLACES} + 1
    {_REPORTS}
"""
_READINGS = f"""
    insert into public."TbSensorRegistro" ("cdDispositivo", "cdSensor", "cdPosicao", "cdProdutoItem",
                                           "nrValor", "dtRegistro")
    select n.d, (n.d - 1) * %(sensors)s + s, i + 1,
           case when (n.d + s - 1) %% 4 = 2 then (n.d - 1) / {PER_CLIENT} + 1 end,
           case (n.d + s - 1) %% 4 when 0 then round((4 + 3 * sin(n.round / 15.0 + n.d))::numeric, 1)
                                   when 1 then (n.round * 3 + n.d) %% 5
                                   when 2 then 500 + 350 * ((n.round / 4 + n.d) %% 24)
                                   else (n.round * 5 + n.d) %% 17 end,
           t.instant + interval '23 ms'
    {_REPORTS}
    cross join generate_series(1, %(sensors)s) s
"""


@dataclass(frozen=True)
class LegacyFleet:
    """Its size, and the end of its history (UTC without time zone, as in the database)."""

    devices: int = 1_000
    days: int = 90
    per_day: int = 96
    sensors: int = 1  # of each device
    end: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    )

    @property
    def clients(self) -> int:
        return -(-self.devices // PER_CLIENT)

    @property
    def reports(self) -> int:
        """Rows of TbPosicao; of TbSensorRegistro there are `sensors` times as many."""
        return self.devices * self.days * self.per_day

    @property
    def start(self) -> datetime:
        return self.end - timedelta(days=self.days)

    def sensors_of(self, device: int) -> list[int]:
        return [(device - 1) * self.sensors + n for n in range(1, self.sensors + 1)]

    def place_of(self, device: int) -> tuple[float, float]:
        """Latitude and longitude of the site of a device."""
        return round(-23.9 + (device - 1) % 20 * 0.035, 5), round(-46.9 + (device - 1) // 20 * 0.035, 5)

    def __str__(self) -> str:
        return f"{self.devices:,} devices × {self.days} days × {self.per_day} reports a day"


def person(client: int) -> str:
    """Auth id of the user of a client."""
    return f"00000000-0000-4000-8000-{client:012}"


def client_of(device: int) -> int:
    """The client of a device; its product has the same code."""
    return (device - 1) // PER_CLIENT + 1


def fill(cursor: Any, fleet: LegacyFleet) -> None:
    """Insert everything but the history, as the owner."""
    cursor.execute(
        FLEET_SQL.read_text().format(
            devices=fleet.devices, clients=fleet.clients, sensors=fleet.sensors, per_client=PER_CLIENT,
            reports=fleet.reports,
        )
    )  # fmt: skip


def days(fleet: LegacyFleet) -> Iterator[dict[str, Any]]:
    """What `fill_day` needs for each day, oldest first."""
    per_day = fleet.devices * fleet.per_day
    for day in range(fleet.days):
        yield {
            "first": day * per_day, "last": (day + 1) * per_day - 1, "devices": fleet.devices,
            "sensors": fleet.sensors, "start": fleet.start, "gap": SECONDS_A_DAY / per_day,
        }  # fmt: skip


def fill_day(cursor: Any, day: dict[str, Any]) -> None:
    """Insert the positions and readings of one day."""
    cursor.execute(_POSITIONS, day)
    cursor.execute(_READINGS, day)
