-- By its name it comes after the triggers of the audit log: what it locks is locked last.
create trigger "TbSensor_travar" after delete on public."TbSensor"
  referencing old table as old_rows
  for each statement execute function private.refuse_late_history('cdSensor');
comment on trigger "TbSensor_travar" on public."TbSensor" is
  'Looks for history again, and keeps ingestion out until the sensors are deleted.';
