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
        hint = 'Such an installation is converted while it runs: scripts/convert plan.';
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
-- The partitioned time series and their rollups. Hot rows alone are not the history, and rollups alone are
-- not exact: API roles may not use this schema, and read the views of the same names in `public`.
create schema series;
comment on schema series is
  'Partitioned time series and their rollups, as they are stored. Read the views of their names in public.';
-- end

-- from sql/00_foundation/roles
-- PostgREST applies the settings of the role it acts as: there, too, a call that waits for a lock is refused
-- soon, and no plan is compiled. The application sets its own limits for each call. Times begin with the
-- year: 10/11/2026, which is a day of October or of November, is refused.
alter role authenticated set lock_timeout = '500ms';
alter role authenticated set jit = off;
alter role authenticated set datestyle = 'ISO, YMD';
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
-- /health/ready names migrations that are missing. The table is made by whatever applies them.
do $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    grant usage on schema supabase_migrations to rastro_api;
    grant select (version) on supabase_migrations.schema_migrations to rastro_api;
  end if;
end
$$;
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
-- /health/ready names migrations that are missing. The table is made by whatever applies them.
do $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    grant usage on schema supabase_migrations to rastro_api_2;
    grant select (version) on supabase_migrations.schema_migrations to rastro_api_2;
  end if;
end
$$;
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
alter role service_role set datestyle = 'ISO, YMD';
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
  "nrRazaoRollup" integer not null default 3 check ("nrRazaoRollup" >= 1),
  "nrDiasQuente" integer check ("nrDiasQuente" >= 1),
  "nrDiasQuente1m" integer not null default 7 check ("nrDiasQuente1m" >= 1),
  "nrDiasQuente5m" integer not null default 7 check ("nrDiasQuente5m" >= 1),
  "nrDiasQuente1h" integer not null default 14 check ("nrDiasQuente1h" >= 1),
  "blZeroZero" boolean not null default false,
  "nrMesesImportacao" integer not null default 36 check ("nrMesesImportacao" between 0 and 1200),
  "nrRequisicoesChamador" integer not null default 6 check ("nrRequisicoesChamador" between 1 and 999),
  "nrRequisicoesCliente" integer not null default 8 check ("nrRequisicoesCliente" between 1 and 999)
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
comment on column private."TbConfiguracao"."nrDiasQuente" is
  'Months are packed when all of them is older than this many days; null: neither history nor rollups are.';
comment on column private."TbConfiguracao"."nrDiasQuente1m" is
  'Days of rollups by minute are packed when they are older than this many days.';
comment on column private."TbConfiguracao"."nrDiasQuente5m" is
  'Days of rollups by five minutes are packed when they are older than this many days.';
comment on column private."TbConfiguracao"."nrDiasQuente1h" is
  'Weeks of rollups by hour are packed when all of them is older than this many days.';
comment on column private."TbConfiguracao"."blZeroZero" is
  'Whether exactly 0,0 is a place; otherwise it means that the receiver had no fix.';
comment on column private."TbConfiguracao"."nrMesesImportacao" is
  'Months back that imported history may be dated, if more than nrMesesAtras; a month costs partitions only '
  'once something is imported into it.';
comment on column private."TbConfiguracao"."nrRequisicoesChamador" is
  'Requests of a caller that run at a time through PostgREST, whose connections (db-pool) are 10 by default.';
comment on column private."TbConfiguracao"."nrRequisicoesCliente" is
  'Requests of all callers of a client that run at a time through PostgREST; fewer than its connections.';
-- No foreign keys: they would halve the speed of ingestion. insert_device_readings is the only writer and
-- checks references; deleting what a row points to is refused (15_links, private.refuse_if_history).
create sequence series."TbPosicao_cdPosicao_seq";
create table series."TbPosicao" (
  "cdPosicao" bigint not null default nextval('series."TbPosicao_cdPosicao_seq"'),
  "dtRegistro" timestamp not null,
  "dsLat" double precision,
  "dsLong" double precision,
  "nrBat" double precision,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "nrSeq" bigint,
  "cdDestinatario" integer,
  "cdEndereco" integer,
  "nrDistancia" real,
  "blArea" boolean,
  "nrPrecisao" real,
  primary key ("cdPosicao", "dtRegistro"),
  unique nulls not distinct ("cdDispositivo", "dtRegistro", "nrSeq", "cdCliente")
) partition by range ("dtRegistro");
alter sequence series."TbPosicao_cdPosicao_seq" owned by series."TbPosicao"."cdPosicao";
create index "TbPosicao_cdEndereco_idx" on series."TbPosicao" ("cdEndereco") where "cdEndereco" is not null;
alter table series."TbPosicao" enable row level security;
revoke all on series."TbPosicao" from public, anon, authenticated;
grant select on series."TbPosicao" to authenticated, service_role;
comment on table series."TbPosicao" is
  'Positions of devices, with battery and sequence number. Partitioned by month; written by ingestion only.';
