-- Revokes an invitation: nobody can join by it any more; people who have joined stay.
-- Who: people with the permission admin, for clients they act for.
-- Security definer: API roles may not write invitations.
-- Raises PT404 NOT_FOUND.
create function public.revogar_convite(p_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_people_management();
  v_invitation public."TbClienteChave";
begin
  update public."TbClienteChave" k set "dtExpiracao" = least(k."dtExpiracao", now())
  where k.id = p_id and (v_caller.is_service or k."cdCliente" = any (v_caller."cdClientes"))
  returning * into v_invitation;
  if v_invitation.id is null then
    raise sqlstate 'PT404' using message = 'Invitation not found', hint = 'NOT_FOUND';
  end if;
  return to_jsonb(v_invitation);
end
$$;
comment on function public.revogar_convite is 'Revokes an invitation.';
revoke all on function public.revogar_convite from public;
grant execute on function public.revogar_convite to authenticated, service_role;
