"""Requests as PostgREST 12 turns them into SQL: one transaction each, with the role and claims of the caller.

It is not PostgREST itself, which no package registry has. It shares with it what a conversion can break: the
login and its settings, `db_pre_request`, values that get their types from a cache of the schema, functions
found by the names of their arguments, and rows returned by the statement that inserts them.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from .postgrest_schema import Refused, Schema, Unanswered

Row = dict[str, Any]
_LOST = ("08", "57P")  # connection exceptions; shutdown and crash of the server


@dataclass
class Rest:
    """One connection of PostgREST's pool, and who calls: a role and the claims of a verified token.

    Raises Refused or Unanswered.
    """

    schema: Schema
    role: str = "service_role"
    claims: Mapping[str, Any] = field(default_factory=dict)
    _connection: Any = None

    def select(self, relation: str, limit: int | None = None, **wanted: Any) -> list[Row]:
        """GET /relation?column=eq.value; NAME__gte, NAME__lte and NAME__in (a list) compare otherwise."""
        self.schema.refresh()
        if relation not in self.schema.relations:
            raise Refused("42P01", f"relation {relation} is not in the schema cache")
        name = _quoted(relation)
        tests = [f"public.{name}.{_condition(column)}" for column in wanted]
        where = f" where {' and '.join(tests)}" if tests else ""
        most = f" limit {limit:d}" if limit is not None else ""
        values = [_text(value) for value in wanted.values()]
        query = f"with source as (select public.{name}.* from public.{name}{where}{most})"
        return _rows(self._ask("GET", f"/{relation}", f"{query} {_ANSWER}", values))

    def insert(
        self,
        relation: str,
        rows: Row | Sequence[Row],
        wanted: Sequence[str] | None = None,
        is_minimal: bool = False,
    ) -> list[Row]:
        """POST /relation?columns=wanted with `Prefer: return=representation`, or `return=minimal`."""
        self.schema.refresh()
        first = wanted or (rows if isinstance(rows, Mapping) else rows[0])
        known = self.schema.relations.get(relation, {})
        if unknown := set(first) - set(known):
            raise Refused("PGRST204", f"no column {', '.join(unknown)} of {relation} in the schema cache")
        name, columns = _quoted(relation), ", ".join(_quoted(one) for one in first)
        kinds = ", ".join(f"{_quoted(one)} {known[one]}" for one in first)
        reader = "json_to_record" if isinstance(rows, Mapping) else "json_to_recordset"
        answer = ("1", "select '[]'") if is_minimal else (f"public.{name}.*", _ANSWER)
        statement = (
            f"with source as (insert into public.{name} ({columns}) select {columns}"
            f" from {reader}(%s) as body({kinds}) returning {answer[0]}) {answer[1]}"
        )
        return _rows(self._ask("POST", f"/{relation}", statement, [json.dumps(rows, default=str)]))

    def call(self, function: str, **arguments: Any) -> Any:
        """POST /rpc/function: rows, or the value of a function that returns one."""
        self.schema.refresh()
        fitting = [one for one in self.schema.functions.get(function, []) if one.takes(set(arguments))]
        if len(fitting) != 1:
            code = "PGRST203" if fitting else "PGRST202"
            raise Refused(code, f"{len(fitting)} functions {function}({', '.join(arguments)})")
        kinds = ", ".join(f"{_quoted(one)} {fitting[0].arguments[one]}" for one in arguments)
        given = ", ".join(f"{_quoted(one)} := body.{_quoted(one)}" for one in arguments)
        body = f"json_to_record(%s) as body({kinds}), " if arguments else ""
        called = f"{body}lateral public.{_quoted(function)}({given})"
        if fitting[0].is_row:
            statement = f"with source as (select called.* from {called} as called) {_ANSWER}"
        else:
            statement = f"select to_json(called.value)::text from {called} as called(value)"
        values = [json.dumps(arguments, default=str)] if arguments else []
        return json.loads(self._ask("POST", f"/rpc/{function}", statement, values))

    def _ask(self, method: str, path: str, statement: str, values: Sequence[str]) -> str:
        """The text that the statement returns, in a transaction of its own."""
        context = {
            "search_path": '"public", "extensions"',
            "role": self.role,
            "request.jwt.claims": json.dumps({"role": self.role, **self.claims}),
            "request.method": method,
            "request.path": path,
            "request.headers": "{}",
            "request.cookies": "{}",
            **self.schema.settings.get(self.role, {}),
        }
        calls = ", ".join("set_config(%s, %s, true)" for _ in context)
        before = f"select {self.schema.pre_request}(); " if self.schema.pre_request else ""
        access = "only" if method == "GET" else "write"
        text = f"begin isolation level read committed read {access}; select {calls}; {before}{statement}"
        try:
            with self._cursor() as cursor:
                cursor.execute(text, [part for pair in context.items() for part in pair] + list(values))
                answer: str = cursor.fetchone()[0]
                cursor.execute("commit")
                return answer
        except psycopg2.Error as error:
            raise self._failed(error) from error

    def _cursor(self) -> Any:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(self.schema.url)
            self._connection.autocommit = True
        return self._connection.cursor()

    def _failed(self, error: psycopg2.Error) -> Exception:
        code, text = error.pgcode or "", str(error).strip()
        if not code or code.startswith(_LOST) or self._connection.closed:
            self.close()
            return Unanswered(text)
        with suppress(psycopg2.Error), self._connection.cursor() as cursor:
            cursor.execute("rollback")
        return Refused(code, text)

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None


_ANSWER = "select coalesce(json_agg(answered), '[]')::text from source as answered"


def _condition(column: str) -> str:
    name, _, test = column.partition("__")
    sign = {"": "= %s", "gte": ">= %s", "lte": "<= %s", "in": "= any (%s)"}[test]
    return f"{_quoted(name)} {sign}"


def _text(value: Any) -> str:
    """As it stands in an address; a list as the array that PostgREST makes of it."""
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, list) else str(value)


def _rows(text: str) -> list[Row]:
    rows: list[Row] = json.loads(text)
    return rows


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
