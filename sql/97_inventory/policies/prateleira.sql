create policy ler on inventario.prateleira for select to authenticated
  using ("cdRua" in (select p."cdRua" from inventario.rua p));
create policy criar on inventario.prateleira for insert to authenticated
  with check ("cdRua" in (select p."cdRua" from inventario.rua p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy mudar on inventario.prateleira for update to authenticated
  using ("cdRua" in (select p."cdRua" from inventario.rua p)
    and (select private.inventory_clients())::integer[] <> '{}')
  with check ("cdRua" in (select p."cdRua" from inventario.rua p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy apagar on inventario.prateleira for delete to authenticated
  using ("cdRua" in (select p."cdRua" from inventario.rua p)
    and (select private.inventory_clients())::integer[] <> '{}');
