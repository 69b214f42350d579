-- As for TbPosicao: the owner at receipt decides who sees a value.
create policy ler on series."TbSensorRegistro" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
