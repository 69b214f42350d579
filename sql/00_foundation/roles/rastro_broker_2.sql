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
