-- Before the sensor is changed: what it was is kept, not what the same statement makes of it.
create trigger "TbSensor_mudanca" before update of "cdDispositivo" on public."TbSensor"
  for each row when (new."cdDispositivo" <> old."cdDispositivo")
  execute function private.record_sensor_move();
comment on trigger "TbSensor_mudanca" on public."TbSensor" is
  'The history of a former owner keeps type and tare of a sensor that moves to another client.';
