-- What devices answer and report stays with the owner at receipt, as the time series do.
create policy ler on public."TbComandoAck" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbEventoDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
