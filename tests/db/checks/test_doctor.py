"""Every question of sql/checks is quiet when all is well, and speaks when its fault is made for real."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.commands import doctor
from scripts.devkit.local.paths import ROOT
from tests._lib import databases
from tests._lib.databases import Database
from tests.db._lab import Lab

# Check: what makes the fault (run by a superuser, undone afterwards), and what is then named.
FAULTS = {
    "00_migrations": (
        "delete from supabase_migrations.schema_migrations where version = '20261122000710'",
        "20261122000710_rollups.sql",
    ),
    "01_extensions": ("create extension pg_trgm schema public", "pg_trgm"),
    "02_roles": ("alter role rastro_api inherit", "rastro_api"),
    "03_grants": ('grant insert on "TbPosicao" to authenticated', "authenticated on"),
    "04_row_level_security": ('alter table "TbCliente" disable row level security', "TbCliente"),
    "05_views": ('alter view "VwProdutosFora" set (security_invoker = false)', "VwProdutosFora"),
    "06_functions": (
        "grant execute on function private.require_permission(text) to anon",
        "private.require_permission(text)",
    ),
    "07_partitions": (
        """do $$ begin execute format('drop table particoes.%I',
             'TbPosicao_' || to_char(now() + interval '2 months', 'YYYY_MM')); end $$""",
        "TbPosicao 20",
    ),
    "08_indexes": (
        """update pg_index set indisvalid = false
           where indexrelid = '"TbPosicaoAtual_cdCliente_idx"'::regclass""",
        "TbPosicaoAtual_cdCliente_idx",
    ),
    "09_bloat": ("", "TbEndereco"),
    "10_rollup_lag": (
        """update private."TbRollupMarca" set "dtMarca" = "dtMarca" - interval '3 hours'""",
        "watermark",
    ),
    "11_dirty_hours": (
        """insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdCliente", "dtMarcado")
           values (localtimestamp, 11, 1, now() - interval '20 minutes')""",
        "dirty hours",
    ),
    "12_maintenance": (
        """update "TbManutencaoExecucao" set "dsErro" = 'XX000' where "dsPasso" = 'extend_floor'""",
        "extend_floor",
    ),
    "13_cron": (
        """create schema if not exists cron;
           create table cron.job (jobid bigint, jobname text, active boolean, database text);
           create table cron.job_run_details (jobid bigint, start_time timestamptz, status text,
                                              return_message text)""",
        "rastro-manutencao",
    ),
    "14_transactions": ("", "process"),
    "15_wraparound": ("", "test_"),
    "16_quarantine": (
        """update private."TbConfiguracao" set "nrErrosCliente" = 1;
           insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload",
                                         "nrTamanho", "blReprocessavel", "cdCliente", "dtExpiracao")
           values ('x', 'MALFORMED', 'x', 'x', 'x', 1, true, 1, now() + interval '1 day')""",
        "client 1",
    ),
    "17_clocks": (
        """update "TbPosicaoAtual" set "dtRegistro" = localtimestamp + interval '5 minutes'
           where "cdDispositivo" = 1""",
        "device 1",
    ),
    "18_settings": ("set local synchronous_commit = off", "synchronous_commit"),
    "19_keys": (
        """insert into "TbApiKeys" ("cdUsuario", "dsNome", "dsHash", "dtRegistro")
           select id, 'old', repeat('0', 64), now() - interval '100 days' from auth.users limit 1""",
        "key old",
    ),
    "20_packs": (
        """insert into series."TbSensorRegistroFrio" (
             "cdPacote", "cdSensor", "cdCliente", "dtPrimeiro", "dtUltimo", "nrQtd", "nrVerificacao",
             "nrResumo", "blDanificado", "pcRegistro", "pcQualidade", "pcDispositivo")
           overriding system value
           select 77, 11, 1, '2026-01-01', '2026-01-01', 1, 0, 0, true, p, p, p
           from private.pack_integers('{0}') p""",
        'chunk 77 of series."TbSensorRegistroFrio"',
    ),
}


@pytest.fixture(scope="module")
def durable(database: Database) -> Iterator[None]:
    """The cluster waits for the disk, which those of tests otherwise need not."""
    with closing(psycopg2.connect(database.admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("alter system set fsync = on")
        _reload(cursor, "on")
        yield
        cursor.execute("alter system reset fsync")
        cursor.execute("select pg_reload_conf()")


def _reload(cursor: Any, wanted: str) -> None:
    cursor.execute("select pg_reload_conf()")
    for _ in range(500):
        cursor.execute("select current_setting('fsync')")
        if cursor.fetchone() == (wanted,):
            return
        time.sleep(0.02)
    raise AssertionError("the setting does not take effect")


@pytest.fixture(scope="module")
def well(shared_lab: Lab, durable: None) -> Lab:
    """A database in use, whose maintenance has run."""
    shared_lab.gateway.ingest([{"cdDispositivo": 1, "nrBat": 3.5}])
    shared_lab.sql("call private.run_maintenance()")
    return shared_lab


@pytest.fixture
def cursor(well: Lab) -> Iterator[Any]:
    with closing(psycopg2.connect(well.database.admin_url)) as connection, connection.cursor() as cursor:
        yield cursor
        connection.rollback()


def found(cursor: Any, name: str) -> list[str]:
    answers = {answer.name: answer for answer in doctor.ask(cursor)}
    return [finding["oque"] for finding in answers[name].findings]


def test_every_check_has_its_fault() -> None:
    assert list(FAULTS) == ["00_migrations", *(path.stem for path in doctor.checks())]


def test_all_is_quiet_when_all_is_well(cursor: Any) -> None:
    answers = list(doctor.ask(cursor))
    assert {answer.name: answer.findings for answer in answers} == {name: [] for name in FAULTS}
    assert [answer.name for answer in answers if answer.skipped] == ["13_cron"]


@pytest.mark.parametrize("name", [name for name, (fault, _) in FAULTS.items() if fault])
def test_it_speaks_when_its_fault_is_made(cursor: Any, name: str) -> None:
    fault, named = FAULTS[name]
    cursor.execute(fault)
    assert any(named in what for what in found(cursor, name))


def test_what_a_dump_leaves_out_or_brings_along_is_seen(cursor: Any) -> None:
    """The time zone of a database; a job of pg_cron, which names the database that it was made in."""
    cursor.execute("set local timezone = 'America/Sao_Paulo'")
    assert found(cursor, "18_settings") == ["TimeZone"]
    cursor.execute(FAULTS["13_cron"][0])
    cursor.execute("insert into cron.job values (1, 'rastro-manutencao', true, current_database())")
    assert found(cursor, "13_cron") == []
    cursor.execute("update cron.job set database = 'another'")
    assert found(cursor, "13_cron") == ["rastro-manutencao"]


# Seen to fail: with every month of packed history named.
def test_packed_months_need_no_partitions(cursor: Any) -> None:
    cursor.execute(
        """do $$ begin execute format('drop table particoes.%I',
             'TbPosicao_' || to_char(now() - interval '3 months', 'YYYY_MM')); end $$"""
    )
    assert len(found(cursor, "07_partitions")) == 1
    cursor.execute(
        """update private."TbFrioMarca"
           set "dtFrio" = date_trunc('month', localtimestamp) - interval '2 months',
               "dtAnunciada" = localtimestamp"""
    )
    assert found(cursor, "07_partitions") == []


def test_dead_rows_are_seen(new_database: Callable[[], Database]) -> None:
    database = new_database()
    with closing(psycopg2.connect(database.admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute('alter table "TbEndereco" set (autovacuum_enabled = false)')
        cursor.execute("set session_replication_role = replica")  # nobody audits 100,000 changes
        cursor.execute('insert into "TbEndereco" ("dsUF") select \'SP\' from generate_series(1, 50001)')
        cursor.execute('delete from "TbEndereco"')
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select 1")
        assert found_alone(cursor, "09_bloat") == ['"TbEndereco"']


def test_a_forgotten_transaction_is_seen(cursor: Any, well: Lab) -> None:
    """Ten minutes later, which cannot be waited for: the time is taken out of the question."""
    with closing(psycopg2.connect(well.database.owner_url)) as other, other.cursor() as forgotten:
        forgotten.execute("select 1")
        text = (doctor.CHECKS / "14_transactions.sql").read_text()
        cursor.execute(text.replace("interval '10 minutes'", "interval '0'"))
        assert f"process {other.info.backend_pid} (postgres)" in [row[0] for row in cursor.fetchall()]


def test_transaction_numbers_that_run_out_are_seen(cursor: Any, well: Lab) -> None:
    cursor.execute((doctor.CHECKS / "15_wraparound.sql").read_text().replace("2.5", "0"))
    assert [row[0] for row in cursor.fetchall()] == [well.database.name]


def found_alone(cursor: Any, name: str) -> list[str]:
    cursor.execute((doctor.CHECKS / f"{name}.sql").read_text())
    return [row[0] for row in cursor.fetchall()]


# Seen to fail: without the savepoint of a question.
def test_a_question_that_fails_keeps_no_other_from_being_asked(cursor: Any) -> None:
    cursor.execute('drop table private."TbManutencaoConcessao"; drop table "TbPoliticaRetencao" cascade')
    cursor.execute('alter table private."TbRollupPendente" rename to outra')
    answers = {answer.name: answer.findings for answer in doctor.ask(cursor)}
    assert "does not exist" in answers["11_dirty_hours"][0]["porque"]
    assert answers["19_keys"] == []


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "scripts" / "doctor"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_command_says_so_by_its_exit_code(well: Lab, project: Database) -> None:
    url = well.database.admin_url
    code, output = run("--dsn", url)
    assert (code, output.splitlines()[-1]) == (doctor.HEALTHY, "No problems found.")
    code, output = run("--dsn", url, "--json", "--only", "07_partitions")
    assert (code, json.loads(output)) == (0, [{"name": "07_partitions", "findings": [], "skipped": False}])
    with databases.clone(project) as unmigrated:
        code, output = run("--dsn", unmigrated.admin_url)
    assert code == doctor.UNHEALTHY
    assert "This migration is not applied" in output
    code, output = run("--dsn", "postgresql://nobody@127.0.0.1:1/nothing")
    assert code == doctor.UNREACHABLE
    assert output.startswith("Cannot read the database")


# Seen to fail: with one call of verify_packs_before() only, which looks at 20 chunks of each table.
def test_packed_history_is_verified_on_demand(new_database: Callable[[], Database]) -> None:
    """Every chunk, also what maintenance looked at a moment ago; what is damaged is then named."""
    database = new_database()
    with closing(psycopg2.connect(database.admin_url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            """insert into series."TbSensorRegistroFrio" (
                 "cdSensor", "cdCliente", "dtPrimeiro", "dtUltimo", "nrQtd", "nrVerificacao", "nrResumo",
                 "pcRegistro", "pcQualidade", "pcDispositivo")
               select n, 1, '2026-01-01', '2026-01-01', 1, 0, 0, p, p, p
               from private.pack_integers('{0}') p, generate_series(1, 50) n"""
        )
        connection.commit()
        code, output = run("--dsn", database.owner_url, "--verify-packs", "--only", "20_packs")
        assert code == doctor.UNHEALTHY
        assert "50 chunks of packed history verified." in output
        assert output.count("do not unpack to what was packed") == 50
