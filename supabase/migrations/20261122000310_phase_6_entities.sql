-- Phase 6, the other entities: what was optional by accident is required, times and codes have defaults, each table says what
-- it is. Types stay, but for texts that had a length by the way. Keys that were there twice go.
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
-- by hand: sql/20_access/types/role.sql
-- by hand: sql/97_inventory/types/statusInventario.sql

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

alter table public."TbClienteChave" alter column "dtRegistro" set default now(), add column "dtExpiracao" timestamptz
  constraint "TbClienteChave_dtExpiracao_check" check ("dtExpiracao" >= '2000-01-01Z' and "dtExpiracao" < '10000-01-01Z');
alter table public."TbProduto" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbProdutoItem" alter column "dtRegistro" set default (now() at time zone 'UTC'),
  add column "cdCliente" integer references public."TbCliente";
create index "TbProdutoItem_cdCliente_idx" on public."TbProdutoItem" ("cdCliente");
alter table public."TbImagens" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbDispositivo" alter column "dtRegistro" set default (now() at time zone 'UTC'),
  add column "cdUnidadeBat" text not null default 'V' check ("cdUnidadeBat" in ('V', 'mV', '%'));
alter table public."TbCliente" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbEndereco" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbDestinatario" alter column "dtRegistro" set default (now() at time zone 'UTC');
alter table public."TbTipoSensor"
  alter column "dtRegistro" set default now(),
  add column "dsAgregacao" text not null default 'mean' check ("dsAgregacao" in ('sum', 'mean', 'last')),
  add column "cdStatus" public.status,
  add column "cdCliente" integer references public."TbCliente",
  add unique ("dsNome", "cdCliente");
create index "TbTipoSensor_cdCliente_idx" on public."TbTipoSensor" ("cdCliente");

alter table public."TbProdutoItem"
  alter column "dsNome" drop default, alter column "dsDescricao" drop default,
  alter column "nrCodigo" drop default, alter column "nrUnidade" drop default;
alter table public."TbEstado"
  alter column "dsUf" drop default, alter column "dsUf" type text,
  alter column "dsEstado" drop default, alter column "dsEstado" type text;
alter table public."TbMunicipio"
  alter column "cdMunicipioIBGE" type varchar,
  alter column "cdMunicipioCompleto" drop default, alter column "cdMunicipioCompleto" type text,
  alter column "dsMunicipio" drop default, alter column "dsMunicipio" type text;

-- A key beside the same primary key goes; what refers to it refers to the primary key then.
do $$
declare
  v_key record;
  v_drop text;
  v_add text;
begin
  for v_key in
    select u.conrelid::regclass as relation, u.conname, u.conindid
    from pg_catalog.pg_constraint u
    join pg_catalog.pg_constraint p on p.conrelid = u.conrelid and p.contype = 'p' and p.conkey = u.conkey
    where u.contype = 'u' and u.connamespace in ('public'::regnamespace, 'inventario'::regnamespace)
  loop
    select string_agg(format('alter table %s drop constraint %I;', f.conrelid::regclass, f.conname), ' '),
           string_agg(format('alter table %s add constraint %I %s;', f.conrelid::regclass, f.conname,
                             pg_get_constraintdef(f.oid)), ' ')
    into v_drop, v_add
    from pg_catalog.pg_constraint f where f.contype = 'f' and f.conindid = v_key.conindid;
    execute coalesce(v_drop, '') || format('alter table %s drop constraint %I;', v_key.relation, v_key.conname)
            || coalesce(v_add, '');
  end loop;
end
$$;

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

-- Sizes and weights that no thing has: null, which readers count as 0. What they were is kept. Nobody had the items before, so
-- that nothing is kept for former owners.
alter table public."TbProdutoItem" disable trigger user;
do $$
declare
  v record;
  v_count integer;
  v_all integer := 0;
