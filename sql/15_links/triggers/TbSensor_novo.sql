create trigger "TbSensor_novo" after insert on public."TbSensor"
  referencing new table as new_rows
  for each statement execute function private.record_new_sensors();
comment on trigger "TbSensor_novo" on public."TbSensor" is
  'Maintains TbSensorVinculo for new sensors.';
