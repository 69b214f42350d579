create trigger "TbPosicao_inserido" after insert on series."TbPosicao"
  for each row when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_inserted_row('TbPosicao');
comment on trigger "TbPosicao_inserido" on series."TbPosicao" is
  'Marks the hours of late rows that did not come through ingestion as dirty.';
