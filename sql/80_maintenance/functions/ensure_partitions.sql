-- Maintenance step: creates the missing monthly partitions of every partitioned table, from nrMesesAtras
-- months back to nrMesesAdiante months ahead; an ingest that finds one missing calls it too. A partition is
-- created apart and then attached: attaching an empty table needs no scan and blocks no writer. Returns how
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
    select t.table_name, m.month, format('%s_%s', t.table_name, to_char(m.month, 'YYYY_MM')) as name
    from private."TbConfiguracao" config
    cross join (select c.relname::text from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'p') as t(table_name)
    cross join lateral generate_series(
      date_trunc('month', p_now at time zone 'UTC') - make_interval(months => config."nrMesesAtras"),
      date_trunc('month', p_now at time zone 'UTC') + make_interval(months => config."nrMesesAdiante"),
      '1 month') as m(month)
    where to_regclass(format('particoes.%I',
            format('%s_%s', t.table_name, to_char(m.month, 'YYYY_MM')))) is null
    order by 1, 2
  loop
    -- one creator at a time
    execute format('lock table public.%I in share update exclusive mode', v_missing.table_name);
    continue when to_regclass(format('particoes.%I', v_missing.name)) is not null;
    execute format('create table particoes.%I (like public.%I including all)',
                   v_missing.name, v_missing.table_name);
    execute format('alter table particoes.%I enable row level security', v_missing.name);
    execute format('revoke all on particoes.%I from public, anon, authenticated, service_role',
                   v_missing.name);
    execute format('alter table public.%I attach partition particoes.%I for values from (%L) to (%L)',
                   v_missing.table_name, v_missing.name,
                   v_missing.month, v_missing.month + interval '1 month');
    v_done := v_done + 1;
  end loop;
  return v_done;
end
$$;
comment on function private.ensure_partitions is 'Maintenance step: creates missing monthly partitions.';
revoke all on function private.ensure_partitions from public;
grant execute on function private.ensure_partitions to service_role;
