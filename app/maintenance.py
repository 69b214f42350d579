"""python -m app.maintenance: runs the upkeep of the database every minute, where no pg_cron does.

It only calls one procedure, which works for less than a minute and returns at once when another is at work;
so any number of these may run. A database that is away is waited for.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import signal
import threading
from collections.abc import Callable
from contextlib import closing
from types import FrameType

import psycopg2
from psycopg2.extensions import set_wait_callback
from psycopg2.extras import wait_select

from . import logs

_log = logging.getLogger(__name__)
_LONGEST_PAUSE_S = 300.0
_CALL = "call private.manutencao()"


def call(url: str) -> None:
    """Run the upkeep once. Raises psycopg2.Error."""
    connection = psycopg2.connect(url, connect_timeout=5, application_name="rastro upkeep")
    with closing(connection):
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(_CALL)
        except SystemExit:  # told to end: the server is told, too
            connection.cancel()
            raise


def pause(interval_s: float, failures: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds until the next run: longer with every failure, and never at the same moment as others."""
    if not failures:
        return interval_s
    return float(min(_LONGEST_PAUSE_S, interval_s * 2 ** min(failures, 10)) * (0.5 + chance() / 2))


def work(once: Callable[[], None], wait: Callable[[float], bool], interval_s: float) -> None:
    """Run ``once``, then ``wait`` so many seconds, until that says to stop. Each outage is logged once."""
    failures = 0
    while True:
        try:
            once()
        except psycopg2.Error as error:
            if not failures:
                _log.error("upkeep failed", extra={"fields": {"error": str(error).strip()}})
            failures += 1
        else:
            if failures:
                _log.info("upkeep again", extra={"fields": {"failures": failures}})
            failures = 0
        if wait(pause(interval_s, failures)):
            return


def main() -> None:
    """Until SIGTERM or SIGINT; with --once a single run, exit code 1 if it failed."""
    parser = argparse.ArgumentParser(prog="python -m app.maintenance", description=__doc__)
    parser.add_argument("--once", action="store_true", help="run it once and end")
    options = parser.parse_args()
    logs.configure(os.environ.get("RASTRO_LOG_LEVEL", "INFO"))
    url = os.environ.get("RASTRO_MAINTENANCE_URL", "")
    if not url:
        parser.error("RASTRO_MAINTENANCE_URL is needed: PostgreSQL, logging in as rastro_manutencao")
    if options.once:
        raise SystemExit(_once(url))
    set_wait_callback(wait_select)  # a signal is seen while the database works

    def end(_signal: int, _frame: FrameType | None) -> None:
        # The next run goes on where the last step of this one ended.
        raise SystemExit(0)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    work(
        lambda: call(url),
        threading.Event().wait,
        float(os.environ.get("RASTRO_MAINTENANCE_INTERVAL_S", "60")),
    )


def _once(url: str) -> int:
    try:
        call(url)
    except psycopg2.Error as error:
        _log.error("upkeep failed", extra={"fields": {"error": str(error).strip()}})
        return 1
    return 0


if __name__ == "__main__":
    main()
