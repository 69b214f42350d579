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
