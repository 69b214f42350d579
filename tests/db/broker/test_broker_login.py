"""The login of ``python -m app.jobs.broker_acl``: it reads the valid logins of devices, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from scripts.devkit.local.databases import BROKER, set_password, url
from tests.db._fleet import CHILD
from tests.db._lab import Lab

LOGINS = "select * from private.broker_logins()"
OURS = "('public', 'private', 'particoes', 'inventario', 'series')"
HASH = "$6$c2FsdA==$a2V5"


@pytest.fixture
def cursor(lab: Lab) -> Iterator[Any]:
    set_password(BROKER)
    with closing(psycopg2.connect(url(BROKER, lab.database.name))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


# Seen to fail: without either condition of the function.
def test_it_reads_the_logins_that_are_valid(lab: Lab, cursor: Any) -> None:
    lab.sql('delete from "TbDispositivoCredencial"')
    logins = (("a", 1, None), ("b", 1, "infinity"), ("c", 1, "-infinity"), ("d", 2, None))
    for user, device, expiry in logins:
        lab.sql(
            """insert into "TbDispositivoCredencial" ("cdDispositivo", "dsUsuario", "dsHash", "dtExpiracao")
               values (%s, %s, %s, %s)""",
            device, user, HASH, expiry,
        )  # fmt: skip
    ((owner,),) = lab.sql('select "cdCliente" from "TbDispositivo" where "cdDispositivo" = 1')
    cursor.execute(LOGINS)
    of_child = ("d", HASH, CHILD, 2, owner)
    assert cursor.fetchall() == [("a", HASH, owner, 1, None), ("b", HASH, owner, 1, None), of_child]
    lab.sql('update "TbDispositivo" set "cdCliente" = null where "cdDispositivo" = 1')
    try:
        cursor.execute(LOGINS)
        assert cursor.fetchall() == [of_child]
    finally:
        lab.sql('update "TbDispositivo" set "cdCliente" = %s where "cdDispositivo" = 1', owner)


# Seen to fail: with a grant to public on any other function; with a table granted to the role.
def test_it_may_do_nothing_else(lab: Lab, cursor: Any) -> None:
    functions = lab.sql(
        f"""select p.oid::regprocedure::text from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in {OURS} and has_schema_privilege('{BROKER}', n.oid, 'usage')
              and has_function_privilege('{BROKER}', p.oid, 'execute')
              and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
              and p.prorettype <> 'trigger'::regtype"""
    )
    assert functions == [("private.broker_logins()",)]
    tables = lab.sql(
        f"""select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in {OURS} and c.relkind in ('r', 'p', 'v', 'm')
              and has_any_column_privilege('{BROKER}', c.oid, 'select, insert, update')"""
    )
    assert tables == []
    for statement in (
        'select * from "TbDispositivoCredencial"',
        'select * from "TbDispositivo"',
        "call private.run_maintenance()",
        "set role authenticated",
        "create table public.mine ()",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(statement)
