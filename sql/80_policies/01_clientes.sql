-- Rows that carry cdCliente: read by the people of the client, changed by its admins; those without a client by the service
-- only. The functions run once per statement. What a row may point to is checked by a trigger, 70_triggers/05.

create policy ler on public."TbCliente" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy criar on public."TbCliente" for insert to authenticated
  with check ("cdClientePai" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));
create policy mudar on public."TbCliente" for update to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()))
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy apagar on public."TbCliente" for delete to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

create policy ler on public."TbDestinatario" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy criar on public."TbDestinatario" for insert to authenticated
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy mudar on public."TbDestinatario" for update to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()))
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy apagar on public."TbDestinatario" for delete to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

create policy ler on public."TbProduto" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy criar on public."TbProduto" for insert to authenticated
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy mudar on public."TbProduto" for update to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()))
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy apagar on public."TbProduto" for delete to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

create policy ler on public."TbDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy criar on public."TbDispositivo" for insert to authenticated
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy mudar on public."TbDispositivo" for update to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()))
  with check (("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())));
create policy apagar on public."TbDispositivo" for delete to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));
