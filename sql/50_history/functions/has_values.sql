-- Whether one of these sensors has values of the clients that own these devices today (null: all clients).
-- Volatile: private.refuse_other_unit looks again once ingestion is shut out.
create function private.has_values(p_sensors integer[], p_devices integer[] default null) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_clients integer[] := array(
    select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = any (p_devices));
begin
  return exists (
    select from unnest(p_sensors) s (sensor)
    cross join lateral (
      select from public."TbSensorRegistro" r
      where r."cdSensor" = s.sensor
        and (p_devices is null or r."cdCliente" = any (v_clients)
             or r."cdCliente" is null and array_position(v_clients, null) is not null)
      limit 1) r);
end
$$;
comment on function private.has_values is 'Whether one of these sensors has values.';
revoke all on function private.has_values from public;
