-- As of the time series: the owner at receipt decides who sees a row, here all rows of a chunk.
create policy ler on series."TbSensorRegistroFrio" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
