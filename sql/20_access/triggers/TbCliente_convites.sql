create trigger "TbCliente_convites" after update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.end_invitations_of_client();
comment on trigger "TbCliente_convites" on public."TbCliente" is
  'Invitations end when the client gets another parent.';
