create function private.record_sensor_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  values (new."cdSensor", new."cdDispositivo", new."cdProdutoItem")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_sensor_link is 'Notes the device and product item of a sensor.';
revoke all on function private.record_sensor_link from public;
