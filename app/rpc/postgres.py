"""RPCs over a direct connection: role, claims and call in one round trip and one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
import psycopg2

from app.errors import ApiError, from_sqlstate
from app.identity.principal import Principal
from app.identity.share import Share

from . import Answer, Argument, pipeline, schema
from .attempts import CONNECTION_LOST, LOST_STATES, answered
from .pool import Pool
from .registry import find, types_of
from .slots import sized

Statement = tuple[str, Sequence[Argument]]

# Everything is local to the transaction, so this is safe behind a transaction pooler too.
_AS_CALLER = (
    "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true),"
    " set_config('statement_timeout', $2, true), set_config('lock_timeout', $3, true),"
    " set_config('client_min_messages', 'error', true)"
)
_IS_READY = f"select set_config('statement_timeout', '2000', true); {schema.MISSING.replace('$1', '%s')}"


class PostgresBackend:
    """A Backend on a pool of psycopg2 connections.

    ``statement_timeout_ms`` limits each call, ``lock_timeout_ms`` each wait for a lock in it.
    """

    def __init__(self, pool: Pool, statement_timeout_ms: int, lock_timeout_ms: int = 500) -> None:
        self._pool = pool
        self._timeouts = (str(statement_timeout_ms), str(lock_timeout_ms))

    def call(self, name: str, principal: Principal, /, **arguments: Argument) -> Answer:
        """See Backend. A read is tried a second time when its connection broke; a write never is."""
        statement = _statement(name, tuple(arguments))
        as_caller = (_AS_CALLER, (principal.claims(), *self._timeouts))
        call = (statement, tuple(arguments.values()))
        texts = (value for value in arguments.values() if isinstance(value, str))
        share = sized(principal.share, sum(map(len, texts)))
        return answered(find(name), lambda: self._execute(share, as_caller, call), _is_lost)

    def require_ready(self) -> None:
        """See Backend."""
        try:
            with self._pool.connection() as connection, connection.cursor() as cursor:
                cursor.execute(_IS_READY, (schema.WANTED,))
                (missing,) = cursor.fetchone() or ([],)
                migrations = _not_applied(cursor) if missing else []
        except psycopg2.Error as error:
            raise _api_error(error) from error
        schema.require_all(missing, migrations)

    def ready(self) -> bool:
        """See Backend."""
        try:
            self.require_ready()
        except ApiError:
            return False
        return True

    def close(self) -> None:
        """See Backend."""
        self._pool.close()

    def _execute(self, share: Share, *statements: Statement) -> Answer:
        try:
            with self._pool.connection(share) as connection:
                text, clients = pipeline.run(connection, *statements)
        except psycopg2.Error as error:
            raise _api_error(error) from error
        return Answer(msgspec.Raw(text or "null"), clients)


def _not_applied(cursor: Any) -> list[str]:
    """Migrations that are missing; empty where their table does not exist or cannot be read."""
    try:
        cursor.execute(schema.APPLIED)
        (applied,) = cursor.fetchone()
    except psycopg2.ProgrammingError:
        return []
    return schema.not_applied(applied)


@cache
def _statement(name: str, given: tuple[str, ...]) -> str:
    types = types_of(name, given).items()
    arguments = ", ".join(
        f"{argument} => ${n}::{sql_type}" for n, (argument, sql_type) in enumerate(types, 1)
    )
    return f"select public.{name}({arguments}), current_setting('rastro.clientes', true)"


def _is_lost(error: ApiError) -> bool:
    cause = error.__cause__
    return isinstance(cause, psycopg2.Error) and _state(cause) in LOST_STATES


def _state(error: psycopg2.Error) -> str:
    if state := getattr(error, "state", None) or error.pgcode:
        return str(state)
    return CONNECTION_LOST if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError) else ""


def _api_error(error: psycopg2.Error) -> ApiError:
    if isinstance(error, pipeline.Refused):
        return from_sqlstate(error.state, error.message, error.hint, error.detail)
    return from_sqlstate(_state(error))
