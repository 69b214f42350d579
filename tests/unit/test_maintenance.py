"""python -m app.maintenance: when it runs, and what an outage does to it."""

import logging
from collections.abc import Callable

import psycopg2
import pytest

from app.maintenance import pause, work


def _outcomes(*outcomes: bool) -> tuple[Callable[[], None], Callable[[float], bool], list[float]]:
    """A run for each outcome, and a wait that stops after the last."""
    left, waited = list(outcomes), []

    def once() -> None:
        if not left.pop(0):
            raise psycopg2.OperationalError("away")

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return not left

    return once, wait, waited


# Seen to fail: with the interval after a failure; without failures = 0.
def test_it_waits_longer_while_the_database_is_away_and_goes_on_after() -> None:
    once, wait, waited = _outcomes(True, False, False, True)
    work(once, wait, 60)
    assert waited[0] == waited[3] == 60
    assert 60 <= waited[1] <= 120 <= waited[2] <= 240


# Seen to fail: without "if not failures".
def test_an_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    once, wait, _ = _outcomes(False, False, False, True)
    with caplog.at_level(logging.INFO, "app.maintenance"):
        work(once, wait, 60)
    assert [record.message for record in caplog.records] == ["upkeep failed", "upkeep again"]


def test_no_pause_is_longer_than_five_minutes() -> None:
    assert pause(60, 50, lambda: 1.0) == 300
    assert pause(60, 50, lambda: 0.0) == 150
