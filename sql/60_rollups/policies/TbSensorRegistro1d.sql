create policy ler on series."TbSensorRegistro1d" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
