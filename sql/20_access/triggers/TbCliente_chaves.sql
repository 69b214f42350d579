create trigger "TbCliente_chaves" after update of "cdClientePai" or delete on public."TbCliente"
  for each row execute function private.end_keys_of_client();
comment on trigger "TbCliente_chaves" on public."TbCliente" is
  'Keys no longer act for a client that is deleted or gets another parent.';
