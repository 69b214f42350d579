"""The real Supabase CLI on our database: it finds nothing to do and, but for what is listed, nothing to say.

Skipped, with the reason, where node or the CLI cannot be had.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from subprocess import CompletedProcess
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local import databases as commands
from scripts.devkit.local.paths import TYPES
from scripts.devkit.schema import supabase_cli
from scripts.devkit.schema.migrations import local_migrations, migrate
from tests._lib import databases, dumps, optional
from tests._lib.databases import Database
from tests.schema._paths import WITHOUT_PATH

# (function, message): why it is right as it is.
LINTS = {
    (
        "private.ingest",
        "control reached end of function without RETURN",
    ): "its loop ends by return or raise only",
    **{
        ("private.sum_whole_days", f'OUT variable "{name}" is maybe unmodified'): (
            "they are given by return query execute, whose columns the tool does not see"
        )
        for name in ("sensor", "item", "bucket", "quantity", "value_sum")
    },
}
# (lint, object): why it is accepted.
ADVICE = {("function_search_path_mutable", name): reason for name, reason in WITHOUT_PATH.items()}
SCHEMAS = ("--schema", "public,private")


@pytest.fixture(scope="module", autouse=True)
def _cli() -> None:
    with optional.skipped_without("not tested with the Supabase CLI"):
        supabase_cli.require()


def answer(database: Database, *arguments: str) -> Any:
    """What a command that succeeds says, as JSON; with nothing to list it says nothing."""
    return json.loads(succeeded(supabase_cli.run(database.owner_url, *arguments)) or "[]")


def succeeded(done: CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


# Seen to fail: without the migrations beside the configuration; with a runner that leaves the last one out.
def test_it_agrees_about_the_history(database: Database) -> None:
    told = answer(database, "migration", "list", "--output-format", "json")["migrations"]
    versions = [one.version for one in local_migrations()]
    assert [(one["local"], one["remote"]) for one in told] == [(version, version) for version in versions]


# Seen to fail: as above.
def test_it_finds_nothing_to_push(database: Database) -> None:
    told = answer(database, "db", "push", "--yes", "--output-format", "json")
    assert told["upToDate"] is True
    assert told["migrations"] == []


# Seen to fail: with one more function in LINTS; with another schema; with an array of records where rows of a
# table are due.
def test_its_lint_finds_only_what_is_listed(database: Database) -> None:
    told = answer(database, "db", "lint", *SCHEMAS, "--level", "warning", "--fail-on", "error")
    assert {(one["function"], issue["message"]) for one in told for issue in one["issues"]} == LINTS.keys()


# Seen to fail: with another schema in SCHEMAS.
def test_its_lint_fails_on_an_error(new_database: Any) -> None:
    """The lint works at all: without plpgsql_check, or with another schema, it would find nothing, too."""
    database = new_database()
    execute(
        database,
        "create function private.errada() returns void language plpgsql as "
        "$$ begin perform nada from private.nada; end $$",
    )
    done = supabase_cli.run(database.owner_url, "db", "lint", *SCHEMAS, "--fail-on", "error")
    assert done.returncode == 1
    assert "private.errada" in done.stdout


# Seen to fail: with one function more, or less, in WITHOUT_PATH.
def test_its_advisors_find_only_what_is_listed(database: Database) -> None:
    told = answer(database, "db", "advisors", "--level", "warn", "--fail-on", "none")
    assert {(one["name"], _object(one)) for one in told} == ADVICE.keys()


# Seen to fail: with one of the two faults left out.
def test_its_advisors_see_what_a_caller_could_abuse(new_database: Any) -> None:
    """As above: roles and settings of this database are such that they can see."""
    database = new_database()
    execute(database, 'alter table public."TbCliente" disable row level security')
    execute(database, "alter function private.visible_clients() reset search_path")
    done = supabase_cli.run(database.owner_url, "db", "advisors", "--level", "warn", "--fail-on", "warn")
    assert done.returncode == 1
    found = {(one["name"], _object(one)) for one in json.loads(done.stdout)} - ADVICE.keys()
    assert found >= {
        ("rls_disabled_in_public", "public.TbCliente"),
        ("function_search_path_mutable", "private.visible_clients"),
    }


# Seen to fail: with one argument required that is optional.
def test_the_types_are_those_it_generates_now(database: Database) -> None:
    """When this fails, run `scripts/db types`."""
    assert TYPES.read_text() == supabase_cli.types(database.owner_url)


@pytest.fixture(scope="module")
def pushed(project: Database) -> Iterator[Database]:
    """A database that the CLI migrated, from the first file to the last."""
    with databases.clone(project) as database:
        with commands.roles_locked():
            succeeded(supabase_cli.run(database.owner_url, "db", "push", "--yes"))
        yield database


# Seen to fail: with a runner that leaves the last migration out.
def test_what_it_pushes_is_what_our_runner_makes(pushed: Database, new: Database) -> None:
    assert dumps.schema(pushed) == dumps.schema(new)
    assert dumps.rows(pushed) == dumps.rows(new)


# Seen to fail: with semicolons kept in what our runner writes down.
def test_its_books_are_ours(pushed: Database, new: Database) -> None:
    assert _history(pushed) == _history(new)


# Seen to fail: with a runner that applies the last migration whatever the books say.
def test_after_it_our_runner_has_nothing_to_do(pushed: Database) -> None:
    assert migrate(pushed.owner_url, report=lambda _text: None) == []


def execute(database: Database, statement: str) -> None:
    with (
        closing(psycopg2.connect(database.owner_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def _object(lint: dict[str, Any]) -> str:
    return f"{lint['metadata']['schema']}.{lint['metadata']['name']}"


def _history(database: Database) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select version, name, statements from supabase_migrations.schema_migrations order by 1"
        )
        return list(cursor.fetchall())
