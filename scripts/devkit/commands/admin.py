"""scripts/admin: the first client, admin and API key of an installation."""

import argparse
import os
from typing import Any

import psycopg2
from psycopg2 import errorcodes

from ..console import Problem, fail, say
from ..schema import reach

PERMISSIONS = ["read", "ingest", "admin"]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/admin",
        description="Create the first client, a person who is its admin, and an API key, all or nothing. "
        "What exists is left as it is, and the key is printed once.",
    )
    add = parser.add_argument
    add("--dsn", help="URL of the database, as its owner (default: RASTRO_MIGRATION_URL, or DATABASE_URL)")
    add("--client", required=True, metavar="NAME", help="name of the client")
    add("--email", required=True, help="address of the admin; with Supabase Auth, of an account that exists")
    add("--name", help="name of the admin")
    add("--key", default="first", metavar="NAME", help="name of the API key (default: first)")
    add(
        "--permissions",
        nargs="+",
        choices=PERMISSIONS,
        default=PERMISSIONS,
        help="what the key may do, for this client (default: all)",
    )
    options = parser.parse_args()
    dsn = options.dsn or os.environ.get("RASTRO_MIGRATION_URL") or os.environ.get("DATABASE_URL")
    try:
        if not dsn:
            raise Problem("Give --dsn, or set RASTRO_MIGRATION_URL: the URL of the database, as its owner.")
        names = (options.client, options.email, options.name, options.key, options.permissions)
        _report(set_up(dsn, *names), options)
    except Problem as problem:
        fail(str(problem))


def set_up(
    dsn: str, client: str, email: str, name: str | None, key: str, permissions: list[str]
) -> dict[str, Any]:
    """The answer of private.set_up. Raises Problem, and then nothing has changed."""
    with reach.session(dsn) as cursor:
        try:
            cursor.execute(
                "select private.set_up(%s, %s, %s, %s, %s)", (client, email, name, key, permissions)
            )
            (answer,) = cursor.fetchone()
        except psycopg2.Error as error:
            raise _problem(error) from error
    return dict(answer)


def _problem(error: psycopg2.Error) -> Problem:
    text = error.diag.message_primary or str(error).strip()
    if error.pgcode in (errorcodes.INVALID_SCHEMA_NAME, errorcodes.UNDEFINED_FUNCTION):
        return Problem(
            "The database lacks migrations. Apply them with scripts/run --migrate, and start again."
        )
    if error.pgcode == errorcodes.INSUFFICIENT_PRIVILEGE:
        return Problem(f"{text}. Only the owner of the tables may do this: use RASTRO_MIGRATION_URL's login.")
    return Problem(f"{text}. Nothing was changed.")


def _report(answer: dict[str, Any], options: argparse.Namespace) -> None:
    key = answer["chave"]
    say(f"Client {answer['cdCliente']}, {options.client}: {_state(answer['blClienteNovo'])}")
    say(f"Admin {options.email}, id {answer['cdUsuario']}: {_state(answer['blAdminNovo'])}")
    if "dsKey" not in key:
        say(
            f"Key {options.key}, {key['dsPrefixo']}…: was there. Its text is not stored: if it is lost, take "
            f"another --key NAME, and revoke this one with DELETE /v2/api-keys/{key['cdApiKey']}."
        )
        return
    say(f"Key {options.key} ({', '.join(key['dsPermissoes'])}): created. It is shown this once:\n")
    say(f"export KEY={key['dsKey']}\n")
    say('Next: curl "$URL/v2/eu" -H "X-API-Key: $KEY", then clients, sites, devices and sensors: $URL/docs.')


def _state(is_new: bool) -> str:
    return "created" if is_new else "was there"
