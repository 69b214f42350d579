-- What a hosted Supabase project has before its first migration: roles, schemas, auth, extensions,
-- and default privileges that give nothing away. Applied by the superuser, again and again, to every
-- database of the private cluster and by `scripts/db prepare` to one of yours, with another name in the
-- place of the owner's below; a hosted project needs none of it.

set client_min_messages = warning;

-- 1. Roles -------------------------------------------------------------------------------------
-- `postgres` runs the migrations and is, as on Supabase, no superuser.
do $$
declare
  v_role text;
begin
  for v_role in
    select r
      from unnest(array[
        'postgres', 'anon', 'authenticated', 'service_role', 'authenticator', 'dashboard_user', 'pgbouncer',
        'supabase_auth_admin', 'supabase_storage_admin', 'supabase_replication_admin',
        'supabase_read_only_user', 'supabase_realtime_admin'
      ]) as r
     where not exists (select from pg_roles where rolname = r)
  loop
    execute format('create role %I', v_role);
  end loop;
end
$$;

alter role postgres login nosuperuser createdb createrole replication bypassrls;
alter role anon nologin;
alter role authenticated nologin;
alter role service_role nologin bypassrls;
alter role authenticator login noinherit;
alter role dashboard_user nologin createdb createrole replication;
alter role pgbouncer login;
alter role supabase_auth_admin login noinherit createrole;
alter role supabase_storage_admin login noinherit createrole;
alter role supabase_replication_admin login replication;
alter role supabase_read_only_user login bypassrls;
alter role supabase_realtime_admin nologin noinherit;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_auth_admin set search_path = auth;
alter role supabase_storage_admin set search_path = storage;
alter role postgres set search_path = "$user", public, extensions;

grant anon, authenticated, service_role to authenticator;
-- From PostgreSQL 16 on, only the admin option lets `postgres` make another role a member of these.
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant pg_read_all_data to supabase_read_only_user;

do $$
begin
  execute format('alter database %I owner to postgres', current_database());
  -- Defaults such as now() go into columns without time zone, which hold UTC.
  execute format('alter database %I set timezone = %L', current_database(), 'UTC');
end
$$;

-- 2. Schemas -----------------------------------------------------------------------------------
create schema if not exists extensions;
create schema if not exists auth authorization supabase_auth_admin;
create schema if not exists storage authorization supabase_storage_admin;
create schema if not exists realtime;
create schema if not exists vault;
create schema if not exists graphql;
create schema if not exists graphql_public;

grant usage on schema public, extensions, auth to anon, authenticated, service_role;
grant all on schema extensions to postgres;
grant usage on schema auth, storage, realtime, vault to postgres;

-- 3. Users -------------------------------------------------------------------------------------
create table if not exists auth.users (
  instance_id uuid,
  id uuid not null primary key,
  aud varchar(255),
  role varchar(255),
  email varchar(255),
  encrypted_password varchar(255),
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  confirmation_token varchar(255),
  confirmation_sent_at timestamptz,
  recovery_token varchar(255),
  recovery_sent_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb,
  is_super_admin boolean,
  created_at timestamptz,
  updated_at timestamptz,
  phone text unique,
  phone_confirmed_at timestamptz,
  banned_until timestamptz,
  is_sso_user boolean not null default false,
  deleted_at timestamptz,
  is_anonymous boolean not null default false
);
create unique index if not exists users_email_partial_key on auth.users (email) where not is_sso_user;
alter table auth.users owner to supabase_auth_admin;
alter table auth.users enable row level security;
grant all on auth.users to postgres with grant option;
grant all on auth.users to dashboard_user;

-- Each claim by itself (older gateways) or all of them as one JSON text (newer ones).
create or replace function auth.uid() returns uuid language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create or replace function auth.email() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

create or replace function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;
alter function auth.jwt() owner to supabase_auth_admin;

-- 4. Extensions that `postgres` could not create here ------------------------------------------
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists postgis with schema extensions;

do $$
begin
  -- for tests
  if exists (select from pg_available_extensions where name = 'pgtap') then
    create extension if not exists pgtap with schema extensions;
  end if;
  if exists (select from pg_available_extensions where name = 'plpgsql_check') then
    create extension if not exists plpgsql_check with schema extensions;
  end if;
  if 'pg_stat_statements' = any (string_to_array(current_setting('shared_preload_libraries'), ',')) then
    create extension if not exists pg_stat_statements with schema extensions;
  end if;
  -- pg_cron lives in one database of a cluster.
  if current_setting('cron.database_name', true) = current_database() then
    create extension if not exists pg_cron with schema pg_catalog;
    grant usage on schema cron to postgres;
    grant select on all tables in schema cron to postgres;
  end if;
end
$$;

grant usage on schema extensions to supabase_auth_admin, dashboard_user;
grant execute on all functions in schema extensions to anon, authenticated, service_role, postgres;

-- 5. Realtime, and settings of the REST gateway -------------------------------------------------
do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end
$$;
alter publication supabase_realtime owner to postgres;

grant set on parameter "pgrst.db_pre_request" to postgres;
grant set on parameter "pgrst.db_max_rows" to postgres;
grant set on parameter "pgrst.db_aggregates_enabled" to postgres;
grant set on parameter "pgrst.db_plan_enabled" to postgres;
grant set on parameter "pgrst.db_tx_end" to postgres;
grant set on parameter "pgrst.db_schemas" to postgres;

-- 6. Nothing is given away by default ------------------------------------------------------------
-- Supabase's defaults since 2026: a missing GRANT fails here too. Functions are open to PUBLIC in
-- plain PostgreSQL, and only a default without a schema takes that back.
alter default privileges for role postgres revoke execute on functions from public;
alter default privileges for role postgres in schema public
  revoke all on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke all on functions from anon, authenticated, service_role;
