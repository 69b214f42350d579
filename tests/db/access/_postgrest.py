"""PostgREST as the database meets it: its login, its settings, its pre-request, one transaction a request.

No PostgREST is here to be asked, so this does what PostgREST 12 does: it has verified a token, if there was
one, and tells role, claims, method, path and headers by settings of the transaction, which is read-only for
GET and HEAD; then it calls the function that a setting of its login names, and then the statement.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from scripts.devkit.local import databases
from tests._lib.databases import Database
from tests.db.access._isolation import Caller, Outcome, World

LOGIN = "authenticator"
# PostgREST applies the settings of the role that it takes.
SETTINGS = """select setrole::regrole::text, lower(split_part(s, '=', 1)), split_part(s, '=', 2)
              from pg_db_role_setting, unnest(setconfig) s where s ~* '^(statement_timeout|datestyle)='"""


@dataclass(frozen=True)
class Request:
    """A request that PostgREST has let through: `claims` of a token that it verified; the role is among them.

    `headers`: with lower-case names; text stands for itself, instead of JSON of headers.
    """

    method: str = "GET"
    path: str = "/TbDispositivo"
    headers: Mapping[str, Any] | str = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    role: str = "anon"
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        return self.method in ("GET", "HEAD")

    def context(self) -> dict[str, str]:
        headers = self.headers if isinstance(self.headers, str) else json.dumps(self.headers)
        return {
            "search_path": '"public", "extensions"',
            "role": self.role,
            "request.jwt.claims": json.dumps({"role": self.role} | dict(self.claims)),
            "request.method": self.method,
            "request.path": self.path,
            "request.headers": headers,
            "request.cookies": "{}",
            **self.settings,
        }


class Gateway:
    """One connection of PostgREST's pool."""

    def __init__(self, database: Database) -> None:
        with databases.roles_locked():
            databases.set_password(LOGIN)
        self.connection: Any = psycopg2.connect(databases.url(LOGIN, database.name))
        self.connection.autocommit = True
        ((self.pre_request,),) = self.sql("select current_setting('pgrst.db_pre_request', true)")
        self.settings: dict[str, dict[str, str]] = {}
        for role, name, value in self.sql(SETTINGS):
            self.settings.setdefault(role, {})[name] = value

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement of the login itself, outside any request."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def ask(self, request: Request, statement: str, *values: Any, keep: bool = True) -> Outcome:
        """The whole of a request. `keep=False` undoes whatever it does."""
        entry, settings = self.entry(request)
        with self.connection.cursor() as cursor:
            try:
                cursor.execute(entry + statement, (*settings, *values))
                return Outcome(cursor.fetchall() if cursor.description else [], cursor.rowcount)
            except psycopg2.Error as error:
                keep = False
                return Outcome.of(error)
            finally:
                cursor.execute("commit" if keep else "rollback")

    def entry(self, request: Request) -> tuple[str, list[str]]:
        """What comes before the statement, and its values."""
        context = request.context() | self.settings.get(request.role, {})
        calls = ", ".join("set_config(%s, %s, true)" for _ in context)
        begin = f"begin transaction read {'only' if request.reads else 'write'}"
        return (
            f"{begin}; select {calls}; select {self.pre_request}(); ",
            [text for setting in context.items() for text in setting],
        )


@contextmanager
def opened(database: Database) -> Iterator[Gateway]:
    gateway = Gateway(database)
    with closing(gateway.connection):
        yield gateway


class RestWorld(World):
    """The same world, where everybody comes in through PostgREST: people by tokens, keys by header."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.database = database
        self.gateway = Gateway(database)

    def __exit__(self, *error: object) -> None:
        self.gateway.connection.close()
        super().__exit__(*error)

    def ask(self, caller: Caller, statement: str, *values: Any, keep: bool = True) -> Outcome:
        return self.gateway.ask(request_of(caller, statement), statement, *values, keep=keep)


def request_of(caller: Caller, statement: str) -> Request:
    """The request that leads to this statement of this caller."""
    called = re.search(r"\b(?:public|private)\.([a-z_]+)\(", statement)
    method = {"insert": "POST", "update": "PATCH", "delete": "DELETE"}.get(statement.split()[0], "GET")
    place = ("POST", f"/rpc/{called[1]}") if called else (method, "/relation")
    if caller.key:
        return Request(*place, {"x-api-key": caller.key})
    return Request(*place, {}, caller.claims, caller.role, caller.settings)
