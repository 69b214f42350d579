-- Whether the caller may know that a sensor exists: one of its clients owns the device that the sensor is on,
-- or owned it and still has the history of this sensor.
-- Security definer: a former owner can no longer see the sensor.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.is_known_sensor(p_sensor integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return exists (
      select from public."TbSensor" s
      join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
      where s."cdSensor" = p_sensor and d."cdCliente" = any (v_visible_clients))
    or exists (
      select from public."TbSensorVinculo" v
      join public."TbDispositivoVinculo" w on w."cdDispositivo" = v."cdDispositivo"
      where v."cdSensor" = p_sensor and w."cdCliente" = any (v_visible_clients)
        and w."jsSensores" ? p_sensor::text);
end
$$;
comment on function private.is_known_sensor is 'Whether the caller sees this sensor, or history of it.';
revoke all on function private.is_known_sensor from public;
grant execute on function private.is_known_sensor to authenticated, service_role;
