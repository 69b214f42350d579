"""People and keys that have lost what they had, and those who never had more: they are answered the same."""

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg2
from flask import Flask

from tests._lib.databases import Database
from tests.http import callers
from tests.http.callers import Api

REMOVED = "select remover_pessoa('{person}')"
_BACK = "update profiles set \"cdCliente\" = {client}, role = 'admin' where id = '{person}'"

# What happens to a person. Its key ends, and so does the one that this key made.
WAYS = {
    "removed": REMOVED,
    "removed, client deleted": f'{REMOVED}; delete from "TbCliente" where "cdCliente" = {{client}}',
    "removed in the dashboard": "update profiles set \"cdCliente\" = null where id = '{person}'",
    "come back": f"{REMOVED}; {_BACK}".replace("{client}", "1"),
    "joined others": f"{REMOVED}; {_BACK}".replace("{client}", "2"),
    "key revoked": "select revogar_api_key('{key}')",
    "key expired": 'update "TbApiKeys" set "dtExpiracao" = now() where "cdApiKey" = \'{key}\'',
    "deleted softly": "update auth.users set deleted_at = now() where id = '{person}'",
    "deleted": "delete from auth.users where id = '{person}'",
    "banned": "update auth.users set banned_until = now() + interval '1 hour' where id = '{person}'",
    "without a profile": "delete from profiles where id = '{person}'",
}
_NOBODYS = ("removed", "removed, client deleted", "removed in the dashboard")
_ENDED = ("deleted softly", "deleted", "banned", "without a profile")
DEMOTED = "select mudar_pessoa('{person}', 'default')"

Headers = Mapping[str, str]


class Departed(NamedTuple):
    """Somebody who lost something, and somebody who never had more."""

    name: str
    headers: Headers
    like: Headers


def depart(database: Database, app: Flask) -> dict[str, list[Departed]]:
    """By what they are like now: an unknown key, an unknown account, a newcomer, a reader."""
    found: dict[str, list[Departed]] = {"key": [], "account": [], "newcomer": [], "reader": []}
    unknown_key, unknown = callers.with_key("rastro_" + "x" * 43), callers.as_user(str(uuid4()))
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        claims = json.dumps({"sub": callers.ADMIN})
        cursor.execute("select set_config('request.jwt.claims', %s, false)", (claims,))
        newcomers = {role: callers.as_user(_person(cursor, None, role)) for role in ("default", "admin")}
        for way, change in WAYS.items():
            person, keys = _leave(cursor, app, change)
            found["key"] += [Departed(f"key {n}, {way}", key, unknown_key) for n, key in enumerate(keys)]
            if way in _ENDED:
                found["account"].append(Departed(way, person, unknown))
            if way in _NOBODYS:
                like = newcomers["admin" if "dashboard" in way else "default"]
                found["newcomer"].append(Departed(way, person, like))
        person, keys = _leave(cursor, app, DEMOTED)
        read_key = callers.with_key(callers.READ_KEY)
        found["reader"].append(Departed("demoted", person, callers.as_user(callers.READER)))
        found["reader"] += [Departed(f"key {n}, demoted", key, read_key) for n, key in enumerate(keys)]
    return found


def _leave(cursor: Any, app: Flask, change: str) -> tuple[Headers, list[Headers]]:
    """Somebody new makes a key that makes a key, and leaves."""
    client = 1
    if "{client}" in change:
        cursor.execute('insert into "TbCliente" ("cdClientePai") values (1) returning "cdCliente"')
        client = cursor.fetchone()[0]
    person = _person(cursor, client, "admin")
    first = _key(app, callers.as_user(person))
    second = _key(app, callers.with_key(first["dsKey"]))
    cursor.execute(change.format(person=person, key=first["cdApiKey"], client=client))
    return callers.as_user(person), [callers.with_key(key["dsKey"]) for key in (first, second)]


def _key(app: Flask, maker: Headers) -> dict[str, Any]:
    wanted = {"dsNome": "x", "dsPermissoes": ["read", "ingest", "admin"]}
    made = Api(app.test_client(), maker).post("/v2/api-keys", wanted)
    assert made.status_code == 201, made.text
    return dict(made.get_json())


def _person(cursor: Any, client: int | None, role: str) -> str:
    person = str(uuid4())
    cursor.execute("insert into auth.users (id) values (%s)", (person,))
    cursor.execute('update profiles set "cdCliente" = %s, role = %s where id = %s', (client, role, person))
    return person
