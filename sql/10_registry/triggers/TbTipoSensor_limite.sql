create trigger "TbTipoSensor_limite" after insert or update of "cdCliente" on public."TbTipoSensor"
  for each row when (new."cdCliente" is not null) execute function private.limit_sensor_types();
comment on trigger "TbTipoSensor_limite" on public."TbTipoSensor" is
  'A client has 500 sensor types at most.';
