create trigger "TbEndereco_historico" before delete on public."TbEndereco"
  for each row execute function private.refuse_if_history('cdEndereco');
comment on trigger "TbEndereco_historico" on public."TbEndereco" is
  'An address that positions refer to is not deleted.';
