-- The room 80_policies. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/80_policies/01_clientes.sql
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

-- sql/80_policies/02_por_dispositivo_e_produto.sql
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

-- Items have no owner: they are seen through the products they are linked to, and written by the service.
create policy ler on public."TbProdutoItem" for select to authenticated
  using ("cdProdutoItem" in (select j."cdProdutoItem" from public."TbProdutoItemJoinTable" j) or (select private.eh_servico()));
create policy criar on public."TbProdutoItem" for insert to authenticated with check ((select private.eh_servico()));
create policy mudar on public."TbProdutoItem" for update to authenticated
  using ((select private.eh_servico())) with check ((select private.eh_servico()));
create policy apagar on public."TbProdutoItem" for delete to authenticated using ((select private.eh_servico()));

-- An address is seen by whoever sees a site at it or a report that was found to be there, and changed by whoever manages
-- every site at it. Any admin may add one; until a site is at it, only the service sees it.
create policy ler on public."TbEndereco" for select to authenticated
  using ("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
    or exists (select from public."TbEnderecoVinculo" v where v."cdEndereco" = "TbEndereco"."cdEndereco")
    or (select private.eh_servico()));
create policy criar on public."TbEndereco" for insert to authenticated
  with check ((select private.clientes_administrados())::integer[] <> '{}' or (select private.eh_servico()));
create policy mudar on public."TbEndereco" for update to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t) or (select private.eh_servico()))
    and not private.endereco_alheio("cdEndereco"))
  with check (not private.endereco_alheio("cdEndereco"));
create policy apagar on public."TbEndereco" for delete to authenticated using ((select private.eh_servico()));

create policy ler on public."TbDispositivoVinculo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy ler on public."TbEnderecoVinculo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
create policy ler on public."TbSensorVinculo" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));

-- sql/80_policies/03_series.sql
-- Time series carry the owner at receipt: history stays with the client who owned the device then. No policy lets an API
-- role write them.
create policy ler on public."TbPosicao" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbPosicaoAtual" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbComandoAck" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbEventoDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));

create policy ler on public."TbIngestaoErro" for select to authenticated
  using ("cdClientes" && (select private.clientes_administrados())::integer[] or (select private.eh_servico()));
create policy ler on public."TbAuditoria" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

-- sql/80_policies/04_pessoas.sql
-- People see themselves; admins see the people, keys and enrolment codes of their clients.
create policy ler on public.profiles for select to authenticated
  using (id = (select private.usuario_atual()) or "cdCliente" = any ((select private.clientes_administrados())::integer[])
    or (select private.eh_servico()));
create policy ler on public."TbApiKeys" for select to authenticated
  using ("cdUsuario" = (select private.usuario_atual()) or (select private.eh_servico())
    or "cdUsuario" in (select p.id from public.profiles p
                       where p."cdCliente" = any ((select private.clientes_administrados())::integer[])));
create policy ler on public."TbUsoApiKey" for select to authenticated
  using ("cdApiKey" in (select k."cdApiKey" from public."TbApiKeys" k));
create policy ler on public."TbClienteChave" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_administrados())::integer[]) or (select private.eh_servico()));

-- The same for everybody who is signed in.
create policy ler on public."TbTipoSensor" for select to authenticated using (true);
create policy ler on public."TbEstado" for select to authenticated using (true);
create policy ler on public."TbMunicipio" for select to authenticated using (true);

-- sql/80_policies/05_inventario.sql
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
