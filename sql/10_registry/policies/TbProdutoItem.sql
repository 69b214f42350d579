-- Items are seen by their client and through the products that have them, and changed by whoever manages all
-- of these. Legacy items have no client: until a product has one, only the service sees it.
create policy ler on public."TbProdutoItem" for select to authenticated
  using ("cdProdutoItem" in (select j."cdProdutoItem" from public."TbProdutoItemJoinTable" j)
    or "cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbProdutoItem" for insert to authenticated
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())
    or "cdCliente" is null and (select private.managed_clients())::integer[] <> '{}');
create policy mudar on public."TbProdutoItem" for update to authenticated
  using (not private.is_shared_item("cdProdutoItem"))
  with check (("cdCliente" is null or "cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())) and not private.is_shared_item("cdProdutoItem"));
create policy apagar on public."TbProdutoItem" for delete to authenticated
  using (not private.is_shared_item("cdProdutoItem"));
