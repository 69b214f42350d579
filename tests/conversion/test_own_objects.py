"""What an installation added around the system's tables: named, kept, and as it was after the way back.

So are the values of all tables, which the switch cannot all keep.
"""

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest

from scripts.devkit.commands import inspect
from scripts.devkit.convert import back, carry, finish, state, switch, turning, verify
from scripts.devkit.convert.plan import READY, make_plan
from scripts.devkit.local.databases import admin, roles_locked
from tests._lib import dumps
from tests._lib.databases import Database
from tests._lib.legacy import legacy, load, owner, query
from tests.conversion.test_copy import MANY
from tests.schema._legacy_world import OPEN_HANDED, rows
from tests.schema._prepared import prepare

ROLE = "teste_analista"
OWN = f"""
  create schema relatorios; create schema private_bi;
  grant usage, create on schema relatorios, private_bi to {ROLE};
  grant usage on schema public to {ROLE};
  grant select, update on public."TbPosicao" to {ROLE};
  grant select on public."TbEndereco", public."TbDispositivo" to {ROLE};
  grant select ("cdSensor", "nrValor") on public."TbSensorRegistro" to {ROLE};
  grant select ("dsNome") on public."TbCliente" to {ROLE};
  grant select on public."VwTbPosicaoAtual" to {ROLE} with grant option;
  grant execute on function public.get_grouped_sensor_data to {ROLE};
  create policy analista on public."TbPosicao" for select to {ROLE} using ("cdPosicao" <= 10);
  create policy analista on public."TbDispositivo" for select to {ROLE} using (true);
  create policy analista on public."TbEndereco" for select to {ROLE} using ("dsUF" is null);
  create policy "só estoque" on public."TbProduto" as restrictive for select to authenticated
    using ("cdStatus" = 'estoque');
  create policy solta on public."TbCliente" for select to authenticated using (true);
  create view relatorios."VwQuais" with (security_barrier = true) as
    select p."cdPosicao", e."dsLogradouro" from public."TbPosicao" p left join public."TbEndereco" e
      using ("cdEndereco");
  comment on view relatorios."VwQuais" is 'minhas';
  comment on column relatorios."VwQuais"."cdPosicao" is 'código';
  create function relatorios.nada() returns trigger language plpgsql as 'begin return null; end';
  create trigger nada instead of insert on relatorios."VwQuais" for each row
    execute function relatorios.nada();
  create rule nunca as on delete to relatorios."VwQuais" do instead nothing;
  alter view relatorios."VwQuais" owner to {ROLE};
  create view private_bi."VwQuantas" as select count(*) from relatorios."VwQuais";
  create table public."TbAlarme" (i integer primary key, "cdPosicao" integer);
  alter table public."TbAlarme" enable row level security;
  create policy minhas on public."TbAlarme" for select to authenticated using (
    exists (select from public."TbPosicao" p where p."cdPosicao" = "TbAlarme"."cdPosicao"));
  create trigger nada before update on public."TbDispositivo" for each row when (false)
    execute function relatorios.nada();
  create publication teste_minha for table public."TbPosicao", public."TbEndereco" where ("cdEndereco" > 0),
    public."TbCliente";
  alter table public."TbEstado" replica identity full;
  comment on table public."TbCliente" is 'nossos clientes';
  comment on column public."TbPosicao"."nrBat" is 'volts';
  create statistics minhas_contas on "cdDispositivo", "blArea" from public."TbPosicao";
  create index minha_idx on public."TbPosicao" ("nrSeq");
  create function relatorios.soma() returns bigint language plpgsql as
    'begin return (select count(*) from public."TbPosicao"); end';
"""
AS_ANALYST = f"""begin; set local role {ROLE};"""
SEEN: dict[str, Any] = {
    'select count(*) from public."TbPosicao"': 10,
    'select count(*) from relatorios."VwQuais"': 10,
    'select sum("nrValor") is null from public."TbSensorRegistro"': True,
    'select count(*) from public."TbDispositivo"': 2,
    'select count(*) from public."TbEndereco"': 18,
}


