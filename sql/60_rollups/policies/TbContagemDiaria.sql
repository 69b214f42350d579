create policy ler on series."TbContagemDiaria" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
