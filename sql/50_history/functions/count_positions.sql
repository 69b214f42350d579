-- Counts the rows themselves, in time ranges of devices (end excluded). Part of private.count_history.
-- The inner query is one for each range, so that each range is looked up in the index whatever the planner
-- thinks of their number.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.count_positions(p_targets private.history_target[], p_client integer,
  p_ranges private.data_range[]) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(sum(n.total), 0)
    from private.unnest_ranges(p_ranges) f
    join private.unnest_targets(p_targets) a on a."cdDispositivo" = f.code
    cross join lateral (
      select count(*) as total
      from (
        select r."dtRegistro", r."cdCliente" from private.position_rows() r
        where r."cdDispositivo" = f.code and r."dtRegistro" >= f.since and r."dtRegistro" < f.until
        union all
        select t."dtRegistro", t."cdCliente" from private.packed_times(f.code, f.since, f.until) t
      ) q
      where (p_client is null or q."cdCliente" = p_client)
        and private.in_measuring_window(q."dtRegistro"::time, a.starts, a.ends)
    ) n);
end
$$;
comment on function private.count_positions is
  'Counts positions inside the measuring windows of their devices.';
revoke all on function private.count_positions from public;
grant execute on function private.count_positions to authenticated, service_role;
