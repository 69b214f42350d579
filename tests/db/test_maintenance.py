"""The upkeep: one at a time, step by step, whoever is killed and whatever fails.

Comments name changes that were tried and make the test fail.
"""

from contextlib import closing
from typing import Any

import psycopg2
import pytest

from scripts._lib.databases import set_password, url
from tests.db._lab import Lab

UPKEEP = "call private.manutencao()"
ROLE = "rastro_manutencao"


def log(lab: Lab) -> list[tuple[Any, ...]]:
    return lab.sql('select "dsPasso", "dsErro" from "TbManutencaoExecucao" order by "cdExecucao"')


@pytest.fixture(autouse=True)
def fresh(lab: Lab) -> None:
    lab.sql('delete from "TbManutencaoExecucao"')
    lab.sql("""update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' """)


def test_each_step_has_a_line(lab: Lab) -> None:
    lab.sql(UPKEEP)
    (steps,) = lab.sql("select private.passos()")[0]
    assert log(lab) == [(step, None) for step in steps]
    assert lab.sql("select get_saude_series() ->> 'status'") == [("ok",)]


# Fails without "exit when v_mais is null", and without the lease in executar_passo.
def test_never_two_at_work(lab: Lab) -> None:
    lab.sql(
        """update private."TbManutencaoConcessao"
           set "dsQuem" = 'other', "dtExpira" = now() + interval '1 minute'"""
    )
    lab.sql(UPKEEP)
    assert log(lab) == []


# Fails without "skip locked": the second would wait.
def test_who_works_cannot_be_joined_even_when_its_time_is_over(lab: Lab) -> None:
    with closing(psycopg2.connect(lab.database.owner_url)) as other, other.cursor() as cursor:
        cursor.execute("select private.executar_passo('expirar_erros', 'other')")
        lab.sql("set statement_timeout = '5s'")
        lab.sql(UPKEEP)
        assert log(lab) == []
        lab.sql("reset statement_timeout")


# Fails when an expired lease is not taken over.
def test_after_one_is_killed_the_next_goes_on(lab: Lab) -> None:
    with closing(psycopg2.connect(lab.database.owner_url)) as victim, victim.cursor() as cursor:
        cursor.execute("select private.executar_passo('avancar_marca', 'victim')")
        lab.sql("select pg_terminate_backend(%s, 5000)", victim.info.backend_pid)
    lab.sql(UPKEEP)
    assert ("avancar_marca", None) in log(lab)


# Fails without the exception block in executar_passo.
def test_a_failing_step_is_seen_and_stops_no_other(lab: Lab) -> None:
    body = "language plpgsql as $$ begin raise exception 'on purpose'; end $$"
    (kept,) = lab.sql("select pg_get_functiondef('private.recuar_piso()'::regprocedure)")[0]
    lab.sql(f"create or replace function private.recuar_piso() returns integer {body}")
    try:
        lab.sql(UPKEEP)
    finally:
        lab.sql(kept)
    failed = {step: error for step, error in log(lab) if error}
    assert failed == {"recuar_piso": "P0001 on purpose"}
    assert len(log(lab)) == len(lab.sql("select private.passos()")[0][0])
    health = lab.sql("select get_saude_series()")[0][0]
    assert health["status"] == "degraded"
    assert any("recuar_piso" in reason for reason in health["reasons"])


# Fails without the grants in sql/40_private/49_manutencao.sql, and without its security definer.
def test_its_login_can_do_this_and_nothing_else(lab: Lab) -> None:
    set_password(ROLE)
    with closing(psycopg2.connect(url(ROLE, lab.database.name))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(UPKEEP)
            assert len(log(lab)) == len(lab.sql("select private.passos()")[0][0])
            for statement in (
                'select * from "TbPosicao"',
                "select private.avancar_marca()",
                "set role authenticated",
            ):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(statement)
            with pytest.raises(psycopg2.Error, match="no step"):
                cursor.execute("select private.executar_passo('identidade_servico', 'x')")
