"""python -m app.jobs.maintenance: runs the upkeep of the database every minute, where no pg_cron does.

It only calls one procedure, which works for less than a minute and returns at once when another is at work;
so any number of these may run. A database that is away is waited for.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import select
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from types import FrameType

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, STATUS_READY, set_wait_callback
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class so

from app import logs
from app.variables import SettingsError, between, dsn, given, level, refuse, variable

_log = logging.getLogger("app.jobs.maintenance")  # run by -m, __name__ is another
_LONGEST_PAUSE_S = 300.0
_CONNECT_TIMEOUT_S = 5.0
_GRACE_S = 1.5  # to take leave of the database when told to end
_CALL = "call private.run_maintenance()"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSettings:
    """What ``python -m app.jobs.maintenance`` can be told."""

    url: str = variable(
        "RASTRO_MAINTENANCE_URL",
        dsn,
        "PostgreSQL, logging in as rastro_manutencao, on a direct connection",
        "",
        repr=False,
    )
    interval_s: int = variable(
        "RASTRO_MAINTENANCE_INTERVAL_S", between(1, 3_600), "seconds between two runs", 60
    )
    log_level: str = variable("RASTRO_LOG_LEVEL", level, "DEBUG, INFO, WARNING or ERROR", "INFO")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> UpkeepSettings:
        """As Settings.from_env."""
        values, problems = given(cls, environ)
        if not environ.get("RASTRO_MAINTENANCE_URL"):
            problems.append("RASTRO_MAINTENANCE_URL: is missing")
        refuse(problems)
        return cls(**values)


def main() -> None:
    """Until SIGTERM or SIGINT; with --once a single run, exit code 1 if it failed or was told to end."""
    parser = argparse.ArgumentParser(prog="python -m app.jobs.maintenance", description=__doc__)
    parser.add_argument("--once", action="store_true", help="run it once and end")
    options = parser.parse_args()
    try:
        settings = UpkeepSettings.from_env()
    except SettingsError as error:
        parser.error(str(error))
    logs.configure(settings.log_level)
    set_wait_callback(patient)
    end_on_signals(exit_code=1 if options.once else 0)
    if options.once:
        raise SystemExit(once(lambda: call(settings.url)))
    _log.info("upkeep_started", extra={"fields": {"interval_s": settings.interval_s}})
    work(lambda: call(settings.url), threading.Event().wait, settings.interval_s)


def work(
    run: Callable[[], None],
    wait: Callable[[float], bool],
    interval_s: float,
    chance: Callable[[], float] = random.random,
) -> None:
    """``run``, then ``wait`` so many seconds, until that says to stop. Each outage is logged once."""
    failures, known = 0, ""
    while True:
        try:
            run()
        except psycopg2.Error as error:
            failures += 1
            if (kind := _kind(error)) != known:
                known = kind
                _log_failure(error)
        else:
            if failures:
                _log.info("upkeep_again", extra={"fields": {"failures": failures}})
            failures, known = 0, ""
        if wait(pause(interval_s, failures, chance)):
            return


def once(run: Callable[[], None]) -> int:
    """``run``; 1 when the database is away or refuses, otherwise 0."""
    try:
        run()
    except psycopg2.Error as error:
        _log_failure(error)
        return 1
    return 0


def pause(interval_s: float, failures: int, chance: Callable[[], float]) -> float:
    """Seconds until the next run: longer with every failure, and never at the same moment as others."""
    if not failures:
        return interval_s
    return float(min(_LONGEST_PAUSE_S, interval_s * 2 ** min(failures, 10)) * (0.5 + chance() / 2))


def call(url: str) -> None:
    """Run the upkeep once. Raises psycopg2.Error. The keepalives notice a server that vanished."""
    connection = psycopg2.connect(
        url,
        application_name="rastro upkeep",
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
    with closing(connection):
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(_CALL)


def patient(connection: Connection) -> None:
    """Wait for the server in a way that signals interrupt; then it is told that nobody waits any more.

    A callback for psycopg2, which closes the connection when this raises.
    """
    try:
        while (state := connection.poll()) != POLL_OK:
            _await(connection, state)
    except SystemExit:
        if connection.status == STATUS_READY:
            connection.cancel()
        raise


def _await(connection: Connection, state: int) -> None:
    """Until the server has said, or can be told, more. libpq minds no timeout where we wait ourselves."""
    me = [connection]
    limit = None if connection.status == STATUS_READY else _CONNECT_TIMEOUT_S
    told = select.select(me, [], [], limit) if state == POLL_READ else select.select([], me, [], limit)
    if not any(told):
        raise psycopg2.OperationalError(f"no answer while connecting, for {_CONNECT_TIMEOUT_S:g} s")


def end_on_signals(exit_code: int) -> None:
    def end(_signal: int, _frame: FrameType | None) -> None:
        # A server that does not hear us any more would hold us: then the kernel ends this process.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        raise SystemExit(exit_code)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)


def _kind(error: psycopg2.Error) -> str:
    """The same for all that one outage brings."""
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return "away"
    return error.pgcode or type(error).__name__


def _log_failure(error: psycopg2.Error) -> None:
    _log.error("upkeep_failed", extra={"fields": {"error": str(error).strip()}})


if __name__ == "__main__":
    main()
