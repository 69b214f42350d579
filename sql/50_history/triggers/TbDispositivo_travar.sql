-- By its name it comes after the triggers of the audit log: what it locks is locked last.
create trigger "TbDispositivo_travar" after delete on public."TbDispositivo"
  referencing old table as old_rows
  for each statement execute function private.refuse_late_history('cdDispositivo');
comment on trigger "TbDispositivo_travar" on public."TbDispositivo" is
  'Looks for history again, and keeps ingestion out until the devices are deleted.';
