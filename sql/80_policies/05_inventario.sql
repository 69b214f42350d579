-- Everything hangs on a warehouse, and that on a client, whose people read and count.
create policy ler on inventario.armazem for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy criar on inventario.armazem for insert to authenticated
  with check ("cdCliente" = any ((select private.clientes_do_inventario())::integer[]));
create policy mudar on inventario.armazem for update to authenticated
  using ("cdCliente" = any ((select private.clientes_do_inventario())::integer[]))
  with check ("cdCliente" = any ((select private.clientes_do_inventario())::integer[]));
create policy apagar on inventario.armazem for delete to authenticated
  using ("cdCliente" = any ((select private.clientes_do_inventario())::integer[]));

create policy ler on inventario.rua for select to authenticated using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy criar on inventario.rua for insert to authenticated
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy mudar on inventario.rua for update to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}')
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy apagar on inventario.rua for delete to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}');

create policy ler on inventario.prateleira for select to authenticated using ("cdRua" in (select p."cdRua" from inventario.rua p));
create policy criar on inventario.prateleira for insert to authenticated
  with check ("cdRua" in (select p."cdRua" from inventario.rua p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy mudar on inventario.prateleira for update to authenticated
  using ("cdRua" in (select p."cdRua" from inventario.rua p) and (select private.clientes_do_inventario())::integer[] <> '{}')
  with check ("cdRua" in (select p."cdRua" from inventario.rua p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy apagar on inventario.prateleira for delete to authenticated
  using ("cdRua" in (select p."cdRua" from inventario.rua p) and (select private.clientes_do_inventario())::integer[] <> '{}');

create policy ler on inventario.sessao for select to authenticated using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));
create policy criar on inventario.sessao for insert to authenticated
  with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy mudar on inventario.sessao for update to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p) and (select private.clientes_do_inventario())::integer[] <> '{}')
  with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy apagar on inventario.sessao for delete to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p) and (select private.clientes_do_inventario())::integer[] <> '{}');

create policy ler on inventario.inventario for select to authenticated using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy criar on inventario.inventario for insert to authenticated
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy mudar on inventario.inventario for update to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}')
  with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}');
create policy apagar on inventario.inventario for delete to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p) and (select private.clientes_do_inventario())::integer[] <> '{}');

create policy ler on inventario.leituras for select to authenticated using ("cdSessao" in (select p."cdSessao" from inventario.sessao p));
create policy criar on inventario.leituras for insert to authenticated
  with check ("cdSessao" in (select p."cdSessao" from inventario.sessao p) and (select private.clientes_do_inventario())::integer[] <> '{}'
    and ("cdInventario" is null or "cdInventario" in (select i."cdInventario" from inventario.inventario i)));
create policy mudar on inventario.leituras for update to authenticated
  using ("cdSessao" in (select p."cdSessao" from inventario.sessao p) and (select private.clientes_do_inventario())::integer[] <> '{}')
  with check ("cdSessao" in (select p."cdSessao" from inventario.sessao p) and (select private.clientes_do_inventario())::integer[] <> '{}'
    and ("cdInventario" is null or "cdInventario" in (select i."cdInventario" from inventario.inventario i)));
create policy apagar on inventario.leituras for delete to authenticated
  using ("cdSessao" in (select p."cdSessao" from inventario.sessao p) and (select private.clientes_do_inventario())::integer[] <> '{}');
