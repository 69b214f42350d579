-- Phase 5, row-level security: nothing is given to anybody but by name, every table has policies, and they ask who is calling
-- once for each statement instead of once for each row. Old policies, their functions and all old grants go;
-- tables that an installation added keep theirs.
-- by hand: sql/97_inventory/schemas/inventario.sql

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

do $$
declare
  v_velha record;
begin -- whatever they are called here
  for v_velha in
    select schemaname, tablename, policyname from pg_catalog.pg_policies
    where schemaname = 'inventario' and tablename in ('armazem', 'rua', 'prateleira', 'sessao', 'inventario', 'leituras')
       or schemaname = 'public' and tablename in (
         'TbCliente', 'TbClienteChave', 'TbEndereco', 'TbDestinatario', 'TbProduto', 'TbProdutoItem',
         'TbProdutoItemJoinTable', 'TbImagens', 'TbDispositivo', 'TbTipoSensor', 'TbSensor', 'TbApiKeys', 'TbEstado',
         'TbMunicipio', 'profiles')
  loop
    execute format('drop policy %I on %I.%I', v_velha.policyname, v_velha.schemaname, v_velha.tablename);
  end loop;
  for v_velha in
    select p.oid::regprocedure as funcao from pg_catalog.pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname ~ '^get_cliente(_e_filhos|s_user(_by_\w+)?)?$'
  loop
    execute format('drop function %s', v_velha.funcao);
  end loop;
end
$$;

revoke all on schema inventario from public, anon, authenticated, service_role;
revoke all on all tables in schema inventario from public, anon, authenticated, service_role;
revoke all on all sequences in schema inventario from public, anon, authenticated, service_role;
revoke all on
  public."TbCliente", public."TbClienteChave", public."TbEndereco", public."TbDestinatario", public."TbProduto",
  public."TbProdutoItem", public."TbProdutoItemJoinTable", public."TbImagens", public."TbDispositivo",
  public."TbTipoSensor", public."TbSensor", public."TbApiKeys", public."TbEstado", public."TbMunicipio",
  public.profiles
  from public, anon, authenticated, service_role;
revoke all on sequence
  public."TbCliente_cdCliente_seq", public."TbClienteChave_id_seq", public."TbEndereco_cdEndereco_seq",
  public."TbDestinatario_cdDestinatario_seq", public."TbProduto_cdProduto_seq",
  public."TbProdutoItem_cdProdutoItem_seq", public."TbImagens_cdImagens_seq",
  public."TbDispositivo_cdDispositivo_seq", public."TbSensor_cdSensor_seq", public."TbTipoSensor_id_seq"
  from public, anon, authenticated, service_role;

-- from sql/97_inventory/schemas/inventario.sql: comment on, grant
comment on schema inventario is
  'Stock-taking: warehouses, shelves and what was counted on them. Independent of telemetry.';
grant usage on schema inventario to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbCliente.sql: alter table, grant
alter table public."TbCliente" enable row level security;
grant select, delete on public."TbCliente" to authenticated, service_role;
grant insert ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsLogradouro", "nrNumero", "dsComplemento",
  "dsBairro", "dsCep", "dsCidade", "dsUF", "dsObs", "cdStatus", "cdClientePai")
  on public."TbCliente" to authenticated, service_role;
grant update ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsLogradouro", "nrNumero", "dsComplemento",
  "dsBairro", "dsCep", "dsCidade", "dsUF", "dsObs", "cdStatus", "cdClientePai")
  on public."TbCliente" to authenticated, service_role;
grant usage on sequence public."TbCliente_cdCliente_seq" to authenticated, service_role;
-- end

-- from sql/20_access/tables/TbClienteChave.sql: alter table, grant
alter table public."TbClienteChave" enable row level security;
grant select on public."TbClienteChave" to authenticated;
grant select, delete on public."TbClienteChave" to service_role;
grant insert ("dsChave", "nrLimite", "cdCliente", "dtExpiracao")
  on public."TbClienteChave" to service_role;
