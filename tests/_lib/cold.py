"""Databases in which nothing stays a row: with pytest's --cold tests read packed history.

Whatever a transaction has stored is packed when it commits, as if maintenance came at once and history were
packed from the first minute. Tests need not know: whoever reads afterwards finds packs and no rows.
"""

from contextlib import closing

import psycopg2

from tests._lib.databases import Database

_PLANS = "looks at plans of scans of partitions, which are empty; those of packs are in tests/db/packing"
LEFT_OUT: dict[str, str] = {
    "tests/db/history/test_history.py::test_a_page_reads_": _PLANS,
    "tests/db/points/test_data_points.py::test_a_dirty_hour_where_nothing_is_packed_": _PLANS,
    "tests/db/views/test_views.py::test_the_past_of_a_device_is_read_by_its_keys": _PLANS,
    "tests/db/packing/": "packs by itself",
}
"""Tests, by the beginning of their names, that --cold does not run, each with the reason."""

# Months before the next one are packed, as after private.pack_history: they have late tables only.
_MONTHS = """
update private."TbFrioMarca" set "dtFrio" = m.next, "dtAnunciada" = m.next
from (select date_trunc('month', localtimestamp) + interval '1 month' as next) m;
do $$
declare
  v_name text;
begin
  for v_name in
    select c.relname from pg_class c
    where c.relnamespace = 'particoes'::regnamespace and c.relname ~ '^(TbSensorRegistro|TbPosicao)_\\d'
      and private.partition_month(c.relname) < date_trunc('month', localtimestamp)
  loop
    execute format('drop table particoes.%I', v_name);
  end loop;
  assert private.retire_partitions(date_trunc('month', localtimestamp)::timestamp);
end
$$;
"""

# Once at the end of a transaction that has stored something. Like maintenance, packers take turns.
_PACK = """
create function private.pack_at_commit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_kind text := tg_argv[0];
  v_before timestamp;
  v_tier record;
begin
  if current_setting('rastro.packed_' || v_kind, true) <> '' then
    return null;
  end if;
  perform set_config('rastro.packed_' || v_kind, 'now', true);
  select m."dtFrio" into v_before from private."TbFrioMarca" m for update;
  if v_kind = 'values' then
    perform private.pack_values(array_agg(private.make_data_range(t.code, null, t.month, t.next)))
    from (select distinct r."cdSensor" as code, date_trunc('month', r."dtRegistro") as month,
                 date_trunc('month', r."dtRegistro") + interval '1 month' as next
          from series."TbSensorRegistro" r where r."dtRegistro" < v_before) t
    having count(*) > 0;
  elsif v_kind = 'positions' then
    perform private.pack_positions(array_agg(private.make_data_range(t.code, null, t.month, t.next)))
    from (select distinct p."cdDispositivo" as code, date_trunc('month', p."dtRegistro") as month,
                 date_trunc('month', p."dtRegistro") + interval '1 month' as next
          from series."TbPosicao" p where p."dtRegistro" < v_before) t
    having count(*) > 0;
  else
    for v_tier in
      select t.minutes, x.name, x.span
      from (values (1), (5), (60)) t(minutes) cross join lateral private.rollup_tier(t.minutes) x
    loop
      execute format($s$
        select private.pack_buckets($1, $2, $3, array_agg(t.sensor), array_agg(t.start))
        from (select distinct b."cdSensor" as sensor,
                     date_bin($3, b."dtBucket", timestamp '2000-01-01') as start from series.%I b) t
        having count(*) > 0$s$, v_tier.name)
      using v_tier.minutes, v_tier.name, v_tier.span;
    end loop;
  end if;
  return null;
end
$$;
"""

_TRIGGER = """
create constraint trigger pack_at_commit after insert on series."{table}"
  deferrable initially deferred for each row execute function private.pack_at_commit('{kind}');
"""

_TRIGGERS = "".join(
    _TRIGGER.format(table=table, kind=kind)
    for kind, tables in (
        ("values", ("TbSensorRegistro",)),
        ("positions", ("TbPosicao",)),
        ("rollups", ("TbSensorRegistro1m", "TbSensorRegistro5m", "TbSensorRegistro1h")),
    )
    for table in tables
)


def prepare(database: Database) -> None:
    """From now on this database, and every copy of it, packs whatever is stored in it."""
    with (
        closing(psycopg2.connect(database.owner_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(_MONTHS + _PACK + _TRIGGERS)


def is_left_out(name: str) -> bool:
    """Whether --cold does not run the test of this name."""
    return name.startswith(tuple(LEFT_OUT))