@pytest.fixture(scope="module")
def old(project: Database) -> Iterator[Database]:
    with legacy(project) as database:
        with owner(database) as cursor:
            cursor.execute(OPEN_HANDED)
            load(database, rows())
            cursor.execute(MANY)
            cursor.execute(f"create role {ROLE}; grant {ROLE} to current_user")
            cursor.execute(OWN)
            with admin(database.name) as other:
                other.execute("create publication teste_esquema for tables in schema public")
        try:
            yield database
        finally:
            with owner(database) as cursor:
                cursor.execute(f"drop owned by {ROLE} cascade; drop role {ROLE}")


def forward(database: Database) -> None:
    carry.copy(database.owner_url, carry.Pace(None), lambda _rows: None)
    verdict = verify.verify(database.owner_url)
    assert verdict.agrees, verdict
    with roles_locked(), state.alone(database.owner_url) as cursor:
        switch.run(cursor, "km")


def seen(database: Database) -> dict[str, Any]:
    """What the role sees."""
    found: dict[str, Any] = {}
    with owner(database) as cursor:
        for statement in SEEN:
            cursor.execute(AS_ANALYST)
            try:
                cursor.execute(statement)
                found[statement] = cursor.fetchone()[0]
            finally:
                cursor.execute("rollback")
    return found


def dumped(database: Database) -> tuple[list[str], list[str]]:
    """Rows and schema. A column of TbApiKeys is dropped by the switch, so that it is the last afterwards.

    Sequences do not go back.
    """
    schema = dumps.schema(database)
    data = [one for one in dumps.rows(database) if "pg_catalog.setval" not in one]
    return [_in_any_order(one) for one in schema], sorted(_in_any_order(one) for one in data)


def _in_any_order(text: str) -> str:
    return " ".join(sorted(re.findall(r"[^\s,();]+", text))) if '"TbApiKeys"' in text else text


@pytest.fixture(scope="module")
def told(old: Database) -> dict[str, Any]:
    """The whole story: there, back, given up, there again, and finished."""
    answers: dict[str, Any] = {"before": dumped(old), "seen": [seen(old)], "plan": planned(old)}
    prepare(old)
    forward(old)
    answers["switched"] = objects(old)
    answers["seen"].append(seen(old))
    with roles_locked(), state.alone(old.owner_url) as cursor:
        back.run(cursor)
    answers["seen"].append(seen(old))
    with roles_locked():
        assert turning.run_back(old.owner_url, give_up=True) == turning.DONE
    answers["given up"] = dumped(old)
    prepare(old)
    forward(old)
    with state.alone(old.owner_url) as cursor:
        finish.run(cursor)
    answers["finished"] = objects(old)
    answers["seen"].append(seen(old))
    return answers


def planned(database: Database) -> dict[str, str]:
    """What the plan says of each, in short."""
    known = inspect.state(migrated=False)
    text = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(text):
        patch.setattr(inspect, "state", lambda *, migrated: known)
        assert make_plan(database.owner_url, "km", None, as_json=True) == READY, text.getvalue()
    own = json.loads(text.getvalue())["own"]
    return {one["what"]: " ".join(one["fate"].replace(",", "").split()[:3]) for one in own}


