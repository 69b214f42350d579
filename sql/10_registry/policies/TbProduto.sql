create policy ler on public."TbProduto" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbProduto" for insert to authenticated
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy mudar on public."TbProduto" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbProduto" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
