-- For new sensors in one statement, however many, what private.record_sensor_link does for one that changes.
-- Security definer: API roles may not write TbSensorVinculo.
create function private.record_new_sensors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select n."cdSensor", n."cdDispositivo", n."cdProdutoItem" from new_rows n
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_new_sensors is 'Records the devices and product items of new sensors.';
revoke all on function private.record_new_sensors from public;
