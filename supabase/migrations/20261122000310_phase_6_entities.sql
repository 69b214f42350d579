-- Phase 6, the other entities: what was optional by accident is required, times and codes have defaults, each table says what
-- it is. No type changes.
-- by hand: sql/10_registry/foreign_keys
-- by hand: sql/10_registry/tables/TbCliente.sql
-- by hand: sql/20_access/tables/TbClienteChave.sql
-- by hand: sql/20_access/foreign_keys/TbClienteChave.sql
-- by hand: sql/10_registry/tables/TbProduto.sql
-- by hand: sql/10_registry/tables/TbProdutoItem.sql
-- by hand: sql/10_registry/tables/TbProdutoItemJoinTable.sql
-- by hand: sql/10_registry/tables/TbImagens.sql
-- by hand: sql/10_registry/tables/TbDispositivo.sql
-- by hand: sql/10_registry/tables/TbTipoSensor.sql
-- by hand: sql/20_access/tables/profiles.sql
-- by hand: sql/20_access/foreign_keys/profiles.sql
-- by hand: sql/10_registry/tables/TbEstado.sql
-- by hand: sql/10_registry/tables/TbMunicipio.sql
-- by hand: sql/97_inventory/tables
-- by hand: sql/97_inventory/foreign_keys
-- by hand: sql/10_registry/types/status.sql
-- by hand: sql/10_registry/types/unidade.sql
-- by hand: sql/20_access/types/papel.sql
-- by hand: sql/97_inventory/types/statusInventario.sql

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

alter table public."TbClienteChave" alter column "dtRegistro" set default now(), add column "dtExpiracao" timestamptz;
alter table public."TbProduto" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbProdutoItem" alter column "dtRegistro" set default (now() at time zone 'UTC'),
  add column "cdCliente" integer references public."TbCliente";
create index "TbProdutoItem_cdCliente_idx" on public."TbProdutoItem" ("cdCliente");
alter table public."TbImagens" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbDispositivo" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbCliente" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbEndereco" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbDestinatario" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbTipoSensor" alter column "dtRegistro" set default now();

update public.profiles p set role = 'default' where p.role is null; -- they could do what everybody can
alter table public.profiles
  alter column "dtRegistro" set default now(),
  alter column role set default 'default',
  alter column role set not null;

alter table inventario.armazem alter column "dtRegistro" set default now();
alter table inventario.rua alter column "dtRegistro" set default now();
alter table inventario.prateleira alter column "dtRegistro" set default now();
alter table inventario.sessao alter column "dtRegistro" set default now();
alter table inventario.inventario
  alter column "dtComeco" set default now(),
  alter column "statusInventario" set default 'em_progresso';
alter table inventario.leituras
  alter column "dtRegistro" set default now(),
  alter column "blVazio" set default false;

-- States were without a key: of several rows for one the first stays.
with repetida as (
  delete from public."TbEstado" e
  using (select x.ctid, row_number() over (partition by x."cdEstadoIBGE" order by x.ctid) as n from public."TbEstado" x) x
  where x.ctid = e.ctid and x.n > 1
  returning e.*
)
insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
select 'TbEstado', r."cdEstadoIBGE", to_jsonb(r), 'more than one row for this code: this one removed' from repetida r;
alter table public."TbEstado" add primary key ("cdEstadoIBGE");

-- from sql/10_registry/types/status.sql: comment on
comment on type public.status is 'Life cycle of clients, sites, products and devices.';
-- end

-- from sql/10_registry/types/unidade.sql: comment on
comment on type public.unidade is 'Unit in which a sensor is configured.';
-- end

-- from sql/20_access/types/papel.sql: comment on
comment on type public.papel is
  'What a person may do: default reads, admin also writes for its own clients, service does all.';
-- end

-- from sql/97_inventory/types/statusInventario.sql: comment on
comment on type inventario."statusInventario" is 'State of a stock-taking.';
-- end

-- from sql/10_registry/tables/TbCliente.sql: comment on
comment on table public."TbCliente" is 'Clients. People of a client see it and its direct children.';
comment on column public."TbCliente"."cdClientePai" is 'Parent client, whose people see this one too.';
-- end

-- from sql/20_access/tables/TbClienteChave.sql: comment on
comment on table public."TbClienteChave" is 'Enrolment codes: whoever signs up with one joins its client.';
comment on column public."TbClienteChave"."nrLimite" is 'How many people may join with this code.';
comment on column public."TbClienteChave"."dtExpiracao" is 'Valid until then; null: does not expire.';
-- end

-- from sql/10_registry/tables/TbProduto.sql: comment on
comment on table public."TbProduto" is
  'Products (displays, vehicles, freezers …) that devices are mounted on.';
-- end

-- from sql/10_registry/tables/TbProdutoItem.sql: comment on
comment on table public."TbProdutoItem" is 'Items that are counted on a product by weight, distance or unit.';
comment on column public."TbProdutoItem"."nrPesoUnit" is 'Weight of one item in grams.';
comment on column public."TbProdutoItem"."nrAlt" is 'Height of one item in millimetres.';
comment on column public."TbProdutoItem"."cdCliente" is
  'Owner: also sees it while no product has it; nobody else may change it. Null: seen through its products.';
-- end

-- from sql/10_registry/tables/TbProdutoItemJoinTable.sql: comment on
comment on table public."TbProdutoItemJoinTable" is 'Which items belong to which product.';
-- end

-- from sql/10_registry/tables/TbImagens.sql: comment on
comment on table public."TbImagens" is 'Pictures of products; the file itself is in the object store.';
-- end

-- from sql/10_registry/tables/TbDispositivo.sql: comment on
comment on table public."TbDispositivo" is
  'Field devices. A device that has history can be retired, not deleted.';
comment on column public."TbDispositivo"."horarioMedicaoInicio" is
  'Start of the daily measuring window, UTC time of day, included; may be later than the end.';
comment on column public."TbDispositivo"."horarioMedicaoFim" is
  'End of the daily measuring window, UTC time of day, included.';
-- end

-- from sql/10_registry/tables/TbTipoSensor.sql: comment on
comment on table public."TbTipoSensor" is
  'Kinds of sensors. The numbers never change: clients depend on them.';
-- end

-- from sql/20_access/tables/profiles.sql: comment on
comment on table public.profiles is 'People: which client they belong to and what they may do.';
comment on column public.profiles.role is
  'default reads; admin also writes for its own clients; service sees and does all.';
-- end

-- from sql/10_registry/tables/TbEstado.sql: comment on
comment on table public."TbEstado" is 'Brazilian states by their IBGE code.';
-- end

-- from sql/10_registry/tables/TbMunicipio.sql: comment on
comment on table public."TbMunicipio" is 'Brazilian towns by their IBGE code.';
-- end

-- from sql/97_inventory/tables/armazem.sql: comment on
comment on table inventario.armazem is 'Warehouses.';
-- end

-- from sql/97_inventory/tables/rua.sql: comment on
comment on table inventario.rua is 'Aisles of a warehouse.';
-- end

-- from sql/97_inventory/tables/prateleira.sql: comment on
comment on table inventario.prateleira is 'Shelves of an aisle.';
-- end

-- from sql/97_inventory/tables/sessao.sql: comment on
comment on table inventario.sessao is 'Sections of a shelf.';
-- end

-- from sql/97_inventory/tables/inventario.sql: comment on
comment on table inventario.inventario is 'Stock-takings of a warehouse.';
-- end

-- from sql/97_inventory/tables/leituras.sql: comment on
comment on table inventario.leituras is 'What was counted in a section during a stock-taking.';
-- end
