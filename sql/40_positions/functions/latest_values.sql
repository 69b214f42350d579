-- The latest value of each of these sensors under the present owner of its device, of the last 31 days: the
-- code of that owner, of the sensor, and the value as JSON. Only of sensors of these clients. Called by
-- private.follow_positions.
create function private.latest_values(p_sensors integer[], p_clients integer[]) returns json
language sql stable set search_path = pg_catalog, pg_temp as $$
  select json_agg(json_build_array(d."cdCliente", s."cdSensor", json_build_object(
    'cdSensor', s."cdSensor", 'cdDispositivo', r."cdDispositivo",
    'dtRegistro', to_jsonb(r."dtRegistro") #>> '{}' || 'Z',
    'nrValor', r."nrValor", 'blValor', r."blValor", 'dsValor', r."dsValor",
    'nrQualidade', r."nrQualidade")))
  from unnest(p_sensors) u(sensor)
  join public."TbSensor" s on s."cdSensor" = u.sensor
  join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo" and d."cdCliente" = any (p_clients)
  cross join lateral (
    select h.* from private.newest_value(
      s."cdSensor", (now() at time zone 'UTC') - interval '31 days', 'infinity', null, d."cdCliente") h
  ) r
$$;
comment on function private.latest_values is 'The latest value of each of these sensors.';
revoke all on function private.latest_values from public;
