create trigger "TbPosicao_antes" after update on series."TbPosicao" referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_positions();
comment on trigger "TbPosicao_antes" on series."TbPosicao" is
  'Marks the hours where updated rows were as dirty.';
