"""Statements whose values travel beside their text, several in one round trip and one transaction.

psycopg2 writes values into the text of a statement, and PostgreSQL writes the text of a statement that fails
to its log: bodies, invitations, hashes of keys. With the extended protocol the log has ``$1``. psycopg2 does
not speak it, but its libpq does; the connection stays psycopg2's, which has ``pgconn_ptr`` for such use. In
libpq's pipeline mode all statements up to the sync are sent together.
"""

from __future__ import annotations

import ctypes
import select
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class so

from . import Argument

_OK, _TUPLES, _FAILED = 0, 2, (5, 6, 7, 11)  # status of a connection; of results: rows, error or aborted
_SYNC = 10
_FIELDS = {"state": b"C", "message": b"M", "hint": b"H", "detail": b"D"}

# psycopg2's module knows the libpq it was linked with. A call by the second lets other threads run meanwhile,
# which costs more than most calls do: it is for those that may wait.
_LIBPQ = ctypes.PyDLL(psycopg2._psycopg.__file__)
_WAITING = ctypes.CDLL(psycopg2._psycopg.__file__)
_AT_ONCE = 32 << 10  # bytes that a socket takes without waiting


def _function(library: Any, name: str, result: Any, *arguments: Any) -> Any:
    function = library[name]
    function.restype, function.argtypes = result, arguments
    return function


_P, _I, _S = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
_SEND = ("PQsendQueryParams", _I, _P, _S, _I, _P, ctypes.POINTER(_S), _P, _P, _I)
_SYNC_ALL = ("PQpipelineSync", _I, _P)
_brief = _function(_LIBPQ, *_SEND), _function(_LIBPQ, *_SYNC_ALL)
_long = _function(_WAITING, *_SEND), _function(_WAITING, *_SYNC_ALL)
_flush = _function(_LIBPQ, "PQflush", _I, _P)
_is_busy = _function(_LIBPQ, "PQisBusy", _I, _P)
_consume = _function(_LIBPQ, "PQconsumeInput", _I, _P)
_result = _function(_LIBPQ, "PQgetResult", _P, _P)
_enter = _function(_LIBPQ, "PQenterPipelineMode", _I, _P)
_exit = _function(_LIBPQ, "PQexitPipelineMode", _I, _P)
_connection_status = _function(_LIBPQ, "PQstatus", _I, _P)
_connection_error = _function(_LIBPQ, "PQerrorMessage", _S, _P)
_status = _function(_LIBPQ, "PQresultStatus", _I, _P)
_field = _function(_LIBPQ, "PQresultErrorField", _S, _P, _I)
_rows = _function(_LIBPQ, "PQntuples", _I, _P)
_columns = _function(_LIBPQ, "PQnfields", _I, _P)
_is_null = _function(_LIBPQ, "PQgetisnull", _I, _P, _I, _I)
_value = _function(_LIBPQ, "PQgetvalue", _S, _P, _I, _I)
_clear = _function(_LIBPQ, "PQclear", None, _P)

Row = list[str | None]


class Refused(psycopg2.DatabaseError):
    """What PostgreSQL answered instead of rows. The connection is still usable."""

    def __init__(self, state: str, message: str = "", hint: str = "", detail: str = "") -> None:
        super().__init__(f"{state} {message}".strip())
        self.state, self.message, self.hint, self.detail = state, message, hint, detail


class Lost(psycopg2.OperationalError):
    """The connection broke; ``state`` is what PostgreSQL said before, if it did."""

    def __init__(self, state: str, message: str = "") -> None:
        super().__init__(f"{state} {message}".strip())
        self.state = state


def run(connection: Connection, *statements: tuple[str, Sequence[Argument]]) -> Row:
    """Run statements with their values for $1, $2, … in one transaction; the first row of the last one.

    Values are sent as text: every ``$n`` needs a type. Raises Refused, Lost, or ValueError for a text with
    NUL.
    """
    pq = connection.pgconn_ptr
    queries = [(text.encode(), [_sent(value) for value in values]) for text, values in statements]
    size = sum(len(value or b"") for _, values in queries for value in values)
    send, sync = _brief if size < _AT_ONCE else _long
    if not pq or not _enter(pq):
        raise _lost(pq)
    for text, values in queries:
        if not send(pq, text, len(values), None, (_S * len(values))(*values), None, None, 0):
            raise _lost(pq)
    if not sync(pq):
        raise _lost(pq)
    _flushed(connection, pq)
    return _answer(pq, connection.fileno(), len(queries))


def _answer(pq: int, socket: int, statements: int) -> Row:
    row: Row = []
    error: Refused | None = None
    for number in range(1, statements + 1):
        for result in _results(pq, socket):
            status = _status(result)
            if status == _TUPLES:
                row = _first_row(result) if number == statements else []
            elif error is None and status in _FAILED:
                error = _refusal(result)
    error = _committed(pq, socket, error)
    if _connection_status(pq) != _OK or not _exit(pq):
        raise _lost(pq, error)
    if error is not None:
        raise error
    return row


def _committed(pq: int, socket: int, error: Refused | None) -> Refused | None:
    """Read on to the sync. What fails only at the commit, as deferred constraints do, is said before it."""
    for _ in range(2):  # the error and the sync each end with a null
        for result in _results(pq, socket):
            if _status(result) == _SYNC:
                return error
            if _status(result) in _FAILED:
                error = error or _refusal(result)
    return error


def _refusal(result: int) -> Refused:
    return Refused(**{name: _field_text(result, code) for name, code in _FIELDS.items()})


def _results(pq: int, socket: int) -> Iterator[int]:
    """The results of one statement, each freed after its turn."""
    while result := _next(pq, socket):
        try:
            yield result
        finally:
            _clear(result)


def _next(pq: int, socket: int) -> int | None:
    """The next result, or the null that ends a statement. Other threads run while it is awaited."""
    if _is_busy(pq):
        arrival = select.poll()
        arrival.register(socket, select.POLLIN)
        while _is_busy(pq):
            arrival.poll()
            if not _consume(pq):
                break  # the connection is lost, which the result says
    found: int | None = _result(pq)
    return found


def _first_row(result: int) -> Row:
    if not _rows(result):
        return []
    return [_text(result, column) for column in range(_columns(result))]


def _text(result: int, column: int) -> str | None:
    value: bytes = _value(result, 0, column)
    return value.decode() if value or not _is_null(result, 0, column) else None


def _field_text(result: int, code: bytes) -> str:
    return (_field(result, code[0]) or b"").decode(errors="replace")


def _lost(pq: int | None, error: Refused | None = None) -> Lost:
    said = (_connection_error(pq) or b"").decode(errors="replace").strip() if pq else "closed"
    return Lost(error.state if error else "", error.message if error else said)


def _flushed(connection: Connection, pq: int) -> None:
    """Until everything has been sent: at once, unless the connection was made not to block."""
    while _flush(pq) > 0:
        select.select([], [connection.fileno()], [])


def _sent(value: Argument) -> bytes | None:
    """A value as PostgreSQL reads it. Raises ValueError for a text with NUL, which would end there."""
    if value is None:
        return None
    text = _written(value).encode()
    if b"\0" in text:
        raise ValueError("A text cannot contain NUL (0x00) characters.")
    return text


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return "{" + ",".join(_element(element) for element in value) + "}"


def _element(value: Any) -> str:
    """An element of an array, quoted so that no text is taken for something else."""
    if value is None:
        return "NULL"
    return '"' + _written(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
