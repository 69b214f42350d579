-- Counts the rows themselves, in time ranges of devices (end excluded). Part of private.count_history.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.count_positions(p_targets private.history_target[], p_client integer,
  p_ranges private.data_range[]) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  return (
    select count(*)
    from unnest(p_ranges) f
    join unnest(p_targets) a on a."cdDispositivo" = f.code
    join public."TbPosicao" q
      on q."cdDispositivo" = f.code and q."dtRegistro" >= f.since and q."dtRegistro" < f.until
    where (p_client is null or q."cdCliente" = p_client)
      and private.in_measuring_window(q."dtRegistro"::time, a.starts, a.ends));
end
$$;
comment on function private.count_positions is
  'Counts positions inside the measuring windows of their devices.';
revoke all on function private.count_positions from public;
grant execute on function private.count_positions to authenticated, service_role;
