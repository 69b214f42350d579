-- A sensor that moves to a device of another client: see private.keep_former_sensors.
-- Security definer: API roles may not write TbDispositivoVinculo, nor see both devices. Trigger function.
create function private.record_sensor_move() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := (
    select o."cdCliente" from public."TbDispositivo" o where o."cdDispositivo" = old."cdDispositivo");
begin
  if v_client is distinct from (
       select n."cdCliente" from public."TbDispositivo" n where n."cdDispositivo" = new."cdDispositivo") then
    perform private.keep_former_sensors(array[old."cdSensor"], v_client);
  end if;
  return new;
end
$$;
comment on function private.record_sensor_move is
  'Keeps type and tare of a sensor that moves to a device of another client.';
revoke all on function private.record_sensor_move from public;
