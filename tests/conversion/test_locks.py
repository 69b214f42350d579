"""Locks of a step are taken when little is left to carry under them, or the step ends in words."""

import itertools
from typing import Any

import pytest

from scripts.devkit.console import Problem
from scripts.devkit.convert import locks


class Session:
    """A cursor that takes every lock at once, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def execute(self, statement: str, _values: Any = None) -> None:
        self.asked.append(statement)


# Seen to fail: it went on without end while others wrote more than was carried.
def test_others_write_more_than_is_carried() -> None:
    session = Session()
    with pytest.raises(Problem, match="More is written than can be carried"):
        locks.take(session, "switch/lock", 0.05, locks.Rest(lambda: False, lambda: True))
    assert session.asked == []


def test_others_write_more_whenever_the_locks_are_held() -> None:
    session = Session()
    with pytest.raises(Problem, match="More is written than can be carried"):
        locks.take(session, "switch/lock", 0.0, locks.Rest(lambda: True, lambda: False))
    assert session.asked[-1].startswith("rollback to savepoint locks")


def test_carrying_catches_up() -> None:
    parts = itertools.chain([False, False], itertools.repeat(True))
    session = Session()
    locks.take(session, "switch/lock", 60.0, locks.Rest(lambda: next(parts), lambda: True))
    assert session.asked[-1].startswith("set local statement_timeout = 0")