-- No foreign keys, for the same reason as TbPosicao.
create table series."TbSensorRegistro" (
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
alter table series."TbSensorRegistro" enable row level security;
revoke all on series."TbSensorRegistro" from public, anon, authenticated;
grant select on series."TbSensorRegistro" to authenticated, service_role;
comment on table series."TbSensorRegistro" is
  'Sensor values: a number, a boolean or a text. Partitioned by month; written by ingestion only.';
-- Value in the base unit = value × nrFator + nrDeslocamento. A name may stand for units of two quantities
-- (C): which one is meant, the unit of the sensor decides.
create table private."TbUnidade" (
  "dsUnidade" text not null,
  "dsUnidadeBase" text not null,
  "nrFator" numeric not null default 1 check ("nrFator" > 0),
  "nrDeslocamento" numeric not null default 0,
  primary key ("dsUnidade", "dsUnidadeBase")
);
alter table private."TbUnidade" enable row level security;
comment on table private."TbUnidade" is
  'Units that values may be sent in, and those of sensor types: by the names of SenML and those in use.';
comment on column private."TbUnidade"."dsUnidadeBase" is
  'What it measures: units with the same base can be converted.';
comment on column private."TbUnidade"."nrFator" is
  'Value in the base unit = value × nrFator + nrDeslocamento.';
-- end

-- from sql/30_ingestion/rows
insert into private."TbConfiguracao" default values;
-- From the registries of SenML (RFC 8428 and RFC 8798) what sensors need, and names that sensor types use.
insert into private."TbUnidade" ("dsUnidade", "dsUnidadeBase", "nrFator", "nrDeslocamento") values
  ('Cel', 'Cel', 1, 0),
  ('C', 'Cel', 1, 0),
  ('°C', 'Cel', 1, 0),
  ('ºC', 'Cel', 1, 0),
  ('℃', 'Cel', 1, 0),
  ('degC', 'Cel', 1, 0),
  ('celsius', 'Cel', 1, 0),
  ('celcius', 'Cel', 1, 0),
  ('grau celsius', 'Cel', 1, 0),
  ('graus celsius', 'Cel', 1, 0),
  ('K', 'Cel', 1, -273.15),
  ('kelvin', 'Cel', 1, -273.15),
  ('degF', 'Cel', 5::numeric / 9, -160::numeric / 9),
  ('F', 'Cel', 5::numeric / 9, -160::numeric / 9),
  ('°F', 'Cel', 5::numeric / 9, -160::numeric / 9),
  ('ºF', 'Cel', 5::numeric / 9, -160::numeric / 9),
  ('℉', 'Cel', 5::numeric / 9, -160::numeric / 9),
  ('fahrenheit', 'Cel', 5::numeric / 9, -160::numeric / 9),
  ('kg', 'kg', 1, 0),
  ('quilogramas', 'kg', 1, 0),
  ('kilograms', 'kg', 1, 0),
  ('g', 'kg', 0.001, 0),
  ('gramas', 'kg', 0.001, 0),
  ('grams', 'kg', 0.001, 0),
  ('mg', 'kg', 0.000001, 0),
  ('t', 'kg', 1000, 0),
  ('lb', 'kg', 0.45359237, 0),
  ('oz', 'kg', 0.028349523125, 0),
  ('m', 'm', 1, 0),
  ('metros', 'm', 1, 0),
  ('meters', 'm', 1, 0),
  ('metres', 'm', 1, 0),
  ('cm', 'm', 0.01, 0),
  ('centimetros', 'm', 0.01, 0),
  ('mm', 'm', 0.001, 0),
  ('milimetros', 'm', 0.001, 0),
  ('millimeters', 'm', 0.001, 0),
  ('km', 'm', 1000, 0),
  ('in', 'm', 0.0254, 0),
  ('ft', 'm', 0.3048, 0),
  ('V', 'V', 1, 0),
  ('volt', 'V', 1, 0),
  ('volts', 'V', 1, 0),
  ('mV', 'V', 0.001, 0),
  ('A', 'A', 1, 0),
  ('ampere', 'A', 1, 0),
  ('amperes', 'A', 1, 0),
  ('mA', 'A', 0.001, 0),
  ('W', 'W', 1, 0),
  ('watt', 'W', 1, 0),
  ('watts', 'W', 1, 0),
  ('kW', 'W', 1000, 0),
  ('VA', 'VA', 1, 0),
  ('kVA', 'VA', 1000, 0),
  ('var', 'var', 1, 0),
  ('kvar', 'var', 1000, 0),
  ('J', 'J', 1, 0),
  ('Wh', 'J', 3600, 0),
  ('kWh', 'J', 3600000, 0),
  ('VAs', 'VAs', 1, 0),
  ('VAh', 'VAs', 3600, 0),
  ('kVAh', 'VAs', 3600000, 0),
  ('vars', 'vars', 1, 0),
  ('varh', 'vars', 3600, 0),
  ('kvarh', 'vars', 3600000, 0),
  ('C', 'C', 1, 0),
  ('Ah', 'C', 3600, 0),
  ('mAh', 'C', 3.6, 0),
  ('s', 's', 1, 0),
  ('segundos', 's', 1, 0),
  ('seconds', 's', 1, 0),
  ('ms', 's', 0.001, 0),
  ('min', 's', 60, 0),
  ('minutos', 's', 60, 0),
  ('h', 's', 3600, 0),
  ('horas', 's', 3600, 0),
  ('Hz', 'Hz', 1, 0),
  ('kHz', 'Hz', 1000, 0),
  ('MHz', 'Hz', 1000000, 0),
  ('rpm', 'Hz', 1::numeric / 60, 0),
  ('1/min', 'Hz', 1::numeric / 60, 0),
  ('Pa', 'Pa', 1, 0),
  ('hPa', 'Pa', 100, 0),
  ('mbar', 'Pa', 100, 0),
  ('kPa', 'Pa', 1000, 0),
  ('bar', 'Pa', 100000, 0),
  ('psi', 'Pa', 6894.757293168, 0),
  ('m/s', 'm/s', 1, 0),
  ('km/h', 'm/s', 5::numeric / 18, 0),
  ('mph', 'm/s', 0.44704, 0),
  ('kn', 'm/s', 1852::numeric / 3600, 0),
  ('m/h', 'm/s', 1::numeric / 3600, 0),
  ('mm/h', 'm/s', 1::numeric / 3600000, 0),
  ('/', '/', 1, 0),
  ('%', '/', 0.01, 0),
  ('%RH', '/', 0.01, 0),
  ('%EL', '/', 0.01, 0),
  ('/100', '/', 0.01, 0),
  ('percent', '/', 0.01, 0),
  ('porcentagem', '/', 0.01, 0),
  ('percentual', '/', 0.01, 0),
  ('/1000', '/', 0.001, 0),
  ('ppm', '/', 0.000001, 0),
  ('ppb', '/', 0.000000001, 0),
  ('kg/m3', 'kg/m3', 1, 0),
  ('mg/l', 'kg/m3', 0.001, 0),
  ('ug/m3', 'kg/m3', 0.000000001, 0),
  ('µg/m3', 'kg/m3', 0.000000001, 0),
  ('µg/m³', 'kg/m3', 0.000000001, 0),
  ('m3', 'm3', 1, 0),
  ('l', 'm3', 0.001, 0),
  ('L', 'm3', 0.001, 0),
  ('litros', 'm3', 0.001, 0),
  ('m3/s', 'm3/s', 1, 0),
  ('l/s', 'm3/s', 0.001, 0),
  ('m3/h', 'm3/s', 1::numeric / 3600, 0),
  ('dBW', 'dBW', 1, 0),
  ('dBm', 'dBW', 1, -30),
  ('B', 'B', 1, 0),
  ('KiB', 'B', 1024, 0),
  ('GB', 'B', 1000000000, 0),
  ('bit/s', 'bit/s', 1, 0),
  ('B/s', 'bit/s', 8, 0),
  ('Mbit/s', 'bit/s', 1000000, 0),
  ('MB/s', 'bit/s', 8000000, 0),
  ('deg', 'deg', 1, 0),
  ('grau', 'deg', 1, 0),
  ('graus', 'deg', 1, 0),
  ('°', 'deg', 1, 0),
  ('rad', 'deg', 57.295779513082320877, 0),
  ('m/s2', 'm/s2', 1, 0),
  ('gn', 'm/s2', 9.80665, 0),
  ('lx', 'lx', 1, 0),
  ('Ohm', 'Ohm', 1, 0),
  ('S/m', 'S/m', 1, 0),
  ('pH', 'pH', 1, 0),
  ('dB', 'dB', 1, 0),
  ('N', 'N', 1, 0),
  ('T', 'T', 1, 0),
  ('cd', 'cd', 1, 0),
  ('lm', 'lm', 1, 0),
  ('mol', 'mol', 1, 0),
  ('bit', 'bit', 1, 0),
  ('Bq', 'Bq', 1, 0),
  ('Gy', 'Gy', 1, 0),
  ('Sv', 'Sv', 1, 0),
  ('H', 'H', 1, 0),
  ('Wb', 'Wb', 1, 0),
  ('F', 'F', 1, 0),
  ('Np', 'Np', 1, 0),
  ('ml', 'm3', 0.000001, 0),
  ('mL', 'm3', 0.000001, 0),
  ('count', 'count', 1, 0),
  ('1', 'count', 1, 0),
  ('unidade', 'count', 1, 0),
  ('unidades', 'count', 1, 0),
  ('un', 'count', 1, 0),
  ('pessoas', 'count', 1, 0),
  ('people', 'count', 1, 0),
  ('qtde de pessoas', 'count', 1, 0),
  ('abertura', 'count', 1, 0),
  ('aberturas', 'count', 1, 0),
  ('masculino', 'count', 1, 0),
  ('feminino', 'count', 1, 0),
  ('crianca', 'count', 1, 0),
  ('jovem', 'count', 1, 0),
  ('adulto', 'count', 1, 0),
  ('senior', 'count', 1, 0),
  ('alegre', 'count', 1, 0),
  ('concentrado', 'count', 1, 0),
  ('triste', 'count', 1, 0),
  ('neutro', 'count', 1, 0),
  ('categoria_total', 'count', 1, 0)
  on conflict do nothing;
-- end
