-- Phase 6, coordinates: numbers instead of text, and a point on the globe beside them; radii in metres.
-- Text that is no coordinate becomes null, as does a radius that is none. What it was is kept in private."TbConversaoAviso",
-- and a warning says how many rows there are. Old radii have no unit: unless there are none, somebody has to say which one
-- in a comment on the column ('m' or 'km'), or this refuses and changes nothing.
-- by hand: sql/10_registry/tables/TbEndereco.sql
-- by hand: sql/10_registry/tables/TbDestinatario.sql

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

drop view if exists public."VwTbDestinatarioDispositivo";
drop index if exists public."TbEndereco_dsLat_dsLong_idx";

do $$
declare
  v_enderecos integer;
begin
  create temporary table ruim on commit drop as
  select e."cdEndereco" as cd, e."dsLat", e."dsLong" from public."TbEndereco" e
  where coalesce(nullif(btrim(e."dsLat"), ''), nullif(btrim(e."dsLong"), '')) is not null
    and not coalesce(
      case when e."dsLat" ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$' then e."dsLat"::numeric between -90 and 90 end
      and case when e."dsLong" ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$' then e."dsLong"::numeric between -180 and 180 end,
      false);
  insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
  select 'TbEndereco', r.cd, jsonb_build_object('dsLat', r."dsLat", 'dsLong', r."dsLong"),
         'not a pair of coordinates: dsLat and dsLong set to null'
  from ruim r order by r.cd;
  get diagnostics v_enderecos = row_count;
  update public."TbEndereco" e set "dsLat" = null, "dsLong" = null
  where coalesce(btrim(e."dsLat"), '') = '' or coalesce(btrim(e."dsLong"), '') = ''
     or e."cdEndereco" in (select r.cd from ruim r);
  if v_enderecos > 0 then
    raise warning '% addresses had no usable coordinates: their devices have no geofence. See private."TbConversaoAviso"', v_enderecos;
  end if;
end
$$;

alter table public."TbEndereco"
  alter column "dsLat" drop default,
  alter column "dsLong" drop default,
  alter column "dsLat" type double precision using btrim("dsLat")::double precision,
  alter column "dsLong" type double precision using btrim("dsLong")::double precision,
  alter column "dtRegistro" set default now(),
  add check ("dsLat" between -90 and 90),
  add check ("dsLong" between -180 and 180),
  add check (("dsLat" is null) = ("dsLong" is null)),
  add column "geoPonto" extensions.geography(Point, 4326) generated always as (
    extensions.st_setsrid(extensions.st_makepoint("dsLong", "dsLat"), 4326)::extensions.geography
  ) stored,
  add column "dsFonte" text,
  add column "cdCliente" integer references public."TbCliente";
create index "TbEndereco_dsLat_dsLong_idx" on public."TbEndereco" ("dsLat", "dsLong");
create index "TbEndereco_geoPonto_idx" on public."TbEndereco" using gist ("geoPonto");
create index "TbEndereco_cdCliente_idx" on public."TbEndereco" ("cdCliente");

do $$
declare
  v_unidade text := (select col_description(a.attrelid, a.attnum) from pg_catalog.pg_attribute a
                     where a.attrelid = 'public."TbDestinatario"'::regclass and a.attname = 'nrRaio');
  v_raios integer;
begin
  if exists (select from public."TbDestinatario" t where t."nrRaio" > 0)
     and not coalesce(v_unidade in ('m', 'km'), false) then
    raise exception using errcode = 'object_not_in_prerequisite_state',
      message = 'sites have radii (TbDestinatario.nrRaio), and nothing says whether they are metres or kilometres',
      detail = 'Nothing was changed by this migration. The old geofence took them as kilometres; what people entered may differ.',
      hint = 'Look at them, then say so and migrate again: comment on column public."TbDestinatario"."nrRaio" is ''km'' (or ''m'')';
  end if;
  insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
  select 'TbDestinatario', t."cdDestinatario", jsonb_build_object('nrRaio', t."nrRaio"::text),
         'not a radius: nrRaio set to null'
  from public."TbDestinatario" t where not (t."nrRaio" >= 0 and t."nrRaio" < 'Infinity')
  order by t."cdDestinatario";
  get diagnostics v_raios = row_count;
  if v_raios > 0 then
    raise warning '% sites had no usable radius: their devices have no geofence. See private."TbConversaoAviso"', v_raios;
  end if;
  update public."TbDestinatario" t
  set "nrRaio" = case when t."nrRaio" >= 0 and t."nrRaio" < 'Infinity'
                   then t."nrRaio" * case v_unidade when 'km' then 1000 else 1 end end
  where t."nrRaio" is not null;
