"""Each index has a purpose, none does the work of another, and every foreign key can be checked by one.

Seen to fail: each of the three, with what the test behind it makes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.db._fleet import execute
from tests.db.plans._searches import SEARCHES

# An index whose columns another one begins with. Order does not count: an index is read both ways.
REDUNDANT = """
    with i as (
      select x.indexrelid::regclass as name, x.indrelid, x.indisunique, c.relam,
             coalesce(pg_get_expr(x.indpred, x.indrelid), '') as condition,
             array(select format('%s %s', pg_get_indexdef(x.indexrelid, k, false), x.indclass[k - 1])
                   from generate_series(1, x.indnkeyatts) k) as columns
      from pg_index x join pg_class c on c.oid = x.indexrelid
      where c.relnamespace = any (array['public', 'series', 'private', 'inventario']::regnamespace[])
    )
    select a.name::text, b.name::text
    from i a
    join i b on b.indrelid = a.indrelid and b.name <> a.name and b.relam = a.relam
      and b.condition = a.condition
      and b.columns[:cardinality(a.columns)] = a.columns
    where not a.indisunique or b.indisunique and b.columns = a.columns
    order by 1, 2
"""
# Indexes that no constraint has and that are not just the columns of a foreign key.
UNEXPLAINED = """
    select c.relname
    from pg_index x join pg_class c on c.oid = x.indexrelid
    where c.relnamespace = any (array['public', 'series', 'private', 'inventario']::regnamespace[])
      and not exists (
        select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
      and not exists (
        select from pg_constraint k
        where k.conrelid = x.indrelid and k.contype = 'f' and k.conkey = (x.indkey::int2[])[0:]
          and x.indpred is null)
    order by 1
"""
# Foreign keys whose columns no index begins with: deleting a parent would read all of the table.
UNINDEXED = """
    select k.conname
    from pg_constraint k
    where k.contype = 'f' and k.conparentid = 0
      and k.connamespace = any (array['public', 'series', 'private', 'inventario']::regnamespace[])
      and not exists (
        select from pg_index x
        where x.indrelid = k.conrelid and x.indisvalid and x.indpred is null
          and (x.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
    order by 1
"""


@contextmanager
def undone(db: Any, *statements: str) -> Iterator[None]:
    """The statements hold while this lasts."""
    execute(db, "begin")
    for statement in statements:
        execute(db, statement)
    try:
        yield
    finally:
        execute(db, "rollback")


def test_no_index_does_the_work_of_another(db: Any) -> None:
    assert execute(db, REDUNDANT) == []


@pytest.mark.parametrize(
    ("definition", "is_found"),
    [
        ('"TbSensor" ("cdDispositivo")', True),
        ('"TbSensor" ("cdDispositivo" desc, "cdTipoSensor")', True),
        ('"TbEndereco" ("dsLat")', True),
        ('unique "TbSensor" ("cdDispositivo", "dsPonto")', True),
        ('unique "TbSensor" ("cdDispositivo")', False),
        ('"TbSensor" ("cdDispositivo") where "dsPonto" is null', False),
        ('"TbEndereco" ("dsUF" text_pattern_ops)', False),
        ('"TbEndereco" using hash ("dsUF")', False),
    ],
)
def test_one_that_does_is_found(db: Any, definition: str, is_found: bool) -> None:
    kind = "unique index" if definition.startswith("unique ") else "index"
    with undone(db, f"create {kind} one_more on {definition.removeprefix('unique ')}"):
        assert any("one_more" in pair for pair in execute(db, REDUNDANT)) == is_found


DAMAGED = {f"{table}_blDanificado_idx": table
           for table in ("TbPosicaoFria", "TbSensorRegistroFrio", "TbRollupFrio")}  # fmt: skip
"""What has no rows unless something is damaged, and so is no search among many rows."""


def test_each_index_has_a_purpose(db: Any) -> None:
    """A constraint, a foreign key, or a search that needs it: until then a new one fails."""
    unexplained = {name for (name,) in execute(db, UNEXPLAINED)}
    assert unexplained <= {search.index for search in SEARCHES} | set(DAMAGED)


# Seen to fail: with the plan of chunks that are not damaged.
@pytest.mark.parametrize(("index", "table"), DAMAGED.items())
def test_damaged_chunks_are_found_without_looking_at_the_others(db: Any, index: str, table: str) -> None:
    with undone(db, "set local enable_seqscan = off"):
        plan = execute(db, f'explain select from series."{table}" c where c."blDanificado"')
    assert index in str(plan)


def test_a_new_index_has_none_yet(db: Any) -> None:
    with undone(db, 'create index one_more on "TbSensor" ("dtRegistro")'):
        assert ("one_more",) in execute(db, UNEXPLAINED)
    with undone(
        db, 'create index one_more on "TbSensor" ("cdProdutoItem") where "cdProdutoItem" is not null'
    ):
        assert ("one_more",) in execute(db, UNEXPLAINED)


def test_searches_name_indexes_that_are_there(db: Any) -> None:
    there = {name for (name,) in execute(db, "select relname from pg_class where relkind in ('i', 'I')")}
    assert {search.index for search in SEARCHES} - {None} <= there


def test_each_foreign_key_has_an_index(db: Any) -> None:
    assert execute(db, UNINDEXED) == []


@pytest.mark.parametrize(
    "statements",
    [
        ['drop index "TbSensor_cdProdutoItem_idx"'],
        ['drop index "TbSensor_cdDispositivo_cdTipoSensor_idx"',
         'alter table "TbSensor" drop constraint "TbSensor_cdDispositivo_dsPonto_key"'],
        ['drop index "TbSensor_cdProdutoItem_idx"',
         'create index on "TbSensor" ("cdTipoSensor", "cdProdutoItem")'],
        ['drop index "TbSensor_cdProdutoItem_idx"',
         'create index on "TbSensor" ("cdProdutoItem") where "dsPonto" is null'],
    ],
)  # fmt: skip
def test_one_without_is_found(db: Any, statements: list[str]) -> None:
    with undone(db, *statements):
        assert len(execute(db, UNINDEXED)) == 1