grant update ("dsChave", "nrLimite", "dtExpiracao")
  on public."TbClienteChave" to service_role;
-- end

-- from sql/10_registry/tables/TbEndereco.sql: alter table, grant
alter table public."TbEndereco" enable row level security;
grant select, delete on public."TbEndereco" to authenticated, service_role;
grant insert ("dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat",
  "dsLong", "cdCliente")
  on public."TbEndereco" to authenticated, service_role;
grant update ("dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat",
  "dsLong", "cdCliente")
  on public."TbEndereco" to authenticated, service_role;
grant usage on sequence public."TbEndereco_cdEndereco_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbDestinatario.sql: alter table, grant
-- not compressed: every reading that is compared with a large polygon would unpack it again
alter table public."TbDestinatario" alter column "geoCerca" set storage external;
alter table public."TbDestinatario" enable row level security;
grant select, delete on public."TbDestinatario" to authenticated, service_role;
grant insert ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsObs", "cdStatus", "nrRaio", "cdCliente",
  "cdEndereco", "dsCerca")
  on public."TbDestinatario" to authenticated, service_role;
grant update ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsObs", "cdStatus", "nrRaio", "cdCliente",
  "cdEndereco", "dsCerca")
  on public."TbDestinatario" to authenticated, service_role;
grant usage on sequence public."TbDestinatario_cdDestinatario_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbProduto.sql: alter table, grant
alter table public."TbProduto" enable row level security;
grant select, delete on public."TbProduto" to authenticated, service_role;
grant insert ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "cdStatus", "cdCliente")
  on public."TbProduto" to authenticated, service_role;
grant update ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "cdStatus", "cdCliente")
  on public."TbProduto" to authenticated, service_role;
grant usage on sequence public."TbProduto_cdProduto_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbProdutoItem.sql: alter table, grant
alter table public."TbProdutoItem" enable row level security;
grant select, delete on public."TbProdutoItem" to authenticated, service_role;
grant insert ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "nrPesoUnit", "nrUnidade",
  "nrEmpilhamento", "nrLastro", "nrQtdeTotalSensor", "cdStatus", "cdCliente")
  on public."TbProdutoItem" to authenticated, service_role;
grant update ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "nrPesoUnit", "nrUnidade",
  "nrEmpilhamento", "nrLastro", "nrQtdeTotalSensor", "cdStatus", "cdCliente")
  on public."TbProdutoItem" to authenticated, service_role;
grant usage on sequence public."TbProdutoItem_cdProdutoItem_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbProdutoItemJoinTable.sql: alter table, grant
alter table public."TbProdutoItemJoinTable" enable row level security;
grant select, delete on public."TbProdutoItemJoinTable" to authenticated, service_role;
grant insert ("cdProdutoItem", "cdProduto")
  on public."TbProdutoItemJoinTable" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbImagens.sql: alter table, grant
alter table public."TbImagens" enable row level security;
grant select, delete on public."TbImagens" to authenticated, service_role;
grant insert ("dsCaminho", "cdCodigo", "cdProduto", "nrImagem")
  on public."TbImagens" to authenticated, service_role;
grant update ("dsCaminho", "cdCodigo", "cdProduto", "nrImagem")
  on public."TbImagens" to authenticated, service_role;
grant usage on sequence public."TbImagens_cdImagens_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbDispositivo.sql: alter table, grant
alter table public."TbDispositivo" enable row level security;
grant select, delete on public."TbDispositivo" to authenticated, service_role;
grant insert ("dsDispositivo", "dsModelo", "dsDescricao", "dsObs", "dsLayout", "nrChip", "cdStatus",
  "cdDestinatario", "cdProduto", "cdCliente", "horarioMedicaoInicio", "horarioMedicaoFim", "cdUnidadeBat")
  on public."TbDispositivo" to authenticated, service_role;
