create policy ler on series."TbSensorRegistro5m" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
