-- Records every device and product item a sensor ever had; their foreign keys protect what history may point
-- to.
-- Security definer: API roles may not write TbSensorVinculo.
create function private.record_sensor_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  values (new."cdSensor", new."cdDispositivo", new."cdProdutoItem")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_sensor_link is 'Records the device and product item of a sensor.';
revoke all on function private.record_sensor_link from public;
