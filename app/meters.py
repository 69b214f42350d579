"""What the processes of the API count for Prometheus; python -m app.jobs.metrics answers for all of them.

They share files in the folder that PROMETHEUS_MULTIPROC_DIR names, prometheus_client's own variable. Labels
have few values: routes as they are declared, error codes, verdicts; never a device, a caller or a path.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
_VERDICTS = ("stored", "duplicate", "conflict", "rejected")
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

_requests = Counter("rastro_http_requests", "Requests answered", ["route", "method", "status"])
_seconds = Histogram(
    "rastro_http_request_seconds",
    "Seconds from a request's arrival to its answer",
    ["route"],
    buckets=_SECONDS,
)
_refusals = Counter(
    "rastro_http_refusals", "Answers of status 429 and 503, by cause", ["status", "error_code"]
)
_readings = Counter("rastro_http_readings", "Readings received over HTTP, by verdict", ["verdict"])
_connections = Gauge(
    "rastro_pool_connections_in_use", "Connections to the database in use", multiprocess_mode="livesum"
)
_no_connection = Counter("rastro_pool_refusals", "Requests that waited for a connection in vain")


def answered(route: str | None, method: str, status: int, error_code: str, seconds: float) -> None:
    """A request was. ``route`` is None where nothing has its path, ``error_code`` empty without an error."""
    known, verb = route or "unknown", method if method in _METHODS else "other"
    _requests.labels(known, verb, status).inc()
    _seconds.labels(known).observe(seconds)
    if status in (429, 503):
        _refusals.labels(status, error_code).inc()


def judged(verdicts: Mapping[str, int]) -> None:
    """Readings were, and not for validation only: how many had each verdict; what is none is not counted."""
    for verdict in _VERDICTS:
        _readings.labels(verdict).inc(verdicts.get(verdict, 0))


def connection_taken() -> None:
    """A call of the database begins."""
    _connections.inc()


def connection_returned() -> None:
    """It has ended."""
    _connections.dec()


def no_connection() -> None:
    """A request found no free connection within its time."""
    _no_connection.inc()
