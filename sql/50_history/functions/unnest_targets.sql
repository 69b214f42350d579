-- Deliberately not inlined: the planner assumes that an array has ten elements, and would go through all
-- targets for each time range. With this row estimate it uses a hash table.
-- Part of private.count_history. Who may call it: every API role.
create function private.unnest_targets(p_targets private.history_target[])
returns setof private.history_target
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_targets)
$$;
comment on function private.unnest_targets is 'Devices of a history as rows.';
revoke all on function private.unnest_targets from public;
grant execute on function private.unnest_targets to authenticated, service_role;
