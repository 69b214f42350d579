create trigger "TbPosicao_apagado" after delete on series."TbPosicao" referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_positions();
comment on trigger "TbPosicao_apagado" on series."TbPosicao" is 'Marks the hours of deleted rows as dirty.';
