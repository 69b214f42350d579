create policy ler on inventario.rua for select to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy criar on inventario.rua for insert to authenticated
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy mudar on inventario.rua for update to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}')
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy apagar on inventario.rua for delete to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)
    and (select private.inventory_clients())::integer[] <> '{}');
