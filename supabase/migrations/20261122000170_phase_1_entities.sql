-- Phase 1, indexes: entities, by the columns that views, policies and foreign keys go by. Older installations lack some.
-- These tables are small and seldom written: a plain index holds their writers up for milliseconds.

set lock_timeout = '5s';
set statement_timeout = '5min';

create index if not exists "TbCliente_cdClientePai_idx" on public."TbCliente" ("cdClientePai");
create index if not exists "TbClienteChave_cdCliente_idx" on public."TbClienteChave" ("cdCliente");
create index if not exists "TbDestinatario_cdCliente_idx" on public."TbDestinatario" ("cdCliente");
create index if not exists "TbDestinatario_cdEndereco_idx" on public."TbDestinatario" ("cdEndereco");
create index if not exists "TbProduto_cdCliente_idx" on public."TbProduto" ("cdCliente");
create index if not exists "TbProdutoItemJoinTable_cdProduto_idx" on public."TbProdutoItemJoinTable" ("cdProduto");
create index if not exists "TbImagens_cdProduto_idx" on public."TbImagens" ("cdProduto");
create index if not exists "TbDispositivo_cdCliente_cdStatus_idx" on public."TbDispositivo" ("cdCliente", "cdStatus");
create index if not exists "TbDispositivo_cdProduto_idx" on public."TbDispositivo" ("cdProduto");
create index if not exists "TbDispositivo_cdDestinatario_idx" on public."TbDispositivo" ("cdDestinatario");
create index if not exists "TbSensor_cdDispositivo_cdTipoSensor_idx" on public."TbSensor" ("cdDispositivo", "cdTipoSensor");
create index if not exists "TbSensor_cdProdutoItem_idx" on public."TbSensor" ("cdProdutoItem");
create index if not exists "TbSensor_cdTipoSensor_idx" on public."TbSensor" ("cdTipoSensor");
create index if not exists "profiles_cdChave_idx" on public.profiles ("cdChave");
create index if not exists "profiles_cdCliente_idx" on public.profiles ("cdCliente");
create index if not exists "TbApiKeys_cdUsuario_idx" on public."TbApiKeys" ("cdUsuario");
create index if not exists "armazem_cdCliente_idx" on inventario.armazem ("cdCliente");
create index if not exists "rua_cdArmazem_idx" on inventario.rua ("cdArmazem");
create index if not exists "prateleira_cdRua_idx" on inventario.prateleira ("cdRua");
create index if not exists "sessao_cdPrateleira_idx" on inventario.sessao ("cdPrateleira");
create index if not exists "inventario_cdArmazem_idx" on inventario.inventario ("cdArmazem");
create index if not exists "leituras_cdSessao_idx" on inventario.leituras ("cdSessao");
create index if not exists "leituras_cdInventario_idx" on inventario.leituras ("cdInventario");

-- Ad hoc, and covered by a better one.
drop index if exists public."TbDispositivo_cdCliente_idx";
drop index if exists public."TbSensor_cdDispositivo_idx";
drop index if exists public."TbSensor_cdSensor_cdTipoSensor_idx";
