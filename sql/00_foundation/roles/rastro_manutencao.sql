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