grant update ("dsDispositivo", "dsModelo", "dsDescricao", "dsObs", "dsLayout", "nrChip", "cdStatus",
  "cdDestinatario", "cdProduto", "cdCliente", "horarioMedicaoInicio", "horarioMedicaoFim", "cdUnidadeBat")
  on public."TbDispositivo" to authenticated, service_role;
grant usage on sequence public."TbDispositivo_cdDispositivo_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbTipoSensor.sql: alter table, grant
alter table public."TbTipoSensor" enable row level security;
grant select, delete on public."TbTipoSensor" to authenticated, service_role;
grant insert ("dsNome", "dsDescricao", "dsUnidade", "dsAgregacao", "cdStatus", "cdCliente")
  on public."TbTipoSensor" to authenticated, service_role;
grant update ("dsNome", "dsDescricao", "dsUnidade", "dsAgregacao", "cdStatus", "cdCliente")
  on public."TbTipoSensor" to authenticated, service_role;
-- inserting needs none: public.criar_cadastro asks for the number that was given
grant usage on sequence public."TbTipoSensor_id_seq" to authenticated, service_role;
-- end

-- from sql/10_registry/tables/TbSensor.sql: alter table
alter table public."TbSensor" enable row level security;
-- end

-- from sql/20_access/tables/profiles.sql: alter table, grant
alter table public.profiles enable row level security;
grant select on public.profiles to authenticated;
grant select, delete on public.profiles to service_role;
grant insert (id, nome, sobrenome, cargo, "cdChave", "cdCliente", role)
  on public.profiles to service_role;
grant update (nome, sobrenome, cargo, "cdChave", "cdCliente", role)
  on public.profiles to service_role;
-- end

-- from sql/20_access/tables/TbApiKeys.sql: alter table, grant
alter table public."TbApiKeys" enable row level security;
-- All but dsHash, as in private.describe_key.
grant select ("cdApiKey", "cdUsuario", "dsNome", "cdClientes", "blAtiva", "dtRegistro", "dtExpiracao",
  "dsPermissoes", "dsPrefixo", "nrLimiteMinuto", "nrCotaDiaria", "cdCliente", "cdApiKeyMae", "cdPortador")
  on public."TbApiKeys" to authenticated;
grant select, delete on public."TbApiKeys" to service_role;
grant insert ("cdUsuario", "dsNome", "cdClientes", "blAtiva", "dtExpiracao", "dsPermissoes", "dsHash",
  "dsPrefixo", "nrLimiteMinuto", "nrCotaDiaria")
  on public."TbApiKeys" to service_role;
grant update ("dsNome", "cdClientes", "blAtiva", "dtExpiracao", "dsPermissoes", "nrLimiteMinuto",
  "nrCotaDiaria")
  on public."TbApiKeys" to service_role;
-- end

-- from sql/10_registry/tables/TbEstado.sql: alter table, grant
alter table public."TbEstado" enable row level security;
grant select on public."TbEstado" to authenticated;
grant select, delete on public."TbEstado" to service_role;
grant insert ("cdEstadoIBGE", "dsUf", "dsEstado")
  on public."TbEstado" to service_role;
grant update ("dsUf", "dsEstado")
  on public."TbEstado" to service_role;
-- end

-- from sql/10_registry/tables/TbMunicipio.sql: alter table, grant
alter table public."TbMunicipio" enable row level security;
grant select on public."TbMunicipio" to authenticated;
grant select, delete on public."TbMunicipio" to service_role;
grant insert ("cdMunicipioIBGE", "cdEstadoIBGE", "cdMunicipioCompleto", "dsMunicipio")
  on public."TbMunicipio" to service_role;
grant update ("cdMunicipioCompleto", "dsMunicipio")
  on public."TbMunicipio" to service_role;
-- end

-- from sql/97_inventory/tables/armazem.sql: alter table, grant
alter table inventario.armazem enable row level security;
grant select, delete on inventario.armazem to authenticated, service_role;
grant insert (nome, "cdCliente")
  on inventario.armazem to authenticated, service_role;
grant update (nome, "cdCliente")
  on inventario.armazem to authenticated, service_role;
