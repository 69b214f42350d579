"""Ctrl+C ends a command at once, in the middle of a statement as well."""

import select
from typing import Any

import psycopg2
from psycopg2 import extensions

_CONNECT_S = 5.0  # libpq's own limit does not hold here
_CONNECTED = (extensions.STATUS_READY, extensions.STATUS_BEGIN)


def enable() -> None:
    """Wait for the server where signals are noticed, instead of inside libpq.

    What is interrupted leaves its connection closed; the server ends the session and what it had begun.
    """
    extensions.set_wait_callback(_wait)


def _wait(connection: Any) -> None:
    while (state := connection.poll()) != extensions.POLL_OK:
        limit = None if connection.status in _CONNECTED else _CONNECT_S
        one = [connection.fileno()]
        reading, writing = (one, []) if state == extensions.POLL_READ else ([], one)
        if not any(select.select(reading, writing, [], limit)):
            raise psycopg2.OperationalError("timeout expired")