begin
  for v in
    select c.t as name, format('public.%I', c.t)::regclass as relation, c.key, d.name as col
    from (values ('TbProduto', 'cdProduto', '{nrLarg,nrComp,nrAlt}'),
                 ('TbProdutoItem', 'cdProdutoItem', '{nrLarg,nrComp,nrAlt,nrPesoUnit}')) as c(t, key, cols),
         unnest(c.cols::text[]) as d(name)
  loop
    execute format($sql$
      insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
      select %1$L, t.%2$I::text, jsonb_build_object(%3$L, t.%3$I::text),
             'neither 0 nor 0.000001 to 1000000000: %3$s set to null'
      from %4$s t where not (t.%3$I = 0 or t.%3$I between 1e-6 and 1e9) order by t.%2$I
      $sql$, v.name, v.key, v.col, v.relation);
    get diagnostics v_count = row_count;
    if v_count > 0 then
      execute format('update %1$s t set %2$I = null where not (t.%2$I = 0 or t.%2$I between 1e-6 and 1e9)', v.relation, v.col);
    end if;
    execute format('alter table %1$s add constraint %2$I check (%3$I = 0 or %3$I between 1e-6 and 1e9)',
                   v.relation, format('%s_%s_check', v.name, v.col), v.col);
    v_all := v_all + v_count;
  end loop;
  if v_all > 0 then
    raise warning '% sizes or weights of products and items cannot be, and became null. See private."TbConversaoAviso"', v_all;
  end if;
end
$$;
alter table public."TbProdutoItem" enable trigger user;

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

-- from sql/20_access/types/role.sql: comment on
comment on type public.role is
  'What a person may do: default reads, admin also writes for its own clients, service does all.';
-- end

-- from sql/97_inventory/types/statusInventario.sql: comment on
comment on type inventario."statusInventario" is 'State of a stock-taking.';
-- end

-- from sql/10_registry/tables/TbCliente.sql: comment on
comment on table public."TbCliente" is 'Clients. People of a client see it and its direct children.';
comment on constraint "TbCliente_dsNome_max_255" on public."TbCliente" is 'dsNome has at most 255 characters';
comment on constraint "TbCliente_nrCnpj_max_255" on public."TbCliente" is 'nrCnpj has at most 255 characters';
comment on constraint "TbCliente_nrIe_max_255" on public."TbCliente" is 'nrIe has at most 255 characters';
comment on constraint "TbCliente_nrInscMun_max_255" on public."TbCliente" is
  'nrInscMun has at most 255 characters';
comment on constraint "TbCliente_dsLogradouro_max_255" on public."TbCliente" is
  'dsLogradouro has at most 255 characters';
comment on constraint "TbCliente_nrNumero_max_255" on public."TbCliente" is
  'nrNumero has at most 255 characters';
comment on constraint "TbCliente_dsComplemento_max_255" on public."TbCliente" is
  'dsComplemento has at most 255 characters';
comment on constraint "TbCliente_dsBairro_max_255" on public."TbCliente" is
  'dsBairro has at most 255 characters';
comment on constraint "TbCliente_dsCep_max_255" on public."TbCliente" is 'dsCep has at most 255 characters';
comment on constraint "TbCliente_dsCidade_max_255" on public."TbCliente" is
  'dsCidade has at most 255 characters';
comment on constraint "TbCliente_dsUF_max_255" on public."TbCliente" is 'dsUF has at most 255 characters';
comment on constraint "TbCliente_dsObs_max_4000" on public."TbCliente" is 'dsObs has at most 4000 characters';
comment on column public."TbCliente"."cdClientePai" is 'Parent client, whose people see this one too.';
-- end

-- from sql/20_access/tables/TbClienteChave.sql: comment on
comment on table public."TbClienteChave" is 'Enrolment codes: whoever signs up with one joins its client.';
comment on constraint "TbClienteChave_dsChave_max_200" on public."TbClienteChave" is
  'dsChave has at most 200 characters';
comment on column public."TbClienteChave"."nrLimite" is 'How many people may join with this code.';
comment on column public."TbClienteChave"."dtExpiracao" is 'Valid until then; null: does not expire.';
comment on constraint "TbClienteChave_dtExpiracao_check" on public."TbClienteChave" is
  'dtExpiracao is in the years 2000 to 9999';
-- end