-- end

-- from sql/97_inventory/tables/rua.sql: alter table, grant
alter table inventario.rua enable row level security;
grant select, delete on inventario.rua to authenticated, service_role;
grant insert (nome, "cdArmazem", position)
  on inventario.rua to authenticated, service_role;
grant update (nome, "cdArmazem", position)
  on inventario.rua to authenticated, service_role;
-- end

-- from sql/97_inventory/tables/prateleira.sql: alter table, grant
alter table inventario.prateleira enable row level security;
grant select, delete on inventario.prateleira to authenticated, service_role;
grant insert (nome, "cdRua", position)
  on inventario.prateleira to authenticated, service_role;
grant update (nome, "cdRua", position)
  on inventario.prateleira to authenticated, service_role;
-- end

-- from sql/97_inventory/tables/sessao.sql: alter table, grant
alter table inventario.sessao enable row level security;
grant select, delete on inventario.sessao to authenticated, service_role;
grant insert (nome, "cdPrateleira", position)
  on inventario.sessao to authenticated, service_role;
grant update (nome, "cdPrateleira", position)
  on inventario.sessao to authenticated, service_role;
-- end

-- from sql/97_inventory/tables/inventario.sql: alter table, grant
alter table inventario.inventario enable row level security;
grant select, delete on inventario.inventario to authenticated, service_role;
grant insert ("cdArmazem", "dtComeco", "dtFim", "statusInventario", "dtCancelado")
  on inventario.inventario to authenticated, service_role;
grant update ("cdArmazem", "dtComeco", "dtFim", "statusInventario", "dtCancelado")
  on inventario.inventario to authenticated, service_role;
-- end

-- from sql/97_inventory/tables/leituras.sql: alter table, grant
alter table inventario.leituras enable row level security;
grant select, delete on inventario.leituras to authenticated, service_role;
grant insert ("tipoDado", "dadoLeitura", "cdSessao", "idLeitura", "blVazio", "cdInventario")
  on inventario.leituras to authenticated, service_role;
grant update ("tipoDado", "dadoLeitura", "cdSessao", "idLeitura", "blVazio", "cdInventario")
  on inventario.leituras to authenticated, service_role;
-- end

-- from sql/10_registry/policies
-- Rows that carry cdCliente are read by the people of the client and changed by its admins; rows without a
-- client by the service only. The functions run once per statement. What a row may refer to is checked by a
-- trigger (private.refuse_foreign_reference).
create policy ler on public."TbCliente" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbCliente" for insert to authenticated
  with check ("cdClientePai" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
create policy mudar on public."TbCliente" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbCliente" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
create policy ler on public."TbDestinatario" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbDestinatario" for insert to authenticated
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy mudar on public."TbDestinatario" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbDestinatario" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- Who sees a device: its client, that client's parent, and the service. Who changes it: their admins. A new
-- one names sites and products that its creator manages (of one that changes, a trigger knows what changes).
create policy ler on public."TbDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbDispositivo" for insert to authenticated
  with check ((select private.is_service())
    or "cdCliente" = any ((select private.managed_clients())::integer[])
      and ("cdDestinatario" is null or exists (
        select from public."TbDestinatario" t where t."cdDestinatario" = "TbDispositivo"."cdDestinatario"
          and t."cdCliente" = any ((select private.managed_clients())::integer[])))
      and ("cdProduto" is null or exists (
        select from public."TbProduto" p where p."cdProduto" = "TbDispositivo"."cdProduto"
          and p."cdCliente" = any ((select private.managed_clients())::integer[]))));
create policy mudar on public."TbDispositivo" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbDispositivo" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- An address is seen by its client, and by whoever sees a site or a position at it. It is changed by whoever
-- manages its client and every site at it, and deleted once no site is at it. Legacy addresses have no
-- client: until a site is at one, only the service sees it.
create policy ler on public."TbEndereco" for select to authenticated
  using ("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
    or exists (select from public."TbEnderecoVinculo" v where v."cdEndereco" = "TbEndereco"."cdEndereco")
    or "cdCliente" = any ((select private.visible_clients())::integer[])
    or (select private.is_service()));
create policy criar on public."TbEndereco" for insert to authenticated
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())
    or "cdCliente" is null and (select private.managed_clients())::integer[] <> '{}');
