create trigger "TbSensor_unidade" before update of "cdTipoSensor" on public."TbSensor"
  for each row when (new."cdTipoSensor" is distinct from old."cdTipoSensor")
  execute function private.refuse_other_unit();
comment on trigger "TbSensor_unidade" on public."TbSensor" is
  'A sensor that has values keeps their unit and how they are summed up.';
