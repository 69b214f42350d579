create trigger "TbApiKeys_filhas"
  after update of "blAtiva", "dtExpiracao", "cdClientes", "dsPermissoes" or delete on public."TbApiKeys"
  for each row execute function private.limit_made_keys();
comment on trigger "TbApiKeys_filhas" on public."TbApiKeys" is
  'A key never does more than the key that made it.';
