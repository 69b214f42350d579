-- Phase 2a, time series: positions and readings in the shape that everything later builds on: the owner at receipt, own
-- coordinates, no foreign keys, ordered by time. Made anew as partitioned tables at once, since an existing table cannot
-- become one; their partitions come with phase 3.
-- Nothing is copied. Where there are rows this refuses, and changes nothing.

set lock_timeout = '5s';
set statement_timeout = '5min';

do $$
declare
  v_achadas text;
begin
  for v_vez in 1..2 loop -- once before anybody has to wait, and once when nothing can arrive any more
    select string_agg(t, ' and ') into v_achadas
    from (select 'TbPosicao' where exists (select from public."TbPosicao")
          union all select 'TbSensorRegistro' where exists (select from public."TbSensorRegistro")) as f(t);
    if v_achadas is not null then
      raise exception using errcode = 'object_not_in_prerequisite_state',
        message = format('this database holds time series (rows in %s): migrations do not move them', v_achadas),
        detail = 'Nothing was changed by this migration; those before it, which only add indexes, stay applied.',
        hint = 'Such an installation is converted while it runs, by the converter that comes with a later release. '
               'Until then keep to the version of the application you have.';
    end if;
    lock table public."TbPosicao", public."TbSensorRegistro" in access exclusive mode;
  end loop;
end
$$;

-- Projects made before 2026 give every new object to the API roles. From here on each is granted by name.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

-- Views that read them: rewritten in phases 2 and 6.
drop view if exists public."VwRelHistoricoDispositivoProduto", public."VwRelDadosDispositivo", public."VwProdutosFora",
  public."VwTbPosicaoAtual";
drop table public."TbSensorRegistro";
drop table public."TbPosicao";

-- from sql/10_schemas/02_private.sql
-- Helpers and settings. Not exposed by the REST API; API roles may only run the functions granted to them one by one.
create schema private;
comment on schema private is 'Helper functions and settings of the backend. Not part of the API.';
grant usage on schema private to authenticated, service_role;
-- end

-- from sql/30_tables/20_TbPosicao.sql
-- No foreign keys: they would halve ingestion. insert_device_readings is the only writer and checks references;
-- deleting what a row points to is refused (see 70_triggers and the Vinculo tables).
create sequence public."TbPosicao_cdPosicao_seq";

create table public."TbPosicao" (
  "cdPosicao" bigint not null default nextval('public."TbPosicao_cdPosicao_seq"'),
  "dtRegistro" timestamp not null,
  "dsLat" double precision,
  "dsLong" double precision,
  "nrBat" double precision,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "nrSeq" integer,
  "cdDestinatario" integer,
  "cdEndereco" integer,
  "nrDistancia" real,
  "blArea" boolean,
  primary key ("cdPosicao", "dtRegistro"),
  unique nulls not distinct ("cdDispositivo", "dtRegistro", "nrSeq")
) partition by range ("dtRegistro");
alter sequence public."TbPosicao_cdPosicao_seq" owned by public."TbPosicao"."cdPosicao";
create index "TbPosicao_cdEndereco_idx" on public."TbPosicao" ("cdEndereco") where "cdEndereco" is not null;
alter table public."TbPosicao" enable row level security;
revoke all on public."TbPosicao" from public, anon, authenticated;
grant select on public."TbPosicao" to authenticated, service_role;

comment on table public."TbPosicao" is 'Reports of devices: position, battery, sequence number. Monthly partitions; written by insert_device_readings only.';
comment on column public."TbPosicao"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbPosicao"."cdCliente" is 'Who owned the device when the report was received; decides who sees the row, for ever.';
comment on column public."TbPosicao"."nrSeq" is 'Sequence number given by the device; part of the key, null counts as a value.';
comment on column public."TbPosicao"."nrBat" is 'Battery voltage in volts.';
comment on column public."TbPosicao"."dsLat" is 'Latitude in degrees, WGS 84, rounded to 5 decimals; null when the report had none.';
comment on column public."TbPosicao"."dsLong" is 'Longitude in degrees, WGS 84, rounded to 5 decimals; null when the report had none.';
comment on column public."TbPosicao"."nrDistancia" is 'Geodesic metres from the site of the device, as it was at receipt.';
comment on column public."TbPosicao"."blArea" is 'Inside the geofence of the site; null when the site or its coordinates are missing.';
comment on column public."TbPosicao"."cdEndereco" is 'Address found by the geocoding job, if it ran.';
-- end

-- from sql/30_tables/21_TbSensorRegistro.sql
-- No foreign keys, for the same reason as TbPosicao.
create table public."TbSensorRegistro" (
  "dtRegistro" timestamp not null,
  "nrValor" double precision,
  "cdPosicao" bigint,
  "cdSensor" integer not null,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer,
  "nrQualidade" smallint not null default 0 check ("nrQualidade" between 0 and 2),
  "blValor" boolean,
  "dsValor" text,
  primary key ("cdSensor", "dtRegistro"),
  check (num_nonnulls("nrValor", "blValor", "dsValor") = 1)
) partition by range ("dtRegistro");
alter table public."TbSensorRegistro" enable row level security;
revoke all on public."TbSensorRegistro" from public, anon, authenticated;
grant select on public."TbSensorRegistro" to authenticated, service_role;

comment on table public."TbSensorRegistro" is 'Sensor readings: a number, a boolean or a text. Monthly partitions; written by insert_device_readings only.';
comment on column public."TbSensorRegistro"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbSensorRegistro"."cdPosicao" is 'The report it came with; null for telemetry without a position.';
comment on column public."TbSensorRegistro"."cdDispositivo" is 'Device the sensor was on; a sensor may move.';
comment on column public."TbSensorRegistro"."cdCliente" is 'Who owned the device when the reading was received.';
comment on column public."TbSensorRegistro"."nrQualidade" is '0 ok, 1 suspect, 2 fault.';
comment on column public."TbSensorRegistro"."nrValor" is 'Numeric value, in the unit of the sensor type.';
-- end
