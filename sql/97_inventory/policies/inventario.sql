create policy ler on inventario.inventario for select to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy criar on inventario.inventario for insert to authenticated
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy mudar on inventario.inventario for update to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}')
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy apagar on inventario.inventario for delete to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}');
