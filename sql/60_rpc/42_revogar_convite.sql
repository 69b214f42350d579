-- Ends an invitation: nobody joins by it any more; those who did stay.
-- Who: callers with the permission admin, for clients they act for.
-- Security definer: people and invitations are written by these functions alone.
-- Raises PT404 NOT_FOUND.
create function public.revogar_convite(p_id bigint) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_convite public."TbClienteChave";
begin
  update public."TbClienteChave" k set "dtExpiracao" = least(k."dtExpiracao", now())
  where k.id = p_id and (v_chamador."blServico" or k."cdCliente" = any (v_chamador."cdClientes"))
  returning * into v_convite;
  if v_convite.id is null then
    raise sqlstate 'PT404' using message = 'There is no such invitation', hint = 'NOT_FOUND';
  end if;
  return to_jsonb(v_convite);
end
$$;
comment on function public.revogar_convite(bigint) is 'Ends an invitation.';
revoke all on function public.revogar_convite(bigint) from public;
grant execute on function public.revogar_convite(bigint) to authenticated, service_role;
