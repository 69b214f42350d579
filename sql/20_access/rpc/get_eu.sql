-- Who calls: {dsTipo (user, key or service), id, nome, sobrenome, cargo, role, cdCliente, clientes:
-- [{cdCliente, dsNome}], blTodosClientes, permissoes, apiKey}. clientes are the first 1,000 by code; id to
-- role are those of a person, null otherwise; apiKey is null without a key.
-- Counts nothing. Who: every caller that is known.
-- Security definer: a caller who may only send cannot read the names of its clients.
-- Raises PT401 UNAUTHORIZED.
create function public.get_eu() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_person public.profiles;
  v_key public."TbApiKeys";
begin
  if v_caller."dsTipo" = 'key' then
    v_key := private.calling_key(v_caller);
  elsif v_caller."dsTipo" = 'user' then
    select p.* into v_person from public.profiles p where p.id = private.current_user_id();
  end if;
  return jsonb_build_object(
    'dsTipo', v_caller."dsTipo", 'id', v_person.id, 'nome', v_person.nome, 'sobrenome', v_person.sobrenome,
    'cargo', v_person.cargo, 'role', case v_caller."dsTipo" when 'service' then 'service'
                                          else v_person.role::text end,
    'cdCliente', v_caller."cdCliente", 'permissoes', v_caller."dsPermissoes",
    'blTodosClientes', v_caller.is_service,
    'clientes', (
      select coalesce(jsonb_agg(jsonb_build_object('cdCliente', c."cdCliente", 'dsNome', c."dsNome")
                                order by c."cdCliente"), '[]')
      from (select t."cdCliente", t."dsNome" from public."TbCliente" t
            where t."cdCliente" = any (v_caller."cdClientes") order by t."cdCliente" limit 1000) c),
    'apiKey', case when v_caller."dsTipo" = 'key' then jsonb_build_object(
      'cdApiKey', v_key."cdApiKey", 'dsNome', v_key."dsNome", 'dtExpiracao', v_key."dtExpiracao",
      'nrLimiteMinuto', v_key."nrLimiteMinuto", 'nrCotaDiaria', v_key."nrCotaDiaria") end);
end
$$;
comment on function public.get_eu is 'Who calls: role, clients and permissions.';
revoke all on function public.get_eu from public;
grant execute on function public.get_eu to authenticated, service_role;
