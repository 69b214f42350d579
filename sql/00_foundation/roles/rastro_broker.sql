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
