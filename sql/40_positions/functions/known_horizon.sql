-- A horizon from which nothing is missed: the one given, or the beginning where it cannot be of this database
-- server, which has not come that far (it was restored from a dump). Inlined: no SET clause.
create function private.known_horizon(p_horizon xid8) returns xid8
language sql stable parallel safe as $$
  select case when p_horizon <= pg_snapshot_xmax(pg_current_snapshot()) then p_horizon else '0'::xid8 end
$$;
comment on function private.known_horizon is
  'The horizon, or the beginning if this database server has not come that far.';
revoke all on function private.known_horizon from public;
grant execute on function private.known_horizon to authenticated, service_role;
