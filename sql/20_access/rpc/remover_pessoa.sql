-- Removes a person from its client: the person sees nothing any more, until a new invitation is accepted; its
-- API keys end for good, and so do the invitations that it used or could read.
-- Who: people with the permission admin, for people of clients they act for; not for oneself.
-- Security definer: API roles may not write profiles.
-- Raises PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT.
create function public.remover_pessoa(p_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_change(p_id);
  v_person public.profiles;
begin
  v_person := private.managed_person(v_caller, p_id);
  update public.profiles p set "cdCliente" = null, role = 'default'
  where p.id = v_person.id returning p.* into v_person;
  return private.describe_person(v_person);
end
$$;
comment on function public.remover_pessoa is 'Removes a person from its client.';
revoke all on function public.remover_pessoa from public;
grant execute on function public.remover_pessoa to authenticated, service_role;
