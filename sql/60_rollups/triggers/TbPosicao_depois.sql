create trigger "TbPosicao_depois" after update on series."TbPosicao" referencing new table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_positions();
comment on trigger "TbPosicao_depois" on series."TbPosicao" is
  'Marks the hours where updated rows are as dirty.';
