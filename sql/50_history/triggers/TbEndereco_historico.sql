create trigger "TbEndereco_historico" before delete on public."TbEndereco"
  for each row execute function private.refuse_if_history();
comment on trigger "TbEndereco_historico" on public."TbEndereco" is 'Addresses that reports were found at are kept.';
