-- Deliberately not inlined, as private.unnest_targets.
-- Part of private.count_history. Who may call it: every API role.
create function private.unnest_ranges(p_ranges private.data_range[]) returns setof private.data_range
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_ranges)
$$;
comment on function private.unnest_ranges is 'Time ranges of devices as rows.';
revoke all on function private.unnest_ranges from public;
grant execute on function private.unnest_ranges to authenticated, service_role;
