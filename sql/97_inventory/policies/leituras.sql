create policy ler on inventario.leituras for select to authenticated
  using ("cdSessao" in (select p."cdSessao" from inventario.sessao p));
create policy criar on inventario.leituras for insert to authenticated
  with check ("cdSessao" in (select p."cdSessao" from inventario.sessao p)
    and (select private.inventory_clients())::integer[] <> '{}'
    and ("cdInventario" is null or "cdInventario" in (select i."cdInventario" from inventario.inventario i)));
create policy mudar on inventario.leituras for update to authenticated
  using ("cdSessao" in (select p."cdSessao" from inventario.sessao p)
    and (select private.inventory_clients())::integer[] <> '{}')
  with check ("cdSessao" in (select p."cdSessao" from inventario.sessao p)
    and (select private.inventory_clients())::integer[] <> '{}'
    and ("cdInventario" is null or "cdInventario" in (select i."cdInventario" from inventario.inventario i)));
create policy apagar on inventario.leituras for delete to authenticated
  using ("cdSessao" in (select p."cdSessao" from inventario.sessao p)
    and (select private.inventory_clients())::integer[] <> '{}');
