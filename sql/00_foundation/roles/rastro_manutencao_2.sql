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
