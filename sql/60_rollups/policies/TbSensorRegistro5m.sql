create policy ler on public."TbSensorRegistro5m" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
