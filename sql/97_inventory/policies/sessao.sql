create policy ler on inventario.sessao for select to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));
create policy criar on inventario.sessao for insert to authenticated
  with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy mudar on inventario.sessao for update to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}')
  with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy apagar on inventario.sessao for delete to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}');
