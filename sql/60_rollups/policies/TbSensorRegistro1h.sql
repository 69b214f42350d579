create policy ler on public."TbSensorRegistro1h" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
