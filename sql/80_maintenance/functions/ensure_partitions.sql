-- Maintenance step: creates the missing monthly partitions of every partitioned table, from nrMesesAtras
-- months back to nrMesesAdiante months ahead; an ingest that finds one missing calls it too. Returns how
-- many.
-- Security definer: whoever ingests may create partitions, but nothing else.
-- Who may call it: service_role.
create function private.ensure_partitions(p_now timestamptz default now()) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_missing record;
  v_done integer := 0;
begin
  for v_missing in
    select t.table_name, m.month
    from private."TbConfiguracao" config
    cross join (select c.relname::text from pg_class c
                where c.relnamespace = 'series'::regnamespace and c.relkind = 'p') as t(table_name)
    cross join lateral generate_series(
      date_trunc('month', p_now at time zone 'UTC') - make_interval(months => config."nrMesesAtras"),
      date_trunc('month', p_now at time zone 'UTC') + make_interval(months => config."nrMesesAdiante"),
      '1 month') as m(month)
    where to_regclass(format('particoes.%I',
            format('%s_%s', t.table_name, to_char(m.month, 'YYYY_MM')))) is null
      and not private.is_packed_month(t.table_name, m.month)
    order by 1, 2
  loop
    v_done := v_done + private.create_partition(v_missing.table_name, v_missing.month)::integer;
  end loop;
  return v_done;
end
$$;
comment on function private.ensure_partitions is 'Maintenance step: creates missing monthly partitions.';
revoke all on function private.ensure_partitions from public;
grant execute on function private.ensure_partitions to service_role;
