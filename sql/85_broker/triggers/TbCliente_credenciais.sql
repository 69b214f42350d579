create trigger "TbCliente_credenciais" after update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.end_logins_of_client();
comment on trigger "TbCliente_credenciais" on public."TbCliente" is
  'Logins that people of the former parent made end when the client gets another one.';
