create trigger "TbSensorRegistro_inserido" after insert on series."TbSensorRegistro"
  for each row when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_inserted_row('TbSensorRegistro');
comment on trigger "TbSensorRegistro_inserido" on series."TbSensorRegistro" is
  'Marks the hours of late rows that did not come through ingestion as dirty.';
