create policy ler on public."TbSensorRegistro1d" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
