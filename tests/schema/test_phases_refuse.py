"""The phases refuse what they cannot carry over, and leave it as it is; indexes do no harm.

Seen to fail: by a guard that is not there, or that looks at one of the two tables; by one in a
file of its own, which then is applied.
"""

import time
from contextlib import closing

import psycopg2
import pytest

from scripts.devkit.console import Problem
from tests._lib import dumps
from tests._lib.databases import Database
from tests._lib.legacy import INDEXED, migrate, owner, query
from tests.db._lab import in_background
from tests.schema._legacy_world import UNIT
from tests.schema._snapshot import snapshot

POSITION = 'insert into public."TbPosicao" ("cdDispositivo", "nrBat") values (1, 3.3)'
READING = """insert into public."TbSensorRegistro" ("cdDispositivo", "cdSensor", "cdPosicao", "nrValor")
             values (1, 1, 1, 2.5)"""
HISTORY = "select version from supabase_migrations.schema_migrations"


def history(database: Database) -> list[str]:
    return [version for (version,) in query(database, HISTORY)]


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ([POSITION], r"rows in TbPosicao\)"),
        ([POSITION, READING], r"rows in TbPosicao and TbSensorRegistro\)"),
    ],
)
def test_time_series_are_refused_and_left_alone(old: Database, statements: list[str], named: str) -> None:
    with owner(old) as cursor:
        for statement in statements:
            cursor.execute(statement)
    migrate(old, INDEXED)
    schema, data, versions = dumps.schema(old), dumps.rows(old), history(old)
    with pytest.raises(Problem, match=f"{named}.*(\n.*)*Nothing was changed.*(\n.*)*scripts/convert"):
        migrate(old)
    assert (dumps.schema(old), dumps.rows(old), history(old)) == (schema, data, versions)
    assert max(versions) < INDEXED


def test_a_position_that_arrives_meanwhile_is_refused_too(old: Database) -> None:
    """Seen to fail: by looking once, before the lock."""
    migrate(old, INDEXED)
    with closing(psycopg2.connect(old.owner_url)) as writer, writer.cursor() as cursor:
        cursor.execute(POSITION)
        with in_background(lambda: migrate(old)) as migration:
            wait_until_somebody_waits(old)
            writer.commit()
            with pytest.raises(Problem, match="rows in TbPosicao"):
                migration.result(30)
    assert query(old, 'select count(*) from "TbPosicao"') == [(1,)]


def wait_until_somebody_waits(database: Database) -> None:
    """Returns once a lock in this database is waited for; fails after ten seconds."""
    waiting = """select from pg_locks l join pg_database d on d.oid = l.database
                 where d.datname = current_database() and not l.granted"""
    for _ in range(1000):
        if query(database, waiting):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_indexes_are_added_to_a_table_with_rows(old: Database) -> None:
    """Seen to fail: by an index left out, or that is not built `concurrently`; by one that was there under
    another name, and that is built again."""
    with owner(old) as cursor:
        cursor.execute(POSITION)
        cursor.execute('drop index "idx_TbSensorRegistro_sensor_time", "idx_TbEndereco_uf"')
    before = snapshot(old)
    migrate(old, INDEXED)
    assert snapshot(old) == before
    found = query(
        old,
        """select pg_get_indexdef(indexrelid) from pg_index
           where indisvalid and indrelid::regclass::text
                 in ('"TbPosicao"', '"TbSensorRegistro"', '"TbSensor"', '"TbEndereco"')""",
    )
    columns = {text.partition(" USING btree ")[2] for (text,) in found}
    twice = len(found) - len({text.partition(" ON ")[2] for (text,) in found})
    assert twice == 1  # the key of TbSensor
    assert columns >= {
        '("cdDispositivo", "dtRegistro" DESC)',
        '("cdDispositivo", "cdPosicao" DESC)',
        '("cdEndereco")',
        '("dtRegistro" DESC)',
        '("cdSensor", "dtRegistro" DESC)',
        '("cdPosicao", "cdDispositivo")',
        '("dtRegistro" DESC, "cdDispositivo")',
        '("cdDispositivo", "cdTipoSensor")',
        '("dsLat", "dsLong")',
        '("dsUF")',
    }


def test_radii_without_a_unit_are_refused(old: Database) -> None:
    """Seen to fail: by taking the unit for granted; by a refusal after addresses were changed."""
    with pytest.raises(Problem, match="metres or kilometres"):
        migrate(old)
    assert query(old, """select "dsLat" from public."TbEndereco" where "cdEndereco" = 7""") == [
        ("não informado",)
    ]
    assert query(old, """select "nrRaio" from public."TbDestinatario" where "cdDestinatario" = 1""") == [
        (0.5,)
    ]
    with owner(old) as cursor:
        cursor.execute(UNIT, ("m",))
    migrate(old)
    assert query(old, """select "nrRaio" from public."TbDestinatario" where "cdDestinatario" = 1""") == [
        (0.5,)
    ]
