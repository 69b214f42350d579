"""Clients, people and keys as they are needed, and questions of them, asked as the API asks them."""

import hashlib
import json
import threading
from typing import Any
from uuid import uuid4

import psycopg2
import pytest

from tests._lib.databases import Database
from tests.db._lab import together

CLIENTS = "(private.require_permission('read')).\"cdClientes\""
PERMISSIONS = "(private.require_permission('read')).\"dsPermissoes\""
ALL = ["read", "ingest", "admin"]


class World:
    """Clients 1 and 2; 3 is a child of 1."""

    def __init__(self, database: Database) -> None:
        self.owner: Any = psycopg2.connect(database.owner_url)
        self.api: Any = psycopg2.connect(database.api_url)
        self.database = database
        for connection in (self.owner, self.api):
            connection.autocommit = True
        self.sql('insert into "TbCliente" ("cdCliente", "cdClientePai") values (1, null), (2, null), (3, 1)')

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.owner.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def person(self, client: int | None, role: str = "admin") -> str:
        """The id of somebody new."""
        person = str(uuid4())
        self.sql("insert into auth.users (id) values (%s)", person)
        self.sql('update profiles set role = %s, "cdCliente" = %s where id = %s', role, client, person)
        return person

    def ask(self, claims: dict[str, str], call: str, *values: Any, connection: Any = None) -> Any:
        entry = (
            "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', %s, true);"
        )
        with (connection or self.api).cursor() as cursor:
            cursor.execute(f"{entry} select {call}", (json.dumps(claims), *values))
            return cursor.fetchone()[0]

    def refused(self, claims: dict[str, str], call: str, *values: Any) -> str:
        with pytest.raises(psycopg2.Error) as caught:
            self.ask(claims, call, *values)
        return str(caught.value.pgcode)

    def key(self, maker: dict[str, str], **arguments: Any) -> dict[str, Any]:
        """A new key with its text."""
        given = "".join(f", {name} => %s" for name in arguments)
        return dict(self.ask(maker, f"criar_api_key('key'{given})", *arguments.values()))

    def works(self, key: dict[str, Any]) -> bool:
        try:
            return bool(self.ask(by_key(key), CLIENTS))
        except psycopg2.Error as error:
            assert error.pgcode == "PT401"  # noqa: PT017 - either is an answer
            return False

    def outcome_while(self, holder: Any, claims: dict[str, str], call: str, connection: Any = None) -> str:
        """What a call answers, or the code of its error, while another transaction is open.

        That one commits when the call waits for it, or has been answered.
        """
        answered = threading.Event()

        def run() -> str:
            try:
                self.ask(claims, call, connection=connection or self.api)
            except psycopg2.Error as error:
                return str(error.pgcode)
            finally:
                answered.set()
            return "done"

        def end() -> None:
            waits = "select 1 from pg_locks where not granted and locktype in ('transactionid', 'tuple')"
            while not answered.wait(0.02) and not self.sql(waits):
                pass
            holder.commit()

        outcome, _ = together(run, end)
        return str(outcome)


def by_person(person: str) -> dict[str, str]:
    return {"sub": person}


def by_key(key: dict[str, Any]) -> dict[str, str]:
    return {"key_sha256": hashlib.sha256(key["dsKey"].encode()).hexdigest()}
