-- Phase 2a, time series: positions and readings in the shape that everything later builds on: the owner at receipt, own
-- coordinates, no foreign keys, ordered by time. Made anew as partitioned tables at once, since an existing table cannot
-- become one; their partitions come with phase 3.
-- Nothing is copied. Where there are rows this refuses, and changes nothing.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

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

-- from sql/00_foundation/schemas
-- PostGIS for geofences and spatial queries. A hosted project has the schema already.
create schema if not exists extensions;
create extension if not exists postgis with schema extensions;
-- Monthly partitions of the time series. A policy on the parent does not protect a partition that is queried
-- by name, so no API role may use this schema.
create schema particoes;
comment on schema particoes is
  'Monthly partitions of the time series and their rollups, created ahead by private.ensure_partitions().';
-- Helpers and settings. Not exposed by the REST API; API roles may only run the functions granted to them one
-- by one.
create schema private;
comment on schema private is 'Helper functions and settings of the backend. Not part of the API.';
grant usage on schema private to authenticated, service_role;
-- end

-- from sql/00_foundation/roles
-- PostgREST applies the settings of the role it acts as: there, too, a call that waits for a lock is refused
-- soon, and no plan is compiled. The application sets its own limits for each call.
alter role authenticated set lock_timeout = '500ms';
alter role authenticated set jit = off;
-- The login of the Flask application. It inherits nothing: a request runs as `authenticated` for one
-- transaction and sees what row-level security lets that caller see. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_api') then
    create role rastro_api login noinherit;
  end if;
end
$$;
grant authenticated to rastro_api;
alter role rastro_api set statement_timeout = '8s';
alter role rastro_api set lock_timeout = '4s';
alter role rastro_api set idle_in_transaction_session_timeout = '10s';
-- Every call is short: compiling its plan would take longer than running it.
alter role rastro_api set jit = off;
-- The second login of the application, the same as rastro_api: while one is in use, the other gets a new
-- password, so that passwords change without a refused request. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_api_2') then
    create role rastro_api_2 login noinherit;
  end if;
end
$$;
grant authenticated to rastro_api_2;
alter role rastro_api_2 set statement_timeout = '8s';
alter role rastro_api_2 set lock_timeout = '4s';
alter role rastro_api_2 set idle_in_transaction_session_timeout = '10s';
alter role rastro_api_2 set jit = off;
-- The login of python -m app.jobs.broker_acl, which writes the files that tell the MQTT broker who may log
-- in. It may read those logins and do nothing else. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_broker') then
    create role rastro_broker login noinherit;
  end if;
end
$$;
grant usage on schema private to rastro_broker;
alter role rastro_broker set jit = off;
-- The second login of python -m app.jobs.broker_acl, used in turn with rastro_broker (see rastro_api_2); it
-- may do what that one may. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_broker_2') then
    create role rastro_broker_2 login inherit;
  end if;
end
$$;
grant rastro_broker to rastro_broker_2;
alter role rastro_broker_2 set jit = off;
-- The login that runs maintenance where pg_cron is not available. It may do nothing else. Its password is set
-- outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_manutencao') then
    create role rastro_manutencao login noinherit;
  end if;
end
$$;
grant usage on schema private to rastro_manutencao;
alter role rastro_manutencao set jit = off;
-- The second login of maintenance and geocoding, used in turn with rastro_manutencao (see rastro_api_2); it
-- may do what that one may. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_manutencao_2') then
    create role rastro_manutencao_2 login inherit;
  end if;
end
$$;
grant rastro_manutencao to rastro_manutencao_2;
alter role rastro_manutencao_2 set jit = off;
-- As for authenticated: the calls are short.
alter role service_role set jit = off;
-- end

-- from sql/30_ingestion/tables
-- One typed row instead of configuration parameters, which a client could set for its session.
create table private."TbConfiguracao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "nrMesesAtras" integer not null default 13 check ("nrMesesAtras" between 0 and 1200),
  "nrMesesAdiante" integer not null default 3 check ("nrMesesAdiante" between 1 and 120),
  "nrMinutosAdiante" integer not null default 10 check ("nrMinutosAdiante" >= 0),
  "nrElementosLote" integer not null default 5000 check ("nrElementosLote" > 0),
  "nrBytesElemento" integer not null default 65536 check ("nrBytesElemento" > 0),
  "nrErrosCliente" integer not null default 10000 check ("nrErrosCliente" > 0),
  "nrDiasErro" integer not null default 30 check ("nrDiasErro" > 0),
  "nrMinutosRollup" integer not null default 5 check ("nrMinutosRollup" between 0 and 1440),
  "nrRazaoRollup" integer not null default 3 check ("nrRazaoRollup" >= 1)
);
alter table private."TbConfiguracao" enable row level security;
comment on table private."TbConfiguracao" is 'Settings of the database, one row.';
comment on column private."TbConfiguracao"."nrMesesAtras" is
  'Coverage: months back that readings may be dated.';
