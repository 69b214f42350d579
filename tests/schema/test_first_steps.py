"""From a PostgreSQL that nobody has prepared to a migrated database: scripts/db prepare, then migrations."""

import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest

from app.http.application import create_app
from app.settings import Settings
from scripts.devkit.commands.admin import set_up, set_up_gateway
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
                cursor.execute("alter system set timezone = 'America/Sao_Paulo'")
                cursor.execute("select pg_reload_conf()")
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


# Seen to fail: without the look for tables (it compared with the baseline).
def test_inspecting_an_empty_database(plain: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect(url("postgres", PASSWORD, "vazio")) == DIFFERENT
    told = capsys.readouterr().out
    assert "empty" in told
    assert "scripts/db prepare" in told
    assert "--migrate" in told
    assert "repair" not in told


# Seen to fail: without postgis in the list.
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


# Seen to fail: without each of these looks but the one at the owner's name.
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


@pytest.fixture(scope="module")
def migrated(plain: str) -> dict[str, str]:
    """The URLs of a database of its own in that cluster, prepared and migrated, by setting."""
    name = "pronto"
    said = io.StringIO()
    with redirect_stdout(said):
        prepare(url("postgres", PASSWORD, name))
    owner = url("rastro_dono", "dono", name)
    with reach.session(plain, dbname="postgres") as cursor:
        cursor.execute("alter role rastro_dono password 'dono'; alter role rastro_api password 'api'")
    migrate(owner, report=QUIET)
    return {"owner": owner, "api": url("rastro_api", "api", name)}


FIRST = ("Frota Sul", "ana@example.com", "Ana", "first", ["read", "ingest", "admin"])


def test_the_first_key_leads_to_the_first_reading(migrated: dict[str, str]) -> None:
    with pytest.raises(Problem, match="lacks migrations"):
        set_up(url("postgres", PASSWORD, "vazio"), *FIRST)
    with pytest.raises(Problem, match="Only the owner"):
        set_up(migrated["api"], *FIRST)
    made = set_up(migrated["owner"], *FIRST)
    assert (made["blClienteNovo"], made["blAdminNovo"]) == (True, True)
    app = create_app(
        Settings(database_url=migrated["api"], jwt_secret="x" * 32, jwt_issuer="https://x.example")
    )
    client, headers = app.test_client(), {"X-API-Key": made["chave"]["dsKey"]}
    assert client.get("/health/ready").status_code == 200
    device = client.post("/v2/dispositivos", json={"cdCliente": made["cdCliente"]}, headers=headers)
    assert device.status_code == 201, device.text
    sent = client.post(
        "/v2/posicoes", json={"cdDispositivo": device.json["cdDispositivo"], "nrBat": 3.5}, headers=headers
    )
    assert (sent.status_code, sent.json["verdict"]) == (201, "stored")
    app.extensions["rastro.backend"].close()


# Seen to fail: without the look for a key of that name.
def test_setting_up_again_changes_nothing_and_refuses_what_contradicts(migrated: dict[str, str]) -> None:
    made = set_up(migrated["owner"], *FIRST)
    state = """select (select count(*) from public."TbCliente"), (select count(*) from auth.users),
                      (select count(*) from public."TbApiKeys"), (select min(role) from public.profiles)"""
    before = query(migrated["owner"], state)
    again = set_up(migrated["owner"], *FIRST)
    assert again == made | {
        "blClienteNovo": False,
        "blAdminNovo": False,
        "chave": {name: value for name, value in made["chave"].items() if name != "dsKey"},
    }
    for change, words in {
        ("Other", "ana@example.com"): "already has the role admin at client 1",
        (" ", "ana@example.com"): "Names must not be empty",
        ("Other", "nobody"): "needs an @",
    }.items():
        with pytest.raises(Problem, match=words):
            set_up(migrated["owner"], *change, *FIRST[2:])
    assert query(migrated["owner"], state) == before
    with reach.session(migrated["owner"]) as cursor:
        cursor.execute('insert into public."TbCliente" ("dsNome") values (\'Frota Sul\')')
        with pytest.raises(Problem, match="Several clients are named"):
            set_up(migrated["owner"], *FIRST)
        cursor.execute('delete from public."TbCliente" where "cdCliente" > 1')
    assert set_up(migrated["owner"], *FIRST[:3], "second", ["read"])["chave"]["dsPermissoes"] == ["read"]


def test_the_key_of_a_gateway_sends_for_all_clients_and_does_nothing_else(migrated: dict[str, str]) -> None:
    owner = migrated["owner"]
    first = set_up(owner, *FIRST[:3], "devices", ["admin"])
    with pytest.raises(Problem, match="belongs to client 1: a gateway needs an account of its own"):
        set_up_gateway(owner, "ana@example.com", "gateway-0")
    for email, name, words in (("nobody", "gateway-0", "needs an @"), ("g@example.com", "a:b", "letters")):
        with pytest.raises(Problem, match=words):
            set_up_gateway(owner, email, name)
    made = set_up_gateway(owner, "gateways@example.com", "gateway-0")
    again = set_up_gateway(owner, "gateways@example.com", "gateway-0")
    assert again == {name: value for name, value in made.items() if name != "dsKey"}
    app = create_app(
        Settings(database_url=migrated["api"], jwt_secret="x" * 32, jwt_issuer="https://x.example")
    )
    client, gateway = app.test_client(), {"X-API-Key": made["dsKey"]}
    codes = [first["cdCliente"]]
    with reach.session(owner) as cursor:
        cursor.execute('insert into public."TbCliente" ("dsNome") values (\'Norte\') returning "cdCliente"')
        codes += cursor.fetchone()
        cursor.execute('insert into public."TbDispositivo" ("cdCliente") select unnest(%s)', (codes,))
        cursor.execute('select max("cdDispositivo") from public."TbDispositivo" group by "cdCliente"')
        devices = [code for (code,) in cursor.fetchall()]
    sent = client.post(
        "/v2/posicoes/lote", json=[{"cdDispositivo": code, "nrBat": 3.5} for code in devices], headers=gateway
    )
    assert (sent.status_code, sent.json["stored"]) == (200, len(devices)), sent.text
    assert len(devices) >= 2
    for path in ("/v2/dispositivos", "/v2/TbPosicaoAtual?cdProduto=1", "/v2/api-keys"):
        assert client.get(path, headers=gateway).status_code == 403, path
    app.extensions["rastro.backend"].close()


# Seen to fail: without the look for auth.identities.
def test_with_supabase_auth_people_sign_up_first(migrated: dict[str, str]) -> None:
    """Its tables are told by auth.identities; accounts are its own, and none is made for it."""
    with reach.session(migrated["owner"]) as cursor:
        cursor.execute("select count(*) from auth.users")
        before = cursor.fetchone()
        with supabase_auth(migrated):
            for call in (
                lambda: set_up(migrated["owner"], "Leste", "eva@example.com", "Eva", "first", ["read"]),
                lambda: set_up_gateway(migrated["owner"], "eva@example.com", "gateway-1"),
            ):
                with pytest.raises(Problem, match=r"eva@example\.com has no account: sign up"):
                    call()
            cursor.execute("select count(*) from auth.users")
            assert cursor.fetchone() == before
            # as Supabase Auth writes a person who signs up
            cursor.execute(
                "insert into auth.users (id, email, aud, role) values (gen_random_uuid(), 'Eva@example.com', "
                "'authenticated', 'authenticated')"
            )
            made = set_up(migrated["owner"], "Leste", "eva@example.com", "Eva", "first", ["read"])
        assert made["blAdminNovo"]
        cursor.execute("select count(*) from auth.users")
        assert cursor.fetchone() == (before[0] + 1,)


@contextmanager
def supabase_auth(migrated: dict[str, str]) -> Iterator[None]:
    """The table by which Supabase Auth is recognised."""
    superuser = url("postgres", PASSWORD, "pronto")
    with reach.session(superuser) as cursor:
        cursor.execute("create table auth.identities (id uuid)")
        try:
            yield
        finally:
            cursor.execute("drop table auth.identities")
