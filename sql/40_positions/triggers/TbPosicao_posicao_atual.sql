create trigger "TbPosicao_posicao_atual"
  after insert on series."TbPosicao"
  referencing new table as new_rows
  for each statement execute function private.keep_current_position();
comment on trigger "TbPosicao_posicao_atual" on series."TbPosicao" is 'Maintains TbPosicaoAtual.';
