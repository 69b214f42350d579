-- Takes a person out of its client: it sees nothing any more, and neither do its API keys. An invitation brings it back.
-- Who: callers with the permission admin, for people of clients they act for; not for oneself.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT.
create function public.remover_pessoa(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_pessoa public.profiles;
begin
  v_pessoa := private.pessoa_administrada(v_chamador, p_id);
  update public.profiles p set "cdCliente" = null, role = 'default' where p.id = v_pessoa.id returning p.* into v_pessoa;
  return private.descrever_pessoa(v_pessoa);
end
$$;
comment on function public.remover_pessoa(uuid) is 'Takes a person out of its client.';
revoke all on function public.remover_pessoa(uuid) from public;
grant execute on function public.remover_pessoa(uuid) to authenticated, service_role;
