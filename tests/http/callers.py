"""Callers of the tests: people and keys of the demo clients, and how they talk to the API."""

import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import msgspec
import psycopg2
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scripts.devkit.local.paths import SEED_SQL
from tests._lib import identities
from tests._lib.databases import Database

# Clients of supabase/seed.sql: 1 has the child 3; 2 is somebody else.
ADMIN = "00000000-0000-4000-8000-0000000000a1"
READER = "00000000-0000-4000-8000-0000000000a2"
OTHER_ADMIN = "00000000-0000-4000-8000-0000000000b1"
SERVICE = "00000000-0000-4000-8000-0000000000c1"
STRANGER = "00000000-0000-4000-8000-0000000000d1"  # a valid token, no profile

PEOPLE = {ADMIN: ("admin", 1), READER: ("default", 1), OTHER_ADMIN: ("admin", 2), SERVICE: ("service", None)}

INGEST_KEY = "rastro_ingest_for_tests_0000000000000000000000000"
READ_KEY = "rastro_read_for_tests_000000000000000000000000000"
EXPIRED_KEY = "rastro_expired_for_tests_000000000000000000000000"
SWITCHED_OFF_KEY = "rastro_off_for_tests_0000000000000000000000000000"
DEPARTED_KEY = "rastro_departed_for_tests_00000000000000000000000"  # its owner left, and came back

KEYS = {
    INGEST_KEY: ("{ingest}", True, None),
    READ_KEY: ("{read}", True, None),
    EXPIRED_KEY: ("{read,ingest}", True, "2001-01-01"),
    SWITCHED_OFF_KEY: ("{read,ingest}", False, None),
}


def settle(database: Database) -> Database:
    """The same database, now with the demo fleet and the callers in it."""
    with (
        closing(psycopg2.connect(database.owner_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(SEED_SQL.read_text())
        put(cursor)
    return database


def put(cursor: Any) -> None:
    """Insert the people and the keys; the keys are the admin's."""
    for person, (role, client) in PEOPLE.items():
        cursor.execute("insert into auth.users (id) values (%s) on conflict do nothing", (person,))
        cursor.execute(
            'insert into public.profiles (id, role, "cdCliente") values (%s, %s, %s)'
            ' on conflict (id) do update set role = excluded.role, "cdCliente" = excluded."cdCliente"',
            (person, role, client),
        )
    for key, (permissions, active, expiry) in KEYS.items():
        cursor.execute(
            'insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes", "blAtiva", "dtExpiracao")'
            " values (%s, %s, %s, %s, %s)",
            (ADMIN, hashlib.sha256(key.encode()).hexdigest(), permissions, active, expiry),
        )
    cursor.execute(
        """insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsPermissoes")
           values (%s, %s, '{read,ingest,admin}')""",
        (OTHER_ADMIN, hashlib.sha256(DEPARTED_KEY.encode()).hexdigest()),
    )
    for client in (None, 2):
        cursor.execute('update public.profiles set "cdCliente" = %s where id = %s', (client, OTHER_ADMIN))


def with_key(key: str) -> dict[str, str]:
    """Headers of an integration."""
    return {"X-API-Key": key}


def as_user(person: str, **claims: Any) -> dict[str, str]:
    """Headers of a person."""
    return {"Authorization": f"Bearer {identities.token(person, **claims)}"}


@dataclass(frozen=True)
class Api:
    """The API as one caller sees it; by default a gateway that may ingest."""

    client: FlaskClient
    headers: Mapping[str, str]

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        """POST bytes as they are, anything else as JSON."""
        return self._send("POST", path, body, **more)

    def put(self, path: str, body: Any) -> TestResponse:
        """PUT likewise."""
        return self._send("PUT", path, body)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        """PATCH likewise."""
        return self._send("PATCH", path, body, **more)

    def delete(self, path: str, headers: Mapping[str, str] | None = None, **parameters: Any) -> TestResponse:
        """DELETE with query parameters, without a body."""
        together = {**self.headers, **(headers or {})}
        return self.client.delete(path, query_string=parameters, headers=together)

    def _send(self, method: str, path: str, body: Any, **more: Any) -> TestResponse:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json", **self.headers, **more.pop("headers", {})}
        return self.client.open(path, method=method, data=data, headers=headers, **more)

    def get(self, path: str, **parameters: Any) -> TestResponse:
        """GET with query parameters."""
        return self.client.get(path, query_string=parameters, headers=dict(self.headers))
