-- Whether the caller may know of a sensor's dirty hours: one of its clients once owned a device that the
-- sensor was on. (Rows of its history are seen by their owner at receipt: policies of TbSensorRegistro; the
-- sensor by whoever sees its device: policies of TbSensor.) Called for sensors with dirty hours only, which
-- are few.
-- Security definer: looks at links of clients that the caller may not see.
create function private.is_visible_sensor_history(p_sensor integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbSensorVinculo" s
    join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
    where s."cdSensor" = p_sensor and d."cdCliente" = any ((select private.visible_clients())::integer[]))
$$;
comment on function private.is_visible_sensor_history is
  'A client of the caller once owned the device that the sensor was on.';
revoke all on function private.is_visible_sensor_history from public;