comment on column private."TbConfiguracao"."nrMesesAdiante" is
  'Coverage: months for which partitions are created ahead.';
comment on column private."TbConfiguracao"."nrMinutosAdiante" is 'How many minutes a clock may be ahead.';
comment on column private."TbConfiguracao"."nrElementosLote" is 'Elements a batch may have.';
comment on column private."TbConfiguracao"."nrBytesElemento" is 'Bytes an element may have.';
comment on column private."TbConfiguracao"."nrErrosCliente" is
  'Quarantined payloads a client may have before the oldest give way.';
comment on column private."TbConfiguracao"."nrDiasErro" is
  'Days a quarantined payload is kept after it last arrived.';
comment on column private."TbConfiguracao"."nrMinutosRollup" is
  'Minutes after the end of an hour at which it is summed up; readings that arrive later are late.';
comment on column private."TbConfiguracao"."nrRazaoRollup" is
  'A fine rollup is kept for an hour with at least this many values for each of its buckets.';
-- No foreign keys: they would halve the speed of ingestion. insert_device_readings is the only writer and
-- checks references; deleting what a row points to is refused (15_links, private.refuse_if_history).
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
  unique nulls not distinct ("cdDispositivo", "dtRegistro", "nrSeq", "cdCliente")
) partition by range ("dtRegistro");
alter sequence public."TbPosicao_cdPosicao_seq" owned by public."TbPosicao"."cdPosicao";
create index "TbPosicao_cdEndereco_idx" on public."TbPosicao" ("cdEndereco") where "cdEndereco" is not null;
alter table public."TbPosicao" enable row level security;
revoke all on public."TbPosicao" from public, anon, authenticated;
grant select on public."TbPosicao" to authenticated, service_role;
comment on table public."TbPosicao" is
  'Positions of devices, with battery and sequence number. Partitioned by month; written by ingestion only.';
comment on column public."TbPosicao"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbPosicao"."cdCliente" is
  'Who owned the device when the position was received; decides for good who sees the row, and is part of '
  'the key: what a former owner sent is never compared with what a new one sends.';
comment on column public."TbPosicao"."nrSeq" is
  'Sequence number given by the device; part of the key, null counts as a value.';
comment on column public."TbPosicao"."nrBat" is 'Battery voltage in volts.';
comment on column public."TbPosicao"."dsLat" is
  'Latitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."dsLong" is
  'Longitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."nrDistancia" is
  'Geodesic distance in metres from the site the device had at receipt.';
comment on column public."TbPosicao"."blArea" is
  'Inside the geofence of the site; null when the site or its coordinates are missing.';
comment on column public."TbPosicao"."cdEndereco" is 'Address found by the geocoding job, if any.';
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
  primary key ("cdSensor", "dtRegistro", "cdCliente"),
  check (num_nonnulls("nrValor", "blValor", "dsValor") = 1)
) partition by range ("dtRegistro");
alter table public."TbSensorRegistro" enable row level security;
revoke all on public."TbSensorRegistro" from public, anon, authenticated;
grant select on public."TbSensorRegistro" to authenticated, service_role;
comment on table public."TbSensorRegistro" is
  'Sensor values: a number, a boolean or a text. Partitioned by month; written by ingestion only.';
comment on column public."TbSensorRegistro"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbSensorRegistro"."cdPosicao" is
  'The position it came with; null for values without a position.';
comment on column public."TbSensorRegistro"."cdDispositivo" is 'Device the sensor was on; a sensor may move.';
comment on column public."TbSensorRegistro"."cdCliente" is
  'Who owned the device when the value was received; part of the key.';
comment on column public."TbSensorRegistro"."nrQualidade" is '0 ok, 1 suspect, 2 fault.';
comment on column public."TbSensorRegistro"."nrValor" is 'Numeric value, in the unit of the sensor type.';
-- end

-- from sql/30_ingestion/rows
insert into private."TbConfiguracao" default values;
-- end