-- from sql/10_registry/tables/TbProduto.sql: comment on
comment on table public."TbProduto" is
  'Products (displays, vehicles, freezers …) that devices are mounted on.';
comment on constraint "TbProduto_dsNome_max_255" on public."TbProduto" is 'dsNome has at most 255 characters';
comment on constraint "TbProduto_dsDescricao_max_4000" on public."TbProduto" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbProduto_nrCodigo_max_255" on public."TbProduto" is
  'nrCodigo has at most 255 characters';
comment on constraint "TbProduto_nrLarg_check" on public."TbProduto" is
  'nrLarg is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProduto_nrComp_check" on public."TbProduto" is
  'nrComp is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProduto_nrAlt_check" on public."TbProduto" is
  'nrAlt is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
-- end

-- from sql/10_registry/tables/TbProdutoItem.sql: comment on
comment on table public."TbProdutoItem" is 'Items that are counted on a product by weight, distance or unit.';
comment on column public."TbProdutoItem"."nrPesoUnit" is 'Weight of one item in grams.';
comment on column public."TbProdutoItem"."nrAlt" is 'Height of one item in millimetres.';
comment on column public."TbProdutoItem"."cdCliente" is
  'Owner: also sees it while no product has it; nobody else may change it. Null: seen through its products.';
comment on constraint "TbProdutoItem_nrLarg_check" on public."TbProdutoItem" is
  'nrLarg is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProdutoItem_nrComp_check" on public."TbProdutoItem" is
  'nrComp is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProdutoItem_nrAlt_check" on public."TbProdutoItem" is
  'nrAlt is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProdutoItem_nrPesoUnit_check" on public."TbProdutoItem" is
  'nrPesoUnit is 0, which means unknown, or 0.000001 to 1000000000 grams';
-- end

-- from sql/10_registry/tables/TbProdutoItemJoinTable.sql: comment on
comment on table public."TbProdutoItemJoinTable" is 'Which items belong to which product.';
-- end

-- from sql/10_registry/tables/TbImagens.sql: comment on
comment on table public."TbImagens" is 'Pictures of products; the file itself is in the object store.';
comment on constraint "TbImagens_dsCaminho_max_255" on public."TbImagens" is
  'dsCaminho has at most 255 characters';
comment on constraint "TbImagens_cdCodigo_max_255" on public."TbImagens" is
  'cdCodigo has at most 255 characters';
-- end

-- from sql/10_registry/tables/TbDispositivo.sql: comment on
comment on table public."TbDispositivo" is
  'Field devices. A device that has history can be retired, not deleted.';
comment on constraint "TbDispositivo_dsDispositivo_max_255" on public."TbDispositivo" is
  'dsDispositivo has at most 255 characters';
comment on constraint "TbDispositivo_dsDescricao_max_4000" on public."TbDispositivo" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbDispositivo_dsObs_max_4000" on public."TbDispositivo" is
  'dsObs has at most 4000 characters';
comment on constraint "TbDispositivo_dsLayout_max_4000" on public."TbDispositivo" is
  'dsLayout has at most 4000 characters';
comment on column public."TbDispositivo"."horarioMedicaoInicio" is
  'Start of the daily measuring window, UTC time of day, included; may be later than the end.';
comment on column public."TbDispositivo"."horarioMedicaoFim" is
  'End of the daily measuring window, UTC time of day, included.';
comment on column public."TbDispositivo"."cdUnidadeBat" is
  'What the device sends as nrBat: V, mV or % (of 3.7 V). Volts are stored.';
comment on constraint "TbDispositivo_cdUnidadeBat_check" on public."TbDispositivo" is
  'cdUnidadeBat must be V, mV or %';
-- end

-- from sql/10_registry/tables/TbTipoSensor.sql: comment on
comment on table public."TbTipoSensor" is
  'Kinds of sensors: those of the contract (1 to 18), others for all clients, and those of one client.';
comment on constraint "TbTipoSensor_dsNome_max_255" on public."TbTipoSensor" is
  'dsNome has at most 255 characters';
