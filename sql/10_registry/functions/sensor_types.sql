-- Several sensor types at once, in the order of their names. Who may call it: every API role.
create function private.sensor_types(p_names text[]) returns bigint[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array_agg(private.sensor_type(n.name) order by n.place)
  from unnest(p_names) with ordinality as n(name, place)
$$;
comment on function private.sensor_types is 'Numbers of sensor types by their names in the contract.';
revoke all on function private.sensor_types from public;
grant execute on function private.sensor_types to authenticated, service_role;
