-- Everything hangs on a warehouse, and that on a client. Its people read; they also count stock, so they write too: the
-- rules of this schema are those it had, made strict about whose warehouse it is.
create policy ler on inventario.armazem for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy criar on inventario.armazem for insert to authenticated
  with check ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy mudar on inventario.armazem for update to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]))
  with check ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy apagar on inventario.armazem for delete to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));

create policy ler on inventario.rua for select to authenticated using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy criar on inventario.rua for insert to authenticated with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy mudar on inventario.rua for update to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)) with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy apagar on inventario.rua for delete to authenticated using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));

create policy ler on inventario.prateleira for select to authenticated using ("cdRua" in (select p."cdRua" from inventario.rua p));
create policy criar on inventario.prateleira for insert to authenticated with check ("cdRua" in (select p."cdRua" from inventario.rua p));
create policy mudar on inventario.prateleira for update to authenticated
  using ("cdRua" in (select p."cdRua" from inventario.rua p)) with check ("cdRua" in (select p."cdRua" from inventario.rua p));
create policy apagar on inventario.prateleira for delete to authenticated using ("cdRua" in (select p."cdRua" from inventario.rua p));

create policy ler on inventario.sessao for select to authenticated using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));
create policy criar on inventario.sessao for insert to authenticated with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));
create policy mudar on inventario.sessao for update to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)) with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));
create policy apagar on inventario.sessao for delete to authenticated using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));

create policy ler on inventario.inventario for select to authenticated using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy criar on inventario.inventario for insert to authenticated with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy mudar on inventario.inventario for update to authenticated
  using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p)) with check ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));
create policy apagar on inventario.inventario for delete to authenticated using ("cdArmazem" in (select p."cdArmazem" from inventario.armazem p));

create policy ler on inventario.leituras for select to authenticated using ("cdSessao" in (select p."cdSessao" from inventario.sessao p));
create policy criar on inventario.leituras for insert to authenticated with check ("cdSessao" in (select p."cdSessao" from inventario.sessao p));
create policy mudar on inventario.leituras for update to authenticated
  using ("cdSessao" in (select p."cdSessao" from inventario.sessao p)) with check ("cdSessao" in (select p."cdSessao" from inventario.sessao p));
create policy apagar on inventario.leituras for delete to authenticated using ("cdSessao" in (select p."cdSessao" from inventario.sessao p));