end
$$;
alter table public."TbDestinatario"
  alter column "dtRegistro" set default now(),
  add check ("nrRaio" >= 0 and "nrRaio" < 'Infinity');

-- from sql/10_registry/tables/TbEndereco.sql: comment on
comment on table public."TbEndereco" is
  'Addresses of sites, and addresses found for positions by the geocoding job.';
comment on constraint "TbEndereco_dsLogradouro_max_255" on public."TbEndereco" is
  'dsLogradouro has at most 255 characters';
comment on constraint "TbEndereco_nrNumero_max_255" on public."TbEndereco" is
  'nrNumero has at most 255 characters';
comment on constraint "TbEndereco_dsComplemento_max_255" on public."TbEndereco" is
  'dsComplemento has at most 255 characters';
comment on constraint "TbEndereco_dsBairro_max_255" on public."TbEndereco" is
  'dsBairro has at most 255 characters';
comment on constraint "TbEndereco_dsCep_max_255" on public."TbEndereco" is 'dsCep has at most 255 characters';
comment on constraint "TbEndereco_dsCidade_max_255" on public."TbEndereco" is
  'dsCidade has at most 255 characters';
comment on constraint "TbEndereco_dsUF_max_255" on public."TbEndereco" is 'dsUF has at most 255 characters';
comment on constraint "TbEndereco_check" on public."TbEndereco" is
  'dsLat and dsLong must both be set or both be null';
comment on constraint "TbEndereco_dsLat_check" on public."TbEndereco" is 'dsLat is -90 to 90 degrees';
comment on constraint "TbEndereco_dsLong_check" on public."TbEndereco" is 'dsLong is -180 to 180 degrees';
comment on column public."TbEndereco"."dsLat" is 'Latitude in degrees, WGS 84.';
comment on column public."TbEndereco"."dsLong" is 'Longitude in degrees, WGS 84.';
comment on column public."TbEndereco"."geoPonto" is
  'The same point for spatial queries; computed by PostgreSQL.';
comment on column public."TbEndereco"."dsFonte" is
  'Source of an address that was looked up, to be shown with it. Null: typed in by a person.';
comment on column public."TbEndereco"."cdCliente" is
  'Owner: sees it even while no site is there; alone may change it. Null: seen through sites and positions.';
-- end

alter table public."TbDestinatario"
  add column "dsCerca" jsonb,
  -- geometry, not geography: GeoJSON's edges are straight lines in longitude and latitude
  add column "geoCerca" extensions.geometry(Geometry, 4326) generated always as (extensions.st_geomfromgeojson("dsCerca")) stored;

-- from sql/10_registry/tables/TbDestinatario.sql: comment on
comment on table public."TbDestinatario" is
  'Sites: where a device should be, and the circle or polygon it may move in (its geofence).';
comment on constraint "TbDestinatario_dsNome_max_255" on public."TbDestinatario" is
  'dsNome has at most 255 characters';
comment on constraint "TbDestinatario_nrCnpj_max_255" on public."TbDestinatario" is
  'nrCnpj has at most 255 characters';
comment on constraint "TbDestinatario_nrIe_max_255" on public."TbDestinatario" is
  'nrIe has at most 255 characters';
comment on constraint "TbDestinatario_nrInscMun_max_255" on public."TbDestinatario" is
  'nrInscMun has at most 255 characters';
comment on constraint "TbDestinatario_dsObs_max_4000" on public."TbDestinatario" is
  'dsObs has at most 4000 characters';
comment on constraint "TbDestinatario_nrRaio_check" on public."TbDestinatario" is
  'nrRaio is 0 metres or more';
comment on column public."TbDestinatario"."nrRaio" is 'Radius of the geofence in metres around the address.';
comment on column public."TbDestinatario"."dsCerca" is
  'Geofence as a polygon, GeoJSON (RFC 7946); replaces the circle.';
comment on column public."TbDestinatario"."geoCerca" is
  'The same polygon for spatial queries; computed by PostgreSQL.';
-- end
