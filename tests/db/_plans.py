"""Plans as PostgreSQL ran them: which tables and indexes a call read, and how much of them."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2

from tests._lib.databases import Database
from tests.db._lab import ENTER

Row = dict[str, Any]
TELL = (
    "load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_format = json; "
    "set auto_explain.log_nested_statements = on; set auto_explain.log_analyze = on; "
    "set auto_explain.log_buffers = on; set auto_explain.log_level = notice"
)
# A partition, or the index of one, and the table or index that it is a part of.
PARENTS = """
    select c.relname, p.relname
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
"""


@dataclass(frozen=True)
class Scan:
    """What one node of a plan read: pages of 8 kB of table and index, from cache or not."""

    table: str
    partition: str
    indexes: frozenset[str]
    kind: str
    rows: int
    pages: int


def run(
    database: Database,
    claims: Row | None,
    statement: str,
    values: Sequence[Any] = (),
    before: Sequence[str] = (),
) -> list[Row]:
    """The plan of each statement that this call ran, those within functions too; nothing stays of it.

    `claims` say who calls, None stands for the owner of the tables; `before` is run first, by a superuser.
    """
    with closing(psycopg2.connect(database.admin_url)) as connection, connection.cursor() as cursor:
        connection.notices = deque()  # type: ignore[assignment] # a list would keep the last fifty only
        for prepare in (TELL, *before):
            cursor.execute(prepare)
        if claims is None:
            cursor.execute("set local role postgres")
        else:
            cursor.execute(ENTER, (json.dumps(claims),))
        cursor.execute("savepoint fresh")
        for _ in range(2):  # the first time fills the caches of the session, and reads catalogues for that
            connection.notices.clear()
            cursor.execute("rollback to fresh")
            cursor.execute(statement, values or None)
        return [json.loads(text[text.index("{") :])["Plan"] for text in connection.notices if "{" in text]


def nodes(plan: Row) -> Iterator[Row]:
    """This node and all below it."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def scans(database: Database, plans: Sequence[Row]) -> list[Scan]:
    """Every scan that was executed; partitions and their indexes under the names of their parents."""
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(PARENTS)
        parents: dict[str, str] = dict(cursor.fetchall())
    found = [node for plan in plans for node in nodes(plan) if "Relation Name" in node]
    return [_scan(node, parents) for node in found if node["Actual Loops"] > 0]


def discarded(plans: Sequence[Row]) -> int:
    """Rows that were made and then thrown away by a condition, rows of tables left out.

    What goes through all pairs of two sets in memory shows here and in no count of pages.
    """
    names = ("Rows Removed by Join Filter", "Rows Removed by Filter")
    found = [node for plan in plans for node in nodes(plan) if "Relation Name" not in node]
    return round(sum(float(node.get(name, 0) * node["Actual Loops"]) for node in found for name in names))


def _scan(node: Row, parents: dict[str, str]) -> Scan:
    names = {below["Index Name"] for below in _one_scan(node) if "Index Name" in below}
    relation: str = node["Relation Name"]
    return Scan(
        table=parents.get(relation, relation),
        partition=relation,
        indexes=frozenset(parents.get(name, name) for name in names),
        kind=node["Node Type"],
        rows=round(node["Actual Rows"] * node["Actual Loops"]),
        pages=_pages(node) - sum(_pages(child) for child in node.get("Plans", []) if not _is_bitmap(child)),
    )


def _one_scan(node: Row) -> Iterator[Row]:
    """The node and the bitmaps under it."""
    yield node
    for child in filter(_is_bitmap, node.get("Plans", [])):
        yield from _one_scan(child)


def _is_bitmap(node: Row) -> bool:
    return node["Node Type"] in ("Bitmap Index Scan", "BitmapAnd", "BitmapOr")


def _pages(node: Row) -> int:
    return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])
