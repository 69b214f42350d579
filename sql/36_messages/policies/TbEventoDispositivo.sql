-- As for TbComandoAck.
create policy ler on public."TbEventoDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