comment on constraint "TbTipoSensor_dsDescricao_max_4000" on public."TbTipoSensor" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbTipoSensor_dsUnidade_max_255" on public."TbTipoSensor" is
  'dsUnidade has at most 255 characters';
comment on constraint "TbTipoSensor_dsAgregacao_check" on public."TbTipoSensor" is
  'dsAgregacao must be sum, mean or last';
comment on constraint "TbTipoSensor_dsNome_cdCliente_key" on public."TbTipoSensor" is
  'dsNome: the client already has a sensor type of this name';
comment on column public."TbTipoSensor"."dsUnidade" is
  'Unit in which values are stored; readings may use others of TbUnidade that measure the same.';
comment on column public."TbTipoSensor"."dsAgregacao" is
  'What stands for several values: their sum, their mean, or the last of them.';
comment on column public."TbTipoSensor"."cdStatus" is 'encerrado: new sensors cannot have this type.';
comment on column public."TbTipoSensor"."cdCliente" is
  'Owner: its people alone see it, and its devices alone use it. Null: everybody, maintained by the service.';
-- end

-- from sql/20_access/tables/profiles.sql: comment on
comment on table public.profiles is 'People: which client they belong to and what they may do.';
comment on constraint profiles_nome_max_255 on public.profiles is 'nome has at most 255 characters';
comment on constraint profiles_sobrenome_max_255 on public.profiles is 'sobrenome has at most 255 characters';
comment on constraint profiles_cargo_max_255 on public.profiles is 'cargo has at most 255 characters';
comment on column public.profiles.role is
  'default reads; admin also writes for its own clients; service sees and does all.';
-- end

-- from sql/10_registry/tables/TbEstado.sql: comment on
comment on table public."TbEstado" is 'Brazilian states by their IBGE code.';
comment on constraint "TbEstado_dsUf_max_255" on public."TbEstado" is 'dsUf has at most 255 characters';
comment on constraint "TbEstado_dsEstado_max_255" on public."TbEstado" is
  'dsEstado has at most 255 characters';
-- end

-- from sql/10_registry/tables/TbMunicipio.sql: comment on
comment on table public."TbMunicipio" is 'Brazilian towns by their IBGE code.';
comment on constraint "TbMunicipio_cdMunicipioIBGE_max_255" on public."TbMunicipio" is
  'cdMunicipioIBGE has at most 255 characters';
comment on constraint "TbMunicipio_cdMunicipioCompleto_max_255" on public."TbMunicipio" is
  'cdMunicipioCompleto has at most 255 characters';
comment on constraint "TbMunicipio_dsMunicipio_max_255" on public."TbMunicipio" is
  'dsMunicipio has at most 255 characters';
-- end

-- from sql/97_inventory/tables/armazem.sql: comment on
comment on table inventario.armazem is 'Warehouses.';
comment on constraint armazem_nome_max_255 on inventario.armazem is 'nome has at most 255 characters';
-- end

-- from sql/97_inventory/tables/rua.sql: comment on
comment on table inventario.rua is 'Aisles of a warehouse.';
comment on constraint rua_nome_max_255 on inventario.rua is 'nome has at most 255 characters';
-- end

-- from sql/97_inventory/tables/prateleira.sql: comment on
comment on table inventario.prateleira is 'Shelves of an aisle.';
comment on constraint prateleira_nome_max_255 on inventario.prateleira is 'nome has at most 255 characters';
-- end

-- from sql/97_inventory/tables/sessao.sql: comment on
comment on table inventario.sessao is 'Sections of a shelf.';
comment on constraint sessao_nome_max_255 on inventario.sessao is 'nome has at most 255 characters';
-- end

-- from sql/97_inventory/tables/inventario.sql: comment on
comment on table inventario.inventario is 'Stock-takings of a warehouse.';
-- end

-- from sql/97_inventory/tables/leituras.sql: comment on
comment on table inventario.leituras is 'What was counted in a section during a stock-taking.';
comment on constraint "leituras_tipoDado_max_255" on inventario.leituras is
  'tipoDado has at most 255 characters';
comment on constraint "leituras_dadoLeitura_max_8000" on inventario.leituras is
  'dadoLeitura has at most 8000 characters';
-- end
