-- Who carries history, and has seen that all of it is older than what is current, says so.
create trigger "TbPosicao_posicao_atual"
  after insert on series."TbPosicao"
  referencing new table as new_rows
  for each statement
  when (current_setting('rastro.current_positions', true) is distinct from 'are later')
  execute function private.keep_current_position();
comment on trigger "TbPosicao_posicao_atual" on series."TbPosicao" is 'Maintains TbPosicaoAtual.';
