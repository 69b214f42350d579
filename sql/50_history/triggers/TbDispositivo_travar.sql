create trigger "TbDispositivo_travar" before delete on public."TbDispositivo"
  for each statement execute function private.lock_before_delete();
comment on trigger "TbDispositivo_travar" on public."TbDispositivo" is
  'Keeps ingestion out while devices are deleted.';
