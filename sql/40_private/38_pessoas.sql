-- People of clients, for the RPCs by which admins invite, promote and remove them.

-- PT404 NOT_FOUND: no such client, or not the caller's to manage.
create function private.exigir_cliente(p_chamador private.identidade, p_cd_cliente integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbCliente" c where c."cdCliente" = p_cd_cliente
                 and (p_chamador."blServico" or c."cdCliente" = any (p_chamador."cdClientes"))) then
    raise sqlstate 'PT404' using message = 'There is no such client', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.exigir_cliente(private.identidade, integer) is 'Refuses clients that the caller does not act for.';
revoke all on function private.exigir_cliente(private.identidade, integer) from public;

-- The person, if the caller may change what it may do. PT404 NOT_FOUND; PT409 CONFLICT for oneself, so that no client loses its last
-- admin by a slip; PT403 FORBIDDEN for whoever runs the installation.
create function private.pessoa_administrada(p_chamador private.identidade, p_id uuid) returns public.profiles
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_pessoa public.profiles;
begin
  select p.* into v_pessoa from public.profiles p
  where p.id = p_id and (p_chamador."blServico" or p."cdCliente" = any (p_chamador."cdClientes"))
  for update;
  if v_pessoa.id is null then
    raise sqlstate 'PT404' using message = 'There is no such person', hint = 'NOT_FOUND';
  elsif p_chamador."dsChamador" = 'user:' || p_id then
    raise sqlstate 'PT409' using message = 'Nobody changes their own role or leaves by this', hint = 'CONFLICT',
      detail = 'Ask another admin of the client.';
  elsif v_pessoa.role = 'service' and not p_chamador."blServico" then
    raise sqlstate 'PT403' using message = 'Only the service changes people with the role service', hint = 'FORBIDDEN';
  end if;
  return v_pessoa;
end
$$;
comment on function private.pessoa_administrada(private.identidade, uuid) is 'A person whose role the caller may change.';
revoke all on function private.pessoa_administrada(private.identidade, uuid) from public;

create function private.descrever_pessoa(p_pessoa public.profiles) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_pessoa) - 'cdChave'
$$;
comment on function private.descrever_pessoa(public.profiles) is 'A person as JSON.';
revoke all on function private.descrever_pessoa(public.profiles) from public;
