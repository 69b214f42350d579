"""GET /metrics: time-series maintenance and turns of callers, for Prometheus. Public, like health."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from app.http.kit import shares, successors
from app.http.kit.blueprint import errors, operation_id
from app.http.kit.call import backend

from .health import whoever
from .schemas import LegacyUse, MaintenanceStep, SeriesHealth

metrics = APIBlueprint(
    "metrics",
    __name__,
    abp_tags=[Tag(name="metrics", description="For Prometheus; public")],
    operation_id_callback=operation_id,
)
_TEXT = {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}


@metrics.get("/metrics", responses={200: _TEXT, **errors(401, 429, 500, 503)})
def get_metrics() -> Response:
    """Health of time-series maintenance as Prometheus gauges; of single steps for the role service only."""
    answer = msgspec.json.decode(backend().call("get_saude_series", whoever()).json)
    return Response(exposition(SeriesHealth.model_validate(answer)), mimetype=CONTENT_TYPE_LATEST)


def exposition(health: SeriesHealth) -> bytes:
    """The text; what is not known is left out."""
    # No Gauge: in the files that processes may share (app/meters.py) it would count as one of theirs.
    registry = CollectorRegistry()
    _set(registry, "rollup_lag_seconds", "Seconds since the watermark of the rollups", health.lagSeconds)
    _set(registry, "rollup_dirty_windows", "Dirty hours of the rollups", health.dirtyWindows)
    _set(registry, "partitions_ahead_months", "Future months that have partitions", health.partitionsAhead)
    _set(
        registry,
        "quarantine_lost",
        "Payloads that have given way to newer ones in full quarantines",
        health.quarantineLost,
    )
    ended = health.lastRun.endedAt.timestamp() if health.lastRun else None
    _set(
        registry,
        "maintenance_last_run_timestamp_seconds",
        "End of the last maintenance run, seconds since 1970",
        ended,
    )
    failing, failures = health.failingSteps, health.failures24h
    _set(registry, "maintenance_failing_steps", "Maintenance steps whose last run failed", failing)
    _set(registry, "maintenance_failures_24h", "Failures of maintenance steps in the last 24 hours", failures)
    _steps(registry, health.steps or [])
    if health.legacyUse:
        registry.register(_ConvertedUses(health.legacyUse))
    registry.register(_Turns())
    registry.register(_LegacyUses())
    return bytes(generate_latest(registry))


class _Known(Collector):
    def __init__(self, family: GaugeMetricFamily) -> None:
        self._family = family

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield self._family


class _Turns(Collector):
    def collect(self) -> Iterable[CounterMetricFamily]:
        family = CounterMetricFamily(
            "rastro_http_turns",
            "Requests of callers that had a thread, or too many already",
            labels=["outcome"],
        )
        for outcome, number in shares.counts().items():
            family.add_metric([outcome], number)
        yield family


class _LegacyUses(Collector):
    def collect(self) -> Iterable[CounterMetricFamily]:
        family = CounterMetricFamily(
            "rastro_http_legacy", "Requests of legacy routes", labels=["route", "caller"]
        )
        for (route, caller), number in successors.uses().items():
            family.add_metric([route, caller], number)
        yield family


class _ConvertedUses(Collector):
    def __init__(self, use: LegacyUse) -> None:
        self._use = use

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        calls = CounterMetricFamily(
            "rastro_legacy_calls",
            "Calls of the legacy application to the converted database, since the switch",
            labels=["call"],
        )
        last = GaugeMetricFamily(
            "rastro_legacy_last_call_timestamp_seconds",
            "The last of these calls, seconds since 1970",
            labels=["call"],
        )
        for one in self._use.calls:
            calls.add_metric([one.call], one.calls)
            last.add_metric([one.call], one.lastAt.timestamp())
        yield calls
        yield last
        if self._use.until:
            yield GaugeMetricFamily(
                "rastro_legacy_served_until_timestamp_seconds",
                "When the legacy application is refused, seconds since 1970",
                self._use.until.timestamp(),
            )


def _set(registry: CollectorRegistry, name: str, about: str, value: float | None) -> None:
    if value is not None:
        registry.register(_Known(GaugeMetricFamily(f"rastro_{name}", about, value=value)))


def _steps(registry: CollectorRegistry, steps: list[MaintenanceStep]) -> None:
    def gauge(name: str, about: str) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"rastro_maintenance_step_{name}", about, labels=["step"])
        registry.register(_Known(family))
        return family

    failing = gauge("failing", "1 if the last run of the step failed")
    failures = gauge("failures_24h", "Failures of the step in the last 24 hours")
    seconds = gauge("seconds", "Duration of the last run of the step")
    for one in steps:
        failing.add_metric([one.step], float(one.error is not None))
        failures.add_metric([one.step], one.failures24h)
        if one.seconds is not None:
            seconds.add_metric([one.step], one.seconds)
