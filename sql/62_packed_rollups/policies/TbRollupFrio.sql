-- As of the rollups: the owner at receipt decides who sees a row, here all rows of a chunk.
create policy ler on series."TbRollupFrio" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
