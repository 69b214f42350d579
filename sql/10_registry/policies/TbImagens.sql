-- Pictures are seen by whoever sees the product and changed by whoever manages it.
create policy ler on public."TbImagens" for select to authenticated
  using ("cdProduto" in (select p."cdProduto" from public."TbProduto" p));
create policy criar on public."TbImagens" for insert to authenticated
  with check ("cdProduto" in (select private.managed_products()));
create policy mudar on public."TbImagens" for update to authenticated
  using ("cdProduto" in (select private.managed_products()))
  with check ("cdProduto" in (select private.managed_products()));
create policy apagar on public."TbImagens" for delete to authenticated
  using ("cdProduto" in (select private.managed_products()));
