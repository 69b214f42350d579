-- What devices answer and report stays with the owner at receipt, as time series do.
create policy ler on public."TbComandoAck" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
