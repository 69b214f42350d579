"""python -m app.jobs.metrics: the metrics of an installation, on a port for Prometheus alone.

Those of all processes of the API on this machine, which share a folder, and those of the database, which is
asked at each scrape. When either is away, the other is still answered.
"""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

import psycopg2
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from pydantic import Field

from app import logs
from app.environment import NONE, Dsn, Level, SettingsError, Text, Variables, required, variable
from app.ingest import health

from . import database

_log = logging.getLogger("app.jobs")
_QUERY = "select name, about, labels, value from private.list_metrics()"
_ALONE = "set statement_timeout = '5s'; set lock_timeout = '1s'"


class MetricsSettings(Variables):
    """Settings of ``python -m app.jobs.metrics``."""

    url: Dsn = variable("RASTRO_MAINTENANCE_URL", NONE, "PostgreSQL, logging in as rastro_manutencao")
    folder: Text = variable(
        "PROMETHEUS_MULTIPROC_DIR",
        "",
        "folder in which the processes of the API count; empty: the database's metrics only",
    )
    port: Annotated[int, Field(ge=1, le=65_535)] = variable(
        "RASTRO_METRICS_PORT", 9109, "port of python -m app.jobs.metrics; keep it from the public"
    )
    log_level: Level = variable("RASTRO_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def missing(cls, environ: Mapping[str, str | None]) -> list[str]:
        """See Variables."""
        return required(environ, "RASTRO_MAINTENANCE_URL")


class DatabaseMetrics(Collector):
    """The rows that ``read`` returns, (name, about, labels, value), at each scrape. Thread-safe."""

    def __init__(self, read: Callable[[], list[Any]]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._away = False

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: registering must not ask the database."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """See Collector; rastro_database_up is 0 where the database does not answer."""
        rows = self._rows()
        yield GaugeMetricFamily(
            "rastro_database_up", "Whether the database answers", value=float(rows is not None)
        )
        families: dict[str, GaugeMetricFamily] = {}
        for name, about, labels, value in rows or ():
            names = sorted(labels)
            family = families.setdefault(name, GaugeMetricFamily(f"rastro_{name}", about, labels=names))
            family.add_metric([labels[one] for one in names], value)
        yield from families.values()

    def _rows(self) -> list[Any] | None:
        with self._lock:
            try:
                rows = self._read()
            except psycopg2.Error as error:
                if not self._away:
                    _log.error("metrics_failed", extra={"fields": {"error": str(error).strip()[:500]}})
                self._away = True
                return None
            self._away = False
            return rows


def registry(settings: MetricsSettings) -> CollectorRegistry:
    """What is answered at /metrics."""
    session = database.Session(settings.url.get_secret_value(), "metrics")

    def read() -> list[Any]:
        session.rows(_ALONE)
        return session.rows(_QUERY)

    found = CollectorRegistry()
    found.register(DatabaseMetrics(read))
    if settings.folder:
        MultiProcessCollector(found, path=settings.folder)  # type: ignore[no-untyped-call]
    return found


def main() -> None:
    """Until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.metrics", description=__doc__)
    parser.parse_args()
    try:
        settings = MetricsSettings.from_env()
        found = registry(settings)
        health.serve(settings.port, found, dict)
    except (SettingsError, ValueError, OSError) as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    database.end_on_signals(exit_code=0)
    _log.info("metrics_started", extra={"fields": {"port": settings.port}})
    threading.Event().wait()


if __name__ == "__main__":
    main()