def objects(database: Database) -> dict[str, Any]:
    """What there is of the installation's own."""
    return {
        "view": query(
            database,
            """select c.relowner::regrole::text, c.reloptions, obj_description(c.oid),
                      col_description(c.oid, 1),
                      (select string_agg(t.tgname, ',') from pg_trigger t where t.tgrelid = c.oid),
                      (select count(*) from pg_rewrite r where r.ev_class = c.oid)
               from pg_class c where c.oid = 'relatorios."VwQuais"'::regclass""",
        ),
        "policies": query(
            database,
            """select schemaname, replace(tablename, 'TbEnderecoAtual', 'TbEndereco'), policyname
               from pg_policies
               where policyname in ('analista', 'só estoque', 'solta', 'minhas') order by 1, 2, 3""",
        ),
        "published": query(
            database,
            "select schemaname, replace(tablename, 'TbEnderecoAtual', 'TbEndereco'), rowfilter"
            " from pg_publication_tables where pubname = 'teste_minha'"
            " and schemaname = 'public' order by 2",
        ),
        "trigger": query(
            database, """select count(*) from pg_trigger where tgname = 'nada' and tgenabled = 'O'"""
        ),
        "rights": query(
            database,
            f"""select has_table_privilege('{ROLE}', 'public."VwTbPosicaoAtual"', 'select with grant option'),
                       has_table_privilege('{ROLE}', 'series."TbPosicao"', 'update'),
                       has_column_privilege('{ROLE}', 'public."TbCliente"', 'dsNome', 'select'),
                       has_table_privilege('{ROLE}', 'public."TbCliente"', 'select')""",
        ),
        "sums": query(database, 'select relatorios.soma(), (select * from private_bi."VwQuantas")'),
    }


KEPT = {
    "view": [(ROLE, ["security_barrier=true"], "minhas", "código", "nada", 2)],
    "policies": [
        ("public", "TbAlarme", "minhas"), ("public", "TbDispositivo", "analista"),
        ("public", "TbEndereco", "analista"), ("public", "TbProduto", "só estoque"),
        ("series", "TbPosicao", "analista"),
    ],
    "published": [("public", "TbCliente", None), ("public", "TbEndereco", '("cdEndereco" > 0)')],
    "trigger": [(2,)],
    "rights": [(True, False, True, False)],
}  # fmt: skip


# Seen to fail: with a publication that names no columns published again with an empty list of them.
@pytest.mark.parametrize("when", ["switched", "finished"])
def test_what_was_added_stays(told: dict[str, Any], when: str) -> None:
    found = told[when]
    assert {name: found[name] for name in KEPT} == KEPT


# Seen to fail: with views created again without their owner, who could not read them any more.
def test_nobody_sees_more_or_less(told: dict[str, Any]) -> None:
    first, *others = told["seen"]
    assert first == SEEN
    assert others == [SEEN] * len(others)


# Seen to fail: with an index by its new name, a right on schema inventario missing, and sensor types that the
# switch had added.
@pytest.mark.parametrize("part", [0, 1], ids=["schema", "rows"])
def test_after_the_way_back_and_giving_up_nothing_is_different(told: dict[str, Any], part: int) -> None:
    before, after = set(told["before"][part]), set(told["given up"][part])
    assert (before - after, after - before) == (set(), set())


BACK, ON_NEW = "is not carried", "is created again"
FATES = {
    'view relatorios."VwQuais"': ON_NEW,
    'view private_bi."VwQuantas"': ON_NEW,
    'policy analista on public."TbPosicao"': "stays on the",
    'policy analista on public."TbEndereco"': "stays on the",
    'policy analista on public."TbDispositivo"': "stays",
    'policy "só estoque" on public."TbProduto"': "stays",
    'policy solta on public."TbCliente"': BACK,
    'policy minhas on public."TbAlarme"': ON_NEW,
    'trigger nada on public."TbDispositivo"': "stays",
    'publication teste_minha of public."TbPosicao"': BACK,
    'publication teste_minha of public."TbEndereco"': "has the new",
    "publication teste_esquema of schema public": "stays: it has",
    'SELECT, UPDATE on public."TbPosicao" for teste_analista': "is granted again",
    'SELECT on public."TbEndereco" for teste_analista': "is granted again",
    'SELECT ("cdSensor", "nrValor") on public."TbSensorRegistro" for teste_analista': "is granted again",
    'SELECT on public."VwTbPosicaoAtual" for teste_analista': "is granted again:",
    'comment on table public."TbCliente"': "gives way to",
    'comment on table column public."TbPosicao"."nrBat"': "gives way to",
    "statistics minhas_contas": "end with the",
    "function relatorios.soma()": "stays; its text",
}


# Seen to fail: before it named anything.
def test_the_plan_names_each(told: dict[str, Any]) -> None:
    assert told["plan"] == FATES
