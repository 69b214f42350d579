create trigger "TbTipoSensor_historico" before delete on public."TbTipoSensor"
  for each row when (old."cdCliente" is null) execute function private.keep_former_types();
comment on trigger "TbTipoSensor_historico" on public."TbTipoSensor" is
  'A type that the history of a former owner refers to is not deleted.';
