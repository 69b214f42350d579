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
