"""A step whose connection is lost may have been carried out: the answer to its COMMIT is lost as well."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg2

from ..console import Problem, note
from . import state

Result = TypeVar("Result")
_PATIENCE_S, _PAUSE_S = 60.0, 1.0


def of(dsn: str, reached: str, run: Callable[[Any], Result]) -> Result | None:
    """What the step returns, which leads to `reached`; None if only the database says that it is done.

    Raises Problem, and psycopg2.Error while there is a connection: then nothing was changed.
    """
    with state.alone(dsn) as cursor:
        try:
            return run(cursor)
        except psycopg2.Error as error:
            if not cursor.connection.closed:
                raise
            lost = str(error).strip()
    note(f"The connection to the database was lost ({lost}). Asking what became of the step.")
    if _reached(dsn) != reached:
        raise Problem("The connection was lost before the end. Nothing was changed: run this again.")
    return None


def _reached(dsn: str) -> str:
    """As the database says, once it answers and the lost session has ended. Raises Problem."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with state.alone(dsn) as cursor:
                return state.reached(cursor)
        except (Problem, psycopg2.Error) as problem:
            if time.monotonic() > end:
                raise Problem(
                    "The connection to the database was lost, and whether the step was carried out is not "
                    f"known: scripts/convert status says. {problem}"
                ) from problem
        time.sleep(_PAUSE_S)
