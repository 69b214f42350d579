"""Policies of time series cost no more for who sees many clients."""

from contextlib import closing

import psycopg2

from tests._lib.databases import Database

_COMPARED = """
    select p.tablename from pg_policies p
    join pg_class c on c.oid = format('public.%I', p.tablename)::regclass
    where p.schemaname = 'series'
      and p.qual ~ '= ANY'
"""


# Seen to fail: for all seven, when they compared an array; who sees 50 clients read the index 50 times.
def test_no_index_of_time_series_is_searched_for_each_client(database: Database) -> None:
    """`= any (array)` on a later key column goes into the index, which is descended for each element."""
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(_COMPARED)
        assert cursor.fetchall() == []
