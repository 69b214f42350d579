create policy ler on public."TbContagemDiaria" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
