-- Creates the partitions of all tables for months before the covered ones in which imported readings are
-- to be stored: those of elements that are rejected open none. A month that has them keeps them while it
-- has rows (private.drop_empty_partitions). At most 6 at once, as each holds the locks of its tables
-- until the end of the transaction.
-- Called by private.ingest for imports. Raises PT400 RANGE_TOO_WIDE, RA004 (another import is at it).
create function private.open_months(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_months timestamp[] := array(
    select m.month
    from (select distinct date_trunc('month', e."dtRegistro") as month
          from unnest(p_elements) e where e.verdict = 'stored') m
    where not private.is_open_month(m.month) and exists (
      select from unnest(p_elements) e
      where e.verdict = 'stored' and date_trunc('month', e."dtRegistro") = m.month
        and not private.names_sensor_twice(e))
    order by m.month);
begin
  if cardinality(v_months) > 6 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE',
      message = format('The readings are of %s months, %s to %s, that have no data yet; at most 6 can be '
                       'begun at once. Import them in parts, by time.', cardinality(v_months),
                       to_char(v_months[1], 'YYYY-MM'),
                       to_char(v_months[cardinality(v_months)], 'YYYY-MM'));
  end if;
  if v_months = '{}' then
    return;
  elsif not private.take_import_turn(false) then
    raise sqlstate 'RA004';
  end if;
  perform private.create_partition(t.relname, m)
  from (select c.relname::text from pg_class c
        where c.relnamespace = 'series'::regnamespace and c.relkind = 'p' order by 1) t
  cross join unnest(v_months) m;
end
$$;
comment on function private.open_months is 'Creates the partitions for months of imported readings.';
revoke all on function private.open_months from public;
