create trigger "TbSensor_vinculo" after update of "cdDispositivo", "cdProdutoItem"
  on public."TbSensor"
  for each row execute function private.record_sensor_link();
comment on trigger "TbSensor_vinculo" on public."TbSensor" is
  'Maintains TbSensorVinculo for sensors that change.';
