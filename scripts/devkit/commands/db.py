"""scripts/db: the private database of this clone, and the first steps of one that is not."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from ..console import Problem, fail, say
from ..local import cluster, clusters, databases
from ..local.locks import only_one
from ..local.paths import ROOT, SIGNATURES, SQL, TYPES
from ..local.programs import postgres
from ..schema import diagram, signatures, supabase_cli
from .inspect import inspect
from .prepare import OWNER, prepare


def up(report: Callable[[str], None] = say) -> bool:
    """Start the cluster and apply what is missing. True if the cluster was not running."""
    with only_one("database"):
        started = cluster.start()
        if started:
            report(f"PostgreSQL {postgres().major} listens on 127.0.0.1:{cluster.port()}")
        _migrated(report)
    return started


def _silent(_text: str) -> None:
    """Print nothing: standard output is for the result."""


def _migrated(report: Callable[[str], None]) -> None:
    if not databases.exists(cluster.MAIN_DATABASE):
        databases.create(cluster.MAIN_DATABASE)
    databases.apply_project(cluster.MAIN_DATABASE)
    databases.migrate(cluster.MAIN_DATABASE, report)


def down() -> None:
    with only_one("database"):
        clusters.stop()
        say("PostgreSQL stopped" if cluster.stop() else "PostgreSQL was not running")


def reset() -> None:
    """Drop the main database and create it again. Its data is lost."""
    with only_one("database"):
        cluster.start()
        databases.drop(cluster.MAIN_DATABASE)
        _migrated(say)


def psql(arguments: list[str]) -> None:
    variables = {"PGAPPNAME": "psql", **cluster.environment(databases.OWNER, cluster.MAIN_DATABASE)}
    os.execve(postgres().program("psql"), ["psql", *arguments], os.environ | variables)


def types() -> None:
    """Generate what describes the database, from one that has all migrations and nothing else.

    The signatures of RPCs for app/rpc, then the TypeScript types, for which node is needed.
    """
    cluster.start()
    name = f"types_{os.getpid()}"
    with databases.migrated(name):
        url = databases.url(database=name)
        with databases.admin(name) as cursor:
            diagram.write(cursor, SQL / "README.md")
        for path, generate in ((SIGNATURES, signatures.signatures), (TYPES, supabase_cli.types)):
            path.write_text(generate(url))
            say(f"Wrote {path.relative_to(ROOT)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/db", description="The private database of this clone.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start PostgreSQL and apply pending migrations")
    commands.add_parser("stop", help="stop PostgreSQL")
    commands.add_parser("reset", help="drop the database with its data and create it again")
    commands.add_parser("url", help="print the URL of the database, as its owner").add_argument(
        "--api", action="store_true", help="as the login of the API instead"
    )
    commands.add_parser(
        "psql", help="start psql as the owner; further arguments are passed to it", add_help=False
    )
    commands.add_parser(
        "types", help="generate signatures of RPCs and TypeScript types; the latter need node and npm"
    )
    commands.add_parser(
        "inspect", help="compare a legacy database with the baseline, without changing it"
    ).add_argument("--dsn", required=True, help="URL of the database, as a role that can read all of it")
    _add_prepare(commands)
    options, rest = parser.parse_known_args()
    if rest and options.command != "psql":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        _run(options, rest)
    except Problem as problem:
        fail(str(problem))


def _add_prepare(commands: Any) -> None:
    command = commands.add_parser(
        "prepare",
        help="roles, schemas, extensions and passwords on a plain PostgreSQL",
        description="Prepare a plain PostgreSQL for the migrations: create the database if it is not there, "
        "then roles, schemas, extensions and passwords. It can be repeated, and says what it did.",
    )
    command.add_argument("--dsn", required=True, help="URL of the database, with a superuser as its user")
    command.add_argument("--owner", default=OWNER, help=f"who will own its objects (default: {OWNER})")


def _run(options: argparse.Namespace, rest: list[str]) -> None:
    match options.command:
        case "start":
            up()
        case "stop":
            down()
        case "reset":
            reset()
        case "url":
            up(_silent)
            sys.stdout.write(databases.url(databases.API if options.api else databases.OWNER) + "\n")
        case "psql":
            up(_silent)
            psql(rest)
        case "types":
            types()
        case "prepare":
            prepare(options.dsn, options.owner)
        case "inspect":
            raise SystemExit(inspect(options.dsn))
