create trigger "TbSensorRegistro_esvaziado" after truncate on series."TbSensorRegistro"
  for each statement execute function private.truncate_rollups();
comment on trigger "TbSensorRegistro_esvaziado" on series."TbSensorRegistro" is
  'Truncates rollups together with their time series.';