create policy mudar on public."TbEndereco" for update to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
      or "cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
    and not private.is_foreign_address("cdEndereco"))
  with check (("cdCliente" is null or "cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())) and not private.is_foreign_address("cdEndereco"));
create policy apagar on public."TbEndereco" for delete to authenticated
  using (("cdEndereco" in (select t."cdEndereco" from public."TbDestinatario" t)
      or "cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
    and not private.is_foreign_address("cdEndereco"));
create policy ler on public."TbEstado" for select to authenticated using (true);
-- Pictures are seen by whoever sees the product and changed by whoever manages it.
create policy ler on public."TbImagens" for select to authenticated
  using ("cdProduto" in (select p."cdProduto" from public."TbProduto" p));
create policy criar on public."TbImagens" for insert to authenticated
  with check ("cdProduto" in (select private.managed_products()));
create policy mudar on public."TbImagens" for update to authenticated
  using ("cdProduto" in (select private.managed_products()))
  with check ("cdProduto" in (select private.managed_products()));
create policy apagar on public."TbImagens" for delete to authenticated
  using ("cdProduto" in (select private.managed_products()));
create policy ler on public."TbMunicipio" for select to authenticated using (true);
create policy ler on public."TbProduto" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbProduto" for insert to authenticated
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy mudar on public."TbProduto" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check (("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())));
create policy apagar on public."TbProduto" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- Items are seen by their client and through the products that have them, and changed by whoever manages all
-- of these. Legacy items have no client: until a product has one, only the service sees it.
create policy ler on public."TbProdutoItem" for select to authenticated
  using ("cdProdutoItem" in (select j."cdProdutoItem" from public."TbProdutoItemJoinTable" j)
    or "cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy criar on public."TbProdutoItem" for insert to authenticated
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())
    or "cdCliente" is null and (select private.managed_clients())::integer[] <> '{}');
create policy mudar on public."TbProdutoItem" for update to authenticated
  using (not private.is_shared_item("cdProdutoItem"))
  with check (("cdCliente" is null or "cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service())) and not private.is_shared_item("cdProdutoItem"));
create policy apagar on public."TbProdutoItem" for delete to authenticated
  using (not private.is_shared_item("cdProdutoItem"));
-- Links of items are seen by whoever sees the product and changed by whoever manages it.
create policy ler on public."TbProdutoItemJoinTable" for select to authenticated
  using ("cdProduto" in (select p."cdProduto" from public."TbProduto" p));
create policy criar on public."TbProdutoItemJoinTable" for insert to authenticated
  with check ("cdProduto" in (select private.managed_products())
    and not private.is_foreign_item("cdProdutoItem"));
create policy apagar on public."TbProdutoItemJoinTable" for delete to authenticated
  using ("cdProduto" in (select private.managed_products()));
-- Who sees a sensor: whoever sees its device (policies of TbDispositivo, which the subselect obeys). Who
-- changes it: admins of the client that owns the device (private.managed_devices). Who sees its
-- history: the owner at receipt, policies of TbSensorRegistro.
create policy ler on public."TbSensor" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbSensor" for insert to authenticated
  with check ("cdDispositivo" in (select private.managed_devices()));
create policy mudar on public."TbSensor" for update to authenticated
  using ("cdDispositivo" in (select private.managed_devices()))
  with check ("cdDispositivo" in (select private.managed_devices()));
create policy apagar on public."TbSensor" for delete to authenticated
  using ("cdDispositivo" in (select private.managed_devices()));
-- Types without a client are the same for everybody who is signed in, and changed by the service. Others are
-- seen by the people of their client and changed by its admins.
create policy ler on public."TbTipoSensor" for select to authenticated
  using ("cdCliente" is null or "cdCliente" = any ((select private.visible_clients())::integer[])
    or (select private.is_service()));
create policy criar on public."TbTipoSensor" for insert to authenticated
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
create policy mudar on public."TbTipoSensor" for update to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()))
  with check ("cdCliente" = any ((select private.managed_clients())::integer[])
    or (select private.is_service()));
create policy apagar on public."TbTipoSensor" for delete to authenticated
  using ("cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service()));
-- end

-- from sql/15_links/policies
create policy ler on public."TbDispositivoVinculo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
create policy ler on public."TbEnderecoVinculo" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]) or (select private.is_service()));
-- Of a device that moved, the items that its sensors counted for the former owner are not shown.
create policy ler on public."TbSensorVinculo" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d)
    and ("cdProdutoItem" is null
      or "cdProdutoItem" in (select i."cdProdutoItem" from public."TbProdutoItem" i)));
