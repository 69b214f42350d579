"""Demo data: supabase/seed.sql and scene.sql, three users, and an API key."""

import hashlib
import secrets
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt
import psycopg2

from ..local import databases, state
from ..local.paths import SEED_SQL

ISSUER = "https://rastro.example/auth/v1"
GATEWAY = "00000000-0000-4000-8000-000000000001"
PERSON = "00000000-0000-4000-8000-000000000002"
READER = "00000000-0000-4000-8000-000000000003"
# People belong to the first client of the demo data; the gateway serves every client.
PEOPLE = (
    (GATEWAY, "gateway@rastro.example", "Gateway", "service", None),
    (PERSON, "ana@rastro.example", "Ana", "admin", 1),
    (READER, "bruno@rastro.example", "Bruno", "default", 1),
)
SCENE_SQL = Path(__file__).with_name("scene.sql")
TOKEN_SECONDS = 24 * 3600


def prepare() -> None:
    """Add what is missing: the demo data if the database is empty, the users, the key."""
    with closing(psycopg2.connect(databases.url())) as connection, connection, connection.cursor() as cursor:
        cursor.execute('select from public."TbCliente" limit 1')
        if not cursor.rowcount:
            cursor.execute(SEED_SQL.read_text())
        cursor.execute(SCENE_SQL.read_text())
        for person in PEOPLE:
            _put_person(cursor, *person)
        _put_key(cursor, api_key())


def api_key() -> str:
    """Clear text of the demo key; the database holds only its hash."""
    return state.secret("demo_api_key", lambda: "rastro_" + secrets.token_urlsafe(32))


def jwt_secret() -> str:
    return state.secret("jwt_secret", lambda: secrets.token_urlsafe(48))


def secret(name: str) -> str:
    """A secret of the demo, the same at every start."""
    return state.secret(name, lambda: secrets.token_urlsafe(32))


def token(person: str = PERSON, secret: str | None = None) -> str:
    """An access token of a person, valid for 24 hours, signed with the secret of the demo or another."""
    now = int(time.time())
    claims = {"sub": person, "role": "authenticated", "aud": "authenticated", "iss": ISSUER}
    times = {"iat": now, "exp": now + TOKEN_SECONDS}
    return jwt.encode(claims | times, secret or jwt_secret(), algorithm="HS256")


def _put_person(cursor: Any, code: str, email: str, name: str, role: str, client: int | None) -> None:
    cursor.execute(
        """
        insert into auth.users (id, email, aud, role, email_confirmed_at, created_at, updated_at)
        values (%s, %s, 'authenticated', 'authenticated', now(), now(), now())
        on conflict do nothing
        """,
        (code, email),
    )
    cursor.execute(
        """
        insert into public.profiles (id, nome, role, "cdCliente") values (%s, %s, %s, %s)
        on conflict (id) do update
        set nome = excluded.nome, role = excluded.role, "cdCliente" = excluded."cdCliente"
        """,
        (code, name, role, client),
    )


def _put_key(cursor: Any, key: str) -> None:
    cursor.execute(
        """
        insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsPrefixo", "dsNome", "dsPermissoes")
        values (%s, %s, %s, 'Demo', '{read,ingest}')
        on conflict ("dsHash") do nothing
        """,
        (GATEWAY, hashlib.sha256(key.encode()).hexdigest(), key[:12]),
    )
