"""Sees whether any row of any table changed, exactly and at little cost."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import psycopg2

from tests._lib.databases import Database

# Every table tells of each changed row when it is committed, never before. That a key was used is no change:
# it is counted before anything is refused.
_TELL = """
    create function tell_of_change() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'UPDATE' or to_jsonb(new) - 'dtUltimoUso' <> to_jsonb(old) - 'dtUltimoUso' then
        perform pg_notify('changed', split_part(tg_argv[0], '.', 2));
      end if;
      return null;
    end $$;
    do $$
    declare v_table text;
    begin
      for v_table in
        select format('%I.%I', n.nspname, c.relname)
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and not c.relispartition
           and n.nspname !~ '^pg_|^information_schema$' and c.relname <> 'TbUsoApiKey'
      loop
        execute format(
          'create trigger zz_told after insert or update or delete on %s'
          ' for each row execute function public.tell_of_change(%L)', v_table, replace(v_table, '"', '')
        );
      end loop;
    end $$;
    listen changed;
"""

QUARANTINE = {"TbIngestaoErro", "TbErroAlheio", "TbQuarentena", "TbQuarentenaMudanca", "TbQuarentenaOrigem"}
"""Tables that change when something is quarantined."""


class Watch:
    """Hears of every change of a row."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._cursor.execute(_TELL)
        self._looks = count()

    def changed(self) -> set[str]:
        """Tables of which any row came, went or changed since the last look."""
        until = f"look {next(self._looks)}"
        self._cursor.execute("select pg_notify('changed', %s)", (until,))
        told: list[str] = []
        while until not in told:
            self._connection.poll()
            told += [notice.payload for notice in self._connection.notifies]
            self._connection.notifies.clear()
        return {name for name in told if not name.startswith("look ")}


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """A watch with the superuser's eyes, on a database that is thrown away."""
    with closing(psycopg2.connect(database.admin_url)) as connection:
        connection.autocommit = True
        yield Watch(connection)
