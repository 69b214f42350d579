create trigger "TbPosicao_escrita" instead of insert or update or delete on public."TbPosicao"
  for each row execute function private.write_position();
comment on trigger "TbPosicao_escrita" on public."TbPosicao" is 'Lets the owner write to the view.';
