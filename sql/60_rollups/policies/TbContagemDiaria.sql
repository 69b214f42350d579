create policy ler on public."TbContagemDiaria" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
