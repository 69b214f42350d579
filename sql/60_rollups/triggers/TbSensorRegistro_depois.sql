create trigger "TbSensorRegistro_depois" after update on series."TbSensorRegistro"
  referencing new table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_values();
comment on trigger "TbSensorRegistro_depois" on series."TbSensorRegistro" is
  'Marks the hours where updated rows are as dirty.';
