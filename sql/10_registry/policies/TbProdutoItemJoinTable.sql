-- Links of items are seen by whoever sees the product and changed by whoever manages it.
create policy ler on public."TbProdutoItemJoinTable" for select to authenticated
  using ("cdProduto" in (select p."cdProduto" from public."TbProduto" p));
create policy criar on public."TbProdutoItemJoinTable" for insert to authenticated
  with check ("cdProduto" in (select private.managed_products())
    and not private.is_foreign_item("cdProdutoItem"));
create policy apagar on public."TbProdutoItemJoinTable" for delete to authenticated
  using ("cdProduto" in (select private.managed_products()));
