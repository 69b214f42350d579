create policy ler on public."TbSensorRegistro1h" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
