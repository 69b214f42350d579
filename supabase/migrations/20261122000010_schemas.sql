-- The room 10_schemas. Pasted from sql/ by scripts/new-migration.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- sql/10_schemas/01_extensions.sql
-- PostGIS for geofences and "where is" questions. A hosted project has the schema already.
create schema if not exists extensions;
create extension if not exists postgis with schema extensions;

-- sql/10_schemas/02_private.sql
-- Helpers and settings. Not exposed by the REST API; API roles may only run the functions granted to them one by one.
create schema private;
comment on schema private is 'Helper functions and settings of the backend. Not part of the API.';
grant usage on schema private to authenticated, service_role;

-- sql/10_schemas/03_particoes.sql
-- Monthly partitions of the time series. A policy on the parent does not protect a child that is queried by name,
-- so no API role may even look into this schema.
create schema particoes;
comment on schema particoes is 'Monthly partitions of TbPosicao and TbSensorRegistro, made ahead by private.garantir_particoes().';

-- sql/10_schemas/04_inventario.sql
create schema inventario;
comment on schema inventario is 'Stock-taking: warehouses, shelves and what was read on them. A separate concern from telemetry.';
grant usage on schema inventario to authenticated, service_role;

-- sql/10_schemas/05_rastro_api.sql
-- The login of the Flask application. It inherits nothing: a request is `authenticated` for one transaction and
-- sees what row-level security lets that caller see. Its password is set outside migrations.
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
