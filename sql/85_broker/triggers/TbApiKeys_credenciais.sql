create trigger "TbApiKeys_credenciais"
  after update of "blAtiva", "dtExpiracao", "cdClientes", "dsPermissoes" or delete on public."TbApiKeys"
  for each row execute function private.end_logins_of_key();
comment on trigger "TbApiKeys_credenciais" on public."TbApiKeys" is
  'Logins at the MQTT broker that a key made end with it.';
