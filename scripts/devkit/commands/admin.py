"""scripts/admin: the first client, admin and API key of an installation, and the key of an MQTT gateway."""

import argparse
import os
import secrets
from typing import Any

import psycopg2
from psycopg2 import errorcodes

from ..console import Problem, fail, say
from ..schema import reach

PERMISSIONS = ["read", "ingest", "admin"]


def main() -> None:
    options = _parser().parse_args()
    dsn = options.dsn or os.environ.get("RASTRO_MIGRATION_URL") or os.environ.get("DATABASE_URL")
    try:
        if not dsn:
            raise Problem("Give --dsn, or set RASTRO_MIGRATION_URL: the URL of the database, as its owner.")
        if options.gateway:
            _report_gateway(set_up_gateway(dsn, options.email, options.gateway), options)
        else:
            names = (options.client, options.email, options.name, options.key, options.permissions)
            _report(set_up(dsn, *names), options)
    except Problem as problem:
        fail(str(problem))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/admin",
        description="Create the first client, a person who is its admin, and an API key, all or nothing; or, "
        "with --gateway, what an MQTT gateway needs. What exists is left as it is; keys are printed once.",
    )
    add = parser.add_argument
    add("--dsn", help="URL of the database, as its owner (default: RASTRO_MIGRATION_URL, or DATABASE_URL)")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--client", metavar="NAME", help="name of the client")
    what.add_argument(
        "--gateway",
        metavar="NAME",
        help="create the key of an MQTT gateway instead, which may send readings for all clients and nothing "
        "else; NAME is that of the key, and its login at the broker",
    )
    add(
        "--email",
        required=True,
        help="address of the admin, or of an account of the gateway's own, which gets the role service; with "
        "Supabase Auth, of an account that exists",
    )
    add("--name", help="name of the admin")
    add("--key", default="first", metavar="NAME", help="name of the API key (default: first)")
    add(
        "--permissions",
        nargs="+",
        choices=PERMISSIONS,
        default=PERMISSIONS,
        help="what the key may do, for this client (default: all)",
    )
    return parser


def set_up(
    dsn: str, client: str, email: str, name: str | None, key: str, permissions: list[str]
) -> dict[str, Any]:
    """The answer of private.set_up. Raises Problem, and then nothing has changed."""
    return _answer(dsn, "select private.set_up(%s, %s, %s, %s, %s)", client, email, name, key, permissions)


def set_up_gateway(dsn: str, email: str, name: str) -> dict[str, Any]:
    """The answer of private.set_up_gateway, a key. Raises Problem, and then nothing has changed."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise Problem("The name of a gateway has letters, digits, hyphens and underscores only.")
    return _answer(dsn, "select private.set_up_gateway(%s, %s)", email, name)


def _answer(dsn: str, call: str, *values: Any) -> dict[str, Any]:
    with reach.session(dsn) as cursor:
        try:
            cursor.execute(call, values)
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
        say(_known(options.key, key, "--key"))
        return
    say(f"Key {options.key} ({', '.join(key['dsPermissoes'])}): created. It is shown this once:\n")
    say(f"export KEY={key['dsKey']}\n")
    say('Next: curl "$URL/v2/clientes" -H "X-API-Key: $KEY", then sites, devices and sensors: $URL/docs.')


def _report_gateway(key: dict[str, Any], options: argparse.Namespace) -> None:
    if "dsKey" not in key:
        say(_known(options.gateway, key, "--gateway"))
        return
    password = secrets.token_urlsafe(24)
    say(f"Key {options.gateway} (ingest, all clients): created. Key and password are shown this once:\n")
    say(f"export RASTRO_GATEWAY_KEY={key['dsKey']}")
    say(f"export RASTRO_MQTT_USER={options.gateway} RASTRO_MQTT_PASSWORD={password}")
    say(f"export RASTRO_BROKER_GATEWAYS={options.gateway}:{password}\n")
    say("Next: python -m app.jobs.broker_acl, which tells Mosquitto of this login and of those of devices")
    say("(POST /v2/dispositivos/<code>/credenciais), Mosquitto, python -m app.ingest: app/ingest/README.md.")


def _known(name: str, key: dict[str, Any], option: str) -> str:
    return (
        f"Key {name}, {key['dsPrefixo']}…: was there. Its text is not stored: if it is lost, take another "
        f"{option} NAME, and revoke this one with DELETE /v2/api-keys/{key['cdApiKey']}."
    )


def _state(is_new: bool) -> str:
    return "created" if is_new else "was there"