-- end

-- from sql/20_access/policies
-- People see their own keys; admins those of their clients, whoever made them.
create policy ler on public."TbApiKeys" for select to authenticated
  using ("cdUsuario" = (select private.current_user_id()) or (select private.is_service())
    or private.belongs_to_clients("TbApiKeys", (select private.managed_clients())::integer[]));
-- Admins see the enrolment codes of their clients. Keys do not: who knows a code joins, for longer than a key
-- lasts.
create policy ler on public."TbClienteChave" for select to authenticated
  using ("cdCliente" = any ((select private.clients_of_people())::integer[])
    or ((select private.is_service()) and (select private.current_user_id()) is not null));
-- Seen by whoever sees the device, changed by the service only, and by no key of it: anybody can send as a
-- device without credentials, for longer than the key may last.
create policy ler on public."TbDispositivoLiberado" for select to authenticated
  using ("cdDispositivo" in (select d."cdDispositivo" from public."TbDispositivo" d));
create policy criar on public."TbDispositivoLiberado" for insert to authenticated
  with check ((select private.is_service()) and (select private.current_user_id()) is not null);
create policy mudar on public."TbDispositivoLiberado" for update to authenticated
  using ((select private.is_service()) and (select private.current_user_id()) is not null)
  with check ((select private.is_service()) and (select private.current_user_id()) is not null);
create policy apagar on public."TbDispositivoLiberado" for delete to authenticated
  using ((select private.is_service()) and (select private.current_user_id()) is not null);
-- The use of a key is seen by whoever sees the key.
create policy ler on public."TbUsoApiKey" for select to authenticated
  using ("cdApiKey" in (select k."cdApiKey" from public."TbApiKeys" k));
-- People see themselves; admins, but not their keys, see the people of their clients.
create policy ler on public.profiles for select to authenticated
  using (id = (select private.current_user_id())
    or "cdCliente" = any ((select private.clients_of_people())::integer[])
    or ((select private.is_service()) and (select private.current_user_id()) is not null));
-- end

-- from sql/30_ingestion/policies
-- Time series carry the owner at receipt: history stays with the client who owned the device then. No policy
-- lets an API role write them.
-- Clients are hashed, here and on all that is made of these rows: an array would be compared in the index,
-- which is then searched once for each client, wherever a device or sensor and a time are looked for.
create policy ler on series."TbPosicao" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- As for TbPosicao: the owner at receipt decides who sees a value.
create policy ler on series."TbSensorRegistro" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- end

-- from sql/40_positions/policies
create policy ler on public."TbPosicaoAtual" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
-- end

-- from sql/97_inventory/policies
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
create policy ler on inventario.sessao for select to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p));
create policy criar on inventario.sessao for insert to authenticated
  with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy mudar on inventario.sessao for update to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}')
  with check ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}');
create policy apagar on inventario.sessao for delete to authenticated
  using ("cdPrateleira" in (select p."cdPrateleira" from inventario.prateleira p)
    and (select private.inventory_clients())::integer[] <> '{}');
-- end
