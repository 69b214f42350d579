"""What `prepare` makes for the conversion itself: tables, capture of changes, indexes on old tables."""

import time
from typing import Any

import psycopg2

from ..console import Problem
from ..local.paths import SQL
from . import texts

# Old tables whose changes are captured: the column that names the unit, the sensor of a row.
CAPTURED = {
    "TbPosicao": ("cdPosicao", "null::integer"),
    "TbSensorRegistro": ("cdPosicao", '"cdSensor"'),
    "TbEndereco": ("cdEndereco", "null::integer"),
}
# What the copy finds old rows by: table, first column.
_INDEXED = (("TbPosicao", "dtRegistro"), ("TbSensorRegistro", "cdPosicao"))
_ATTEMPTS, _LOCK_MS, _PAUSE_S = 600, 100, 0.5
# Autovacuum gives way to who waits for a second for this lock; reading and writing go on meanwhile.
_KEEP_VACUUM_OUT = """lock table public."{}" in share update exclusive mode"""


def lay(cursor: Any) -> None:
    """Create what is missing of it, and the functions as they are now. Raises Problem."""
    if not _exists(cursor, 'conversao."TbConversao"'):
        _tables(cursor)
    for function in texts.functions():
        cursor.execute(function)
    for table, column in _INDEXED:
        _index(cursor, table, column)
    for table, (key, sensor) in CAPTURED.items():
        _capture(cursor, texts.text("prepare", "20_capture", table=table, key=key, sensor=sensor), table, 4)
    _capture(cursor, texts.text("prepare", "25_owners"), "TbDispositivo", 1)


def _tables(cursor: Any) -> None:
    """In one transaction: schema conversao, its tables, and the new TbEndereco beside the old one."""
    cursor.execute("begin")
    cursor.execute(texts.text("prepare", "10_tables"))
    for stage in ("tables", "foreign_keys"):
        address = (SQL / "10_registry" / stage / "TbEndereco.sql").read_text()
        cursor.execute(address.replace('public."TbEndereco', 'conversao."TbEndereco'))
    cursor.execute(texts.text("prepare", "15_address_view"))
    cursor.execute(
        'insert into conversao."TbConversao" ("nrPosicoes", "nrRegistros") values (%s, %s)',
        (_rows(cursor, "TbPosicao"), _rows(cursor, "TbSensorRegistro")),
    )
    cursor.execute("commit")


def _rows(cursor: Any, table: str) -> int:
    """As estimated, or counted where nothing is known or the table is small."""
    cursor.execute("select reltuples::bigint from pg_class where oid = %s::regclass", (f'public."{table}"',))
    estimate = int(cursor.fetchone()[0])
    if estimate > 100_000:
        return estimate
    cursor.execute(f'select count(*) from public."{table}"')
    return int(cursor.fetchone()[0])


def _index(cursor: Any, table: str, column: str) -> None:
    """Build the index while others write, unless one serves already; an unfinished one is built again."""
    name = f"{table}_conversao_idx"
    cursor.execute(
        """select exists (
             select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
             where i.indrelid = %s::regclass and i.indisvalid and i.indpred is null and a.attname = %s)""",
        (f'public."{table}"', column),
    )
    if cursor.fetchone()[0]:
        return
    cursor.execute(f'drop index concurrently if exists public."{name}"')
    cursor.execute(f'create index concurrently "{name}" on public."{table}" ("{column}")')


def _capture(cursor: Any, statements: str, table: str, triggers: int) -> None:
    """Create so many triggers on the table, unless they are there."""
    cursor.execute(
        """select count(*) from pg_trigger t
           where t.tgrelid = %s::regclass and t.tgname like 'conversao\\_%%'""",
        (f'public."{table}"',),
    )
    if cursor.fetchone()[0] == triggers:
        return
    for _ in range(_ATTEMPTS):
        try:
            cursor.execute(f"begin; set local lock_timeout = '5min'; {_KEEP_VACUUM_OUT.format(table)}")
            cursor.execute(f"set local lock_timeout = '{_LOCK_MS}ms'")
            cursor.execute(statements)
            cursor.execute("commit")
            return
        except psycopg2.errors.LockNotAvailable:
            cursor.execute("rollback")
            time.sleep(_PAUSE_S)
    raise Problem(
        f"Changes of {table} cannot be captured yet: a transaction that has written to it is still open. "
        "Look at pg_stat_activity, end it, and run prepare again."
    )


def _exists(cursor: Any, table: str) -> bool:
    cursor.execute("select to_regclass(%s) is not null", (table,))
    return bool(cursor.fetchone()[0])
