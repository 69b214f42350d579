"""A command of scripts/convert may be killed at any statement: run again, it goes on.

The connection is closed where the command would send its next statement, which is all that the database sees
of SIGKILL.
"""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.devkit.convert import back, carry, early, finish, ground, state, switch, verify
from scripts.devkit.local.databases import roles_locked
from tests._lib.databases import Database, clone
from tests._lib.legacy import legacy, load, migrate, owner, query
from tests.conversion.test_copy import MANY
from tests.schema._legacy_world import OPEN_HANDED, rows
from tests.schema.test_convert_turn import RECENT, difference

pytestmark = pytest.mark.acceptance


class Killed(BaseException):
    """The command is gone."""


class Mortal:
    """A cursor whose connection is closed before the n-th statement, or before or after a commit."""

    def __init__(self, cursor: Any, last: int | str | None) -> None:
        self._cursor, self._last, self._sent = cursor, last, 0

    def execute(self, statement: str | bytes, values: Any = None) -> None:
        self._sent += 1
        text = statement if isinstance(statement, str) else statement.decode()
        end = text.split(";")[-1].strip()
        if self._last in (self._sent, f"before {end}"):
            self._die()
        self._cursor.execute(statement, values)
        if self._last == f"after {end}":
            self._die()

    def _die(self) -> None:
        self._cursor.connection.close()
        raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def prepare(cursor: Any) -> None:
    early.run(cursor)
    ground.lay(cursor)
    state.complete(cursor, state.PREPARED)


STEPS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "prepare": (prepare, state.PREPARED),
    "switch": (lambda cursor: switch.run(cursor, "km"), state.SWITCHED),
    "back": (back.run, state.BACK),
    "switch again": (lambda cursor: switch.run(cursor, "km"), state.SWITCHED),
    "finish": (finish.run, state.NEW),
}


def kill_and_repeat(database: Database, step: Callable[[Any], Any], done: str) -> int:
    """Run a step until it is done, killed before and after its end and ever later. Returns how often."""
    kills = 0
    for moment in ("before commit", 1, 2, 8, 64, 200, 1000, "after commit", None):
        with roles_locked(), state.alone(database.owner_url) as cursor:
            if state.reached(cursor) == done:
                break
            try:
                step(Mortal(cursor, moment) if moment else cursor)
            except Killed:
                kills += 1
    return kills


# Seen to fail: with the early statements not recorded.
def test_every_step_survives_being_killed(project: Database, template: Database) -> None:
    with legacy(project) as database, clone(template) as new:
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
        load(database, rows())
        with owner(database) as cursor:
            cursor.execute(MANY.replace("timestamp '2025-06-01'", RECENT))
        for name, (step, done) in STEPS.items():
            if name.startswith("switch"):
                carry.copy(database.owner_url, carry.Pace(None), lambda _rows: None)
                assert verify.verify(database.owner_url).agrees
            assert kill_and_repeat(database, step, done) >= 4, name
        assert difference(database, new) == ""
        assert query(database, 'select count(*) from public."TbPosicao"') == [(2000,)]
        assert query(database, 'select count(*) from public."TbSensorRegistro"') == [(4000,)]
        assert migrate(database) == []
