"""The reads that scripts/bench storage times on rows and on packed history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .fleet import Fleet, client_of
from .timeseries_cases import Asker
from .timeseries_data import FAST

_DEVICE = 5  # of client 1, whose user asks


@dataclass(frozen=True)
class Read:
    """A question about the last days before a time."""

    title: str
    days: int
    ask: Callable[[Asker, datetime], bytes]
    of_fast: bool = False

    def reaches(self, fleet: Fleet, until: datetime, fast_days: int) -> bool:
        """Whether all that it asks for is loaded."""
        days = fast_days if self.of_fast else fleet.days
        return until - timedelta(days=self.days) >= fleet.end - timedelta(days=days)


def _points(title: str, days: int, agg: str, sensor: int = FAST) -> Read:
    def ask(asker: Asker, until: datetime) -> bytes:
        end = until.replace(tzinfo=UTC)
        return asker.ask(
            "get_data_points", p_cd_sensor=sensor, p_agg=agg, p_limit=100_000,
            p_dt_inicio=end - timedelta(days=days), p_dt_fim=end,
        )  # fmt: skip

    return Read(title, days, ask, sensor >= FAST)


def _history(title: str, days: int, **whose: int) -> Read:
    def ask(asker: Asker, until: datetime) -> bytes:
        end = until.replace(tzinfo=UTC) - timedelta(microseconds=1)
        return asker.ask(
            "get_historico_paginado", p_dt_registro_comeco=end - timedelta(days=days), p_dt_registro_fim=end,
            **whose,
        )  # fmt: skip

    return Read(title, days, ask)


def _totals(title: str, days: int, devices: list[int]) -> Read:
    def ask(asker: Asker, until: datetime) -> bytes:
        end = until.replace(tzinfo=UTC)
        return asker.ask(
            "get_device_aggregations", p_dispositivos=devices, p_dt_inicio=end - timedelta(days=days),
            p_dt_fim=end,
        )  # fmt: skip

    return Read(title, days, ask)


def _track(title: str, days: int) -> Read:
    def ask(asker: Asker, until: datetime) -> bytes:
        end = until.replace(tzinfo=UTC)
        return asker.ask(
            "get_trajeto", p_cd_dispositivo=_DEVICE, p_dt_inicio=end - timedelta(days=days), p_dt_fim=end,
            p_page_size=1_000,
        )  # fmt: skip

    return Read(title, days, ask)


READS = (
    _points("a day at 1 Hz, raw", 1, "raw"),
    _points("a day at 1 Hz by the minute", 1, "1m"),
    _points("10 days at 1 Hz by the minute", 10, "1m"),
    _points("10 days at 1 Hz by the hour", 10, "1h"),
    _points("30 days every 15 min, raw", 30, "raw", _DEVICE),
    _points("30 days every 15 min by the hour", 30, "1h", _DEVICE),
    _history("history page of a device, 30 days", 30, p_cd_dispositivo=_DEVICE),
    _history("history page of a client of 20, 30 days", 30, p_cd_cliente=client_of(_DEVICE)),
    _track("track of a device, 10 days", 10),
    _totals("totals of 20 devices, 30 days", 30, list(range(1, 21))),
)
