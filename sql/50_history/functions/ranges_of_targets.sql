-- Part of private.count_history. Who may call it: every API role.
create function private.ranges_of_targets(p_targets private.history_target[], p_since timestamp,
  p_until timestamp) returns private.data_range[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(
    select private.make_data_range(
      p_code => a."cdDispositivo", p_client => null, p_since => p_since, p_until => p_until)
    from unnest(p_targets) a
    where p_since < p_until)
$$;
comment on function private.ranges_of_targets is
  'The same time range for each device; none when it is empty.';
revoke all on function private.ranges_of_targets from public;
grant execute on function private.ranges_of_targets to authenticated, service_role;
