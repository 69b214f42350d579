-- By its name it comes after the triggers of the audit log: what it locks is locked last.
create trigger "TbSensor_unidade" after update on public."TbSensor"
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.refuse_other_unit();
comment on trigger "TbSensor_unidade" on public."TbSensor" is
  'A sensor that has values keeps their unit and how they are summed up.';
