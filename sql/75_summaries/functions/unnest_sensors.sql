-- Deliberately not inlined: the planner assumes that an array has ten elements, and would go through all
-- sensors for each bucket of each of them. With this row estimate it uses a hash table.
-- Part of private.sum_devices. Who may call it: every API role.
create function private.unnest_sensors(p_sensors integer[], p_devices integer[], p_types bigint[])
returns table (sensor integer, device integer, sensor_type bigint)
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_sensors, p_devices, p_types)
$$;
comment on function private.unnest_sensors is 'Sensors with their device and type as rows.';
revoke all on function private.unnest_sensors from public;
grant execute on function private.unnest_sensors to authenticated, service_role;
