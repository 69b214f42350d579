"""Numbers and times that no thing has are refused by the database, whichever way they come.

Readers survive what older versions took; nobody may write more of it.
"""

from collections.abc import Iterator

import pytest

from tests._lib.databases import Database
from tests.db.access._isolation import CALLERS
from tests.db.access._postgrest import RestWorld

_COLUMNS = """
    select c.oid::regclass::text, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
      and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'numeric'::regtype, 'timestamp'::regtype,
                         'timestamptz'::regtype, 'date'::regtype)
      and c.relnamespace::regnamespace::text in ('public', 'series', 'private') -- inventario stays as it was
      and exists (
        select from unnest('{anon,authenticated,service_role}'::text[]) r
        where has_column_privilege(r, c.oid, a.attnum, 'insert')
           or has_column_privilege(r, c.oid, a.attnum, 'update'))
"""
_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e300", "-1e300", "-1")
_TIMES = ("infinity", "-infinity", "0001-01-01", "10000-01-01")
# What is taken, and why.
_TAKEN = {
    ("TbEndereco", "dsLat", "-1"): "a latitude",
    ("TbEndereco", "dsLong", "-1"): "a longitude",
    ("TbDestinatario", "nrRaio", "1e300"): "everywhere",
}


@pytest.fixture(scope="module")
def world(database: Database) -> Iterator[RestWorld]:
    with RestWorld(database) as world:
        yield world


# Seen to fail: before, for weights and sizes of items and products, and for every expiry.
def test_no_column_takes_what_cannot_be(world: RestWorld) -> None:
    with world.owner.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = cursor.fetchall()
    assert len(columns) > 5
    taken = []
    for relation, table, column, kind in columns:
        for value in _TIMES if kind.startswith(("time", "date")) else _NUMBERS:
            row = f"(select min(ctid::text)::tid from {relation})"
            statement = f"""update {relation} set "{column}" = '{value}' where ctid = {row}"""
            outcome = world.ask(CALLERS["service_role"], statement, keep=False)
            if outcome.state != "23514":
                assert (outcome.state, outcome.count) == ("", 1), outcome
                taken.append((table, column, value))
    assert sorted(taken) == sorted(_TAKEN)
