"""Sees whether any row of any table changed, exactly and at little cost."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2

from tests._lib.databases import Database

# Every table, partitions within their parent. That a key was used is no change: it is counted before anything
# is refused.
_TABLES = """
    select format('%I.%I', n.nspname, c.relname)
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname !~ '^pg_|^information_schema$' and c.relname <> 'TbUsoApiKey'
       and c.relpersistence = 'p'
     order by 1
"""
_ROWS = "select '{0}', count(*), sum(hashtextextended((to_jsonb(t) - 'dtUltimoUso')::text, 0)) from {0} t"


class Watch:
    """Compares the database with how it was at the last look."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        cursor.execute(_TABLES)
        self._tables = [name for (name,) in cursor.fetchall()]
        self._transactions, self._rows = self._begun(), self._content()

    def changed(self) -> set[str]:
        """Tables of which any row came, went or changed since the last look.

        Without a new transaction id nobody has written, so that most looks are one small question.
        """
        begun = self._begun()
        if begun == self._transactions:
            return set()
        before, self._rows, self._transactions = self._rows, self._content(), begun
        return {name for name, rows in self._rows.items() if rows != before[name]}

    def _begun(self) -> int:
        self._cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(self._cursor.fetchone()[0])

    def _content(self) -> dict[str, tuple[int, int]]:
        self._cursor.execute(" union all ".join(_ROWS.format(name) for name in self._tables))
        return {name.replace('"', ""): (count, digest) for name, count, digest in self._cursor.fetchall()}


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """A watch with the superuser's eyes."""
    with closing(psycopg2.connect(database.admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield Watch(cursor)
