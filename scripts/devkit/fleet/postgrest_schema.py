"""What PostgREST 12 keeps of a database's catalogue: types of columns, arguments of functions, settings."""

import select
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import psycopg2

_RELATIONS = """
    select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
"""
_FUNCTIONS = """
    select p.proname::text, p.pronargs - p.pronargdefaults,
           t.typtype = 'c' or coalesce(p.proargmodes @> '{t}', false),
           array(select coalesce(p.proargnames[n], '') from generate_series(1, p.pronargs) n),
           array(select format_type(p.proargtypes[n - 1], null) from generate_series(1, p.pronargs) n)
    from pg_proc p
    join pg_type t on t.oid = p.prorettype
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
"""
_SETTINGS = """
    select setrole::regrole::text, split_part(s, '=', 1), substr(s, strpos(s, '=') + 1)
    from pg_db_role_setting, unnest(setconfig) s
    where setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and setrole <> 0 and s ~ '^statement_timeout='
    order by setdatabase
"""


class Refused(Exception):
    """An answer that is not 2xx: the request changed nothing."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Unanswered(Exception):
    """The connection was lost: whether the request was carried out is not known."""


@dataclass(frozen=True)
class Function:
    """One of the functions of a name: its arguments with their types."""

    required: int
    is_row: bool
    arguments: dict[str, str]

    def takes(self, names: set[str]) -> bool:
        return set(list(self.arguments)[: self.required]) <= names <= set(self.arguments)


@dataclass
class Schema:
    """What PostgREST keeps of the catalogue until `notify pgrst`, and for `late` seconds more."""

    url: str
    late: float = 0.0
    relations: dict[str, dict[str, str]] = field(default_factory=dict)
    functions: dict[str, list[Function]] = field(default_factory=dict)
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    pre_request: str | None = None
    _had_pre_request: bool = False
    _connection: Any = None
    _due: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Read the catalogue if there was a notification, and at first."""
        with self._lock:
            try:
                self._refresh()
            except psycopg2.Error:
                self._begin_again()

    def _begin_again(self) -> None:
        self.close()
        try:
            self._refresh()
        except psycopg2.Error as error:
            self.close()
            raise Unanswered(str(error).strip()) from error

    def _refresh(self) -> None:
        if self._connection is None:
            self._connection = psycopg2.connect(self.url)
            self._connection.autocommit = True
            with self._connection.cursor() as cursor:
                cursor.execute("listen pgrst")
            self._due = monotonic()
        elif select.select([self._connection], [], [], 0)[0]:
            self._connection.poll()
            if self._connection.notifies and self._due is None:
                self._due = monotonic() + self.late
            self._connection.notifies.clear()
        if self._due is not None and self._due <= monotonic():
            self._due = None
            self._read()

    def _read(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(_RELATIONS)
            self.relations = {}
            for relation, column, kind in cursor.fetchall():
                self.relations.setdefault(relation, {})[column] = kind
            cursor.execute(_FUNCTIONS)
            self.functions = {}
            for name, required, is_row, names, kinds in cursor.fetchall():
                one = Function(required, is_row, dict(zip(names, kinds, strict=True)))
                self.functions.setdefault(name, []).append(one)
            cursor.execute(_SETTINGS)
            self.settings = {}
            for role, name, value in cursor.fetchall():
                self.settings.setdefault(role, {})[name] = value
        # Of the login, as a new session of it sees it.
        with psycopg2.connect(self.url) as session, session.cursor() as cursor:
            cursor.execute(
                "select name, to_regproc(name) is not null"
                " from nullif(current_setting('pgrst.db_pre_request', true), '') name"
            )
            ((name, exists),) = cursor.fetchall()
        # The setting is the login's, in every database of a cluster: where the function has never been, it is
        # another database's.
        self._had_pre_request = self._had_pre_request or exists
        self.pre_request = name if self._had_pre_request else None
        session.close()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None
