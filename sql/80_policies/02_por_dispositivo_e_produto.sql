-- Rows that belong to a device, product or site: whoever reaches that row reaches them. The subselects obey the policies of
-- the tables they read.
create policy ler on public."TbSensor" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbSensor" for insert to authenticated
  with check ("cdDispositivo" in (select private.dispositivos_administrados()));
create policy mudar on public."TbSensor" for update to authenticated
  using ("cdDispositivo" in (select private.dispositivos_administrados()))
  with check ("cdDispositivo" in (select private.dispositivos_administrados()));
create policy apagar on public."TbSensor" for delete to authenticated
  using ("cdDispositivo" in (select private.dispositivos_administrados()));

create policy ler on public."TbImagens" for select to authenticated
  using ("cdProduto" in (select p."cdProduto" from public."TbProduto" p));
create policy criar on public."TbImagens" for insert to authenticated
  with check ("cdProduto" in (select private.produtos_administrados()));
create policy mudar on public."TbImagens" for update to authenticated
  using ("cdProduto" in (select private.produtos_administrados()))
  with check ("cdProduto" in (select private.produtos_administrados()));
create policy apagar on public."TbImagens" for delete to authenticated
  using ("cdProduto" in (select private.produtos_administrados()));

create policy ler on public."TbProdutoItemJoinTable" for select to authenticated
  using ("cdProduto" in (select p."cdProduto" from public."TbProduto" p));
create policy criar on public."TbProdutoItemJoinTable" for insert to authenticated
  with check ("cdProduto" in (select private.produtos_administrados()) and not private.item_alheio("cdProdutoItem"));
create policy apagar on public."TbProdutoItemJoinTable" for delete to authenticated
  using ("cdProduto" in (select private.produtos_administrados()));

-- Items are seen by their client and through the products that have them, and changed by whoever manages all of these. Those of before,
-- and those made by old programs, have no client: until a product has it, only the service sees such a one.
create policy ler on public."TbProdutoItem" for select to authenticated
  using ("cdProdutoItem" in (select j."cdProdutoItem" from public."TbProdutoItemJoinTable" j)
    or "cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy criar on public."TbProdutoItem" for insert to authenticated
  with check ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
    or "cdCliente" is null and (select private.clientes_administrados())::integer[] <> '{}');
create policy mudar on public."TbProdutoItem" for update to authenticated
  using (not private.item_partilhado("cdProdutoItem"))
  with check (("cdCliente" is null or "cdCliente" = any ((select private.clientes_administrados())::integer[])
    or (select private.eh_servico())) and not private.item_partilhado("cdProdutoItem"));
create policy apagar on public."TbProdutoItem" for delete to authenticated using (not private.item_partilhado("cdProdutoItem"));

-- An address is seen by its client, and by whoever sees a site at it or a report that was found to be there; it is changed by
-- whoever manages its client and every site at it (and deleted, once none is). Those of before, and those
-- made by old programs, have no client: until a site is at it, only the service sees such a one.
create policy ler on public."TbEndereco" for select to authenticated
  using ("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
    or exists (select from public."TbEnderecoVinculo" v where v."cdEndereco" = "TbEndereco"."cdEndereco")
    or "cdCliente" = any ((select private.clientes_visiveis())::integer[])
    or (select private.eh_servico()));
create policy criar on public."TbEndereco" for insert to authenticated
  with check ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico())
    or "cdCliente" is null and (select private.clientes_administrados())::integer[] <> '{}');
create policy mudar on public."TbEndereco" for update to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
      or "cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()))
    and not private.endereco_alheio("cdEndereco"))
  with check (("cdCliente" is null or "cdCliente" = any ((select private.clientes_administrados())::integer[])
    or (select private.eh_servico())) and not private.endereco_alheio("cdEndereco"));
create policy apagar on public."TbEndereco" for delete to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
      or "cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()))
    and not private.endereco_alheio("cdEndereco"));

create policy ler on public."TbDispositivoVinculo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy ler on public."TbEnderecoVinculo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy ler on public."TbSensorVinculo" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
