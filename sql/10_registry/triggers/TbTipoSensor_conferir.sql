create trigger "TbTipoSensor_conferir" before insert or update on public."TbTipoSensor"
  for each row execute function private.check_sensor_type();
comment on trigger "TbTipoSensor_conferir" on public."TbTipoSensor" is
  'Names are plain; unit and client of a type that sensors have do not change.';
