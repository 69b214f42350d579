create trigger "TbSensorRegistro_apagado" after delete on series."TbSensorRegistro"
  referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_values();
comment on trigger "TbSensorRegistro_apagado" on series."TbSensorRegistro" is
  'Marks the hours of deleted rows as dirty.';
