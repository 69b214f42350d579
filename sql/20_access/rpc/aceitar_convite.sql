-- The person who calls joins the client of an invitation, as a reader. Whoever belongs to a client has to be
-- removed from it first.
-- Who: people who are signed in and belong to no client.
-- Security definer: people do not see the invitations of clients they do not belong to.
-- Raises PT403 FORBIDDEN (a key, a tracker), PT404 NOT_FOUND (unknown, expired or used up), PT409 CONFLICT.
create function public.aceitar_convite(p_ds_chave text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_invitation public."TbClienteChave";
  v_person public.profiles;
begin
  if v_caller."dsTipo" <> 'user' then
    raise sqlstate 'PT403' using message = 'Only people can accept invitations', hint = 'FORBIDDEN';
  elsif v_caller."cdCliente" is not null or v_caller.is_service then
    raise sqlstate 'PT409' using message = 'You already belong to a client', hint = 'CONFLICT',
      detail = 'Ask an admin of that client to remove you first.';
  end if;
  v_invitation := private.lock_enrolment_code(p_ds_chave);
  if v_invitation.id is null then
    raise sqlstate 'PT404' using message = 'The invitation is unknown, has expired or is used up',
      hint = 'NOT_FOUND';
  end if;
  update public.profiles p
  set "cdCliente" = v_invitation."cdCliente", "cdChave" = v_invitation.id, role = 'default'
  where p.id = substring(v_caller."dsChamador" from 6)::uuid and p."cdCliente" is null
  returning p.* into v_person;
  if v_person.id is null then -- another invitation was accepted at the same moment
    raise sqlstate 'PT409' using message = 'You already belong to a client', hint = 'CONFLICT';
  end if;
  return private.describe_person(v_person);
end
$$;
comment on function public.aceitar_convite is 'The person who calls joins the client of an invitation.';
revoke all on function public.aceitar_convite from public;
grant execute on function public.aceitar_convite to authenticated, service_role;
