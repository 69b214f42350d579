-- What valid days of TbContagemDiaria (private.counted_days) hold of dirty hours: a total leaves it out.
-- p_hours   whole hours of devices
-- Part of private.count_history.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.counted_hours(p_targets private.history_target[], p_client integer,
  p_hours private.data_range[]) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(sum(n.total), 0)
    from private.unnest_ranges(p_hours) f
    join private.unnest_targets(p_targets) a on a."cdDispositivo" = f.code
    cross join lateral (
      select sum(c."nrHoras"[1 + extract(hour from f.since)::integer]) as total
      from private.stored_counters() c
      where c."cdDispositivo" = f.code and c."dtDia" = f.since::date
        and (p_client is null or c."cdCliente" = p_client)
        and (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.starts, a.ends)
    ) n);
end
$$;
comment on function private.counted_hours is 'Positions that valid days count in the given hours.';
revoke all on function private.counted_hours from public;
grant execute on function private.counted_hours to authenticated, service_role;
