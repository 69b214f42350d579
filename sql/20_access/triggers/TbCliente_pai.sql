create trigger "TbCliente_pai" before update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.refuse_parent_change();
comment on trigger "TbCliente_pai" on public."TbCliente" is
  'Only the service can change the parent of a client.';
