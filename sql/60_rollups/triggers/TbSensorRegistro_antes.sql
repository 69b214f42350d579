create trigger "TbSensorRegistro_antes" after update on series."TbSensorRegistro"
  referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_values();
comment on trigger "TbSensorRegistro_antes" on series."TbSensorRegistro" is
  'Marks the hours where updated rows were as dirty.';
