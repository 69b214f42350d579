create trigger "TbSensor_travar" before delete on public."TbSensor"
  for each statement execute function private.lock_before_delete();
comment on trigger "TbSensor_travar" on public."TbSensor" is 'Keeps ingestion out while sensors are deleted.';
