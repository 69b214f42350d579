-- Every row of this schema belongs to a warehouse, and a warehouse to a client, whose people read and count.
create policy ler on inventario.armazem for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
create policy criar on inventario.armazem for insert to authenticated
  with check ("cdCliente" = any ((select private.inventory_clients())::integer[]));
create policy mudar on inventario.armazem for update to authenticated
  using ("cdCliente" = any ((select private.inventory_clients())::integer[]))
  with check ("cdCliente" = any ((select private.inventory_clients())::integer[]));
create policy apagar on inventario.armazem for delete to authenticated
  using ("cdCliente" = any ((select private.inventory_clients())::integer[]));
