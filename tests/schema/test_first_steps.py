"""From a PostgreSQL that nobody has prepared to a migrated database: scripts/db prepare, then migrations."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest

from scripts.devkit.commands.inspect import DIFFERENT, inspect
from scripts.devkit.commands.prepare import prepare
from scripts.devkit.console import Problem
from scripts.devkit.local import cluster, databases
from scripts.devkit.local.paths import state_dir, state_in
from scripts.devkit.schema import project, reach
from scripts.devkit.schema.migrations import local_migrations, migrate

PASSWORD = "p@ss:w/rd%"
QUIET = lambda _text: None  # noqa: E731 - a callback


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """URL of the database `frota`, which does not exist, as the superuser `postgres` of a new cluster."""
    folder = state_dir() / f"unprepared-{os.getpid()}"
    with state_in(folder):
        cluster.start(durable=False)
        try:
            with databases.admin() as cursor:
                cursor.execute("create role postgres superuser login password %s", (PASSWORD,))
                cursor.execute("create database vazio")
                cursor.execute("create database alheio")
            yield url("postgres", PASSWORD, "frota")
        finally:
            cluster.stop("immediate")
            shutil.rmtree(folder)


def url(user: str, password: str, database: str) -> str:
    return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{cluster.port()}/{database}"


def query(url: str, text: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall())


def exported(text: str) -> dict[str, str]:
    return dict(re.findall(r"^export (\w+)='(.*)'$", text, re.MULTILINE))


# Seen to fail: without require_prepared.
@pytest.mark.parametrize(
    ("user", "password", "database", "words"),
    [
        (
            "postgres",
            PASSWORD,
            "vazio",
            "vazio is not prepared: .* the schema auth.*roles anon.*scripts/db prepare",
        ),
        ("postgres", PASSWORD, "nenhum", 'database "nenhum" does not exist.*scripts/db prepare'),
        (
            "postgres",
            "wrong",
            "vazio",
            "password authentication failed.*user or the password in the URL is wrong",
        ),
        ("nobody", "wrong", "vazio", "password authentication failed"),
    ],
)
def test_migrations_refuse_in_words(plain: str, user: str, password: str, database: str, words: str) -> None:
    with pytest.raises(Problem, match=re.compile(words, re.DOTALL)):
        migrate(url(user, password, database), report=QUIET)


@pytest.mark.parametrize(
    ("dsn", "words"),
    [
        ("postgresql://u:p@w@127.0.0.1:1/x:y/z", "Cannot connect|not a connection URL"),
        ("postgresql://u:p@127.0.0.1:port/x", "not a connection URL|Cannot connect"),
        ("mysql://u:p@h/x", "not a connection URL"),
        ("postgresql://u:p@127.0.0.1:1/x", "Check the host and the port"),
        ("postgresql://u:p@nowhere.invalid/x", "Check the host"),
    ],
)
@pytest.mark.parametrize("command", [migrate, prepare])
def test_urls_that_lead_nowhere(command: Any, dsn: str, words: str) -> None:
    with pytest.raises(Problem, match=words):
        command(dsn)


def test_inspecting_an_empty_database(plain: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect(url("postgres", PASSWORD, "vazio")) == DIFFERENT
    told = capsys.readouterr().out
    assert "empty" in told
    assert "scripts/db prepare" in told
    assert "--migrate" in told
    assert "repair" not in told


def test_a_server_without_postgis(plain: str) -> None:
    with reach.session(url("postgres", PASSWORD, "vazio")) as cursor:
        cursor.execute(
            "create temp view pg_available_extensions as "
            "select * from pg_catalog.pg_available_extensions where name <> 'postgis'"
        )
        with pytest.raises(Problem, match=r"does not have postgis.*apt-get install postgresql-.*-postgis-3"):
            project.require_server(cursor)
        with pytest.raises(Problem, match="PostGIS"):
            project.require_prepared(cursor)


# Seen to fail: without the look at a Supabase project.
def test_prepare_refuses_in_words_and_changes_nothing(plain: str) -> None:
    other = url("postgres", PASSWORD, "alheio")
    with reach.session(other) as cursor:
        cursor.execute("create role alguem login password 'x'")
        cursor.execute("create extension postgis; create schema auth; create table auth.users (i int)")
        before = project.inventory(cursor)
        with pytest.raises(Problem, match="PostGIS is in the schema public"):
            prepare(other)
        cursor.execute("drop extension postgis")
        with pytest.raises(Problem, match=r"table auth\.users of postgres"):
            prepare(other)
        cursor.execute("create table auth.identities (i int)")
        with pytest.raises(Problem, match="is a Supabase project"):
            prepare(other)
        with pytest.raises(Problem, match="alguem is not a superuser"):
            prepare(url("alguem", "x", "alheio"))
        with pytest.raises(Problem, match="postgres is a superuser and cannot be the owner"):
            prepare(other, owner="postgres")
        with pytest.raises(Problem, match="cannot be the owner's name"):
            prepare(url("postgres", PASSWORD, "vazio"), owner='a"b')
        after = project.inventory(cursor)
    assert (after.roles, after.schemas) == (before.roles, before.schemas)


# Seen to fail: with `postgres` left as the owner in project.apply; when passwords are set again.
def test_from_nothing_to_a_migrated_database(plain: str, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(plain)
    told = capsys.readouterr().out
    assert "Database frota: created" in told
    assert re.search("Roles created: .*anon, .*rastro_api.*rastro_dono", told)
    assert re.search("Schemas created: .*auth.*extensions", told)
    assert re.search("Extensions created: .*postgis", told)
    urls = exported(told)
    assert set(urls) == {
        "RASTRO_MIGRATION_URL",
        "DATABASE_URL",
        "RASTRO_MAINTENANCE_URL",
        "RASTRO_BROKER_ACL_URL",
    }
    assert query(plain, "select rolsuper from pg_roles where rolname = 'postgres'") == [(True,)]
    assert query(plain, "show timezone") == [("UTC",)]

    prepare(plain)
    again = capsys.readouterr().out
    assert "Database frota: was there" in again
    assert re.findall("none, all", again) == ["none, all"] * 4
    assert exported(again) == {}

    assert inspect(urls["RASTRO_MIGRATION_URL"]) == DIFFERENT
    assert re.search("empty.*Next: scripts/run --migrate", capsys.readouterr().out, re.DOTALL)
    with pytest.raises(Problem, match=r"Permission denied: rastro_api .*rastro_dono.*RASTRO_MIGRATION_URL"):
        migrate(urls["DATABASE_URL"], report=QUIET)

    assert len(migrate(urls["RASTRO_MIGRATION_URL"], report=QUIET)) == len(local_migrations())
    assert migrate(urls["RASTRO_MIGRATION_URL"], report=QUIET) == []
    assert query(urls["DATABASE_URL"], "select current_user, set_config('role', 'authenticated', false)") == [
        ("rastro_api", "authenticated")
    ]
    assert query(urls["RASTRO_MAINTENANCE_URL"], "select 1") == [(1,)]
    assert query(urls["RASTRO_BROKER_ACL_URL"], "select 1") == [(1,)]
    owners = """select distinct pg_get_userbyid(c.relowner) from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relname ~ '^Tb'"""
    assert query(plain, owners) == [("rastro_dono",)]

    prepare(plain)
    assert "all logins have one" in capsys.readouterr().out
