-- Asked for marked hours only, which are few.
create function private.is_visible_sensor(p_sensor integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbSensorVinculo" s
    join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
    where s."cdSensor" = p_sensor and d."cdCliente" = any ((select private.visible_clients())::integer[]))
$$;
comment on function private.is_visible_sensor is 'A client of the caller once owned the device that the sensor was on.';
revoke all on function private.is_visible_sensor from public;
