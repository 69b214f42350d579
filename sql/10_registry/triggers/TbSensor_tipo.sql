create trigger "TbSensor_tipo" before insert or update of "cdTipoSensor", "cdDispositivo"
  on public."TbSensor"
  for each row when (new."cdTipoSensor" > 18) execute function private.refuse_foreign_type();
comment on trigger "TbSensor_tipo" on public."TbSensor" is
  'A sensor has a type of its client or one for all, and not a retired one.';
