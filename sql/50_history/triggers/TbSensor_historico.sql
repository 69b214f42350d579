create trigger "TbSensor_historico" before delete on public."TbSensor"
  for each row execute function private.refuse_if_history('cdSensor');
comment on trigger "TbSensor_historico" on public."TbSensor" is 'A sensor with history is not deleted.';
