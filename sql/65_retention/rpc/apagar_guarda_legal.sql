-- Lifts a legal hold. Whoever may shorten a retention must not be able to lift what stops it, so only the
-- service may; who did is in the audit log.
-- Who: the service. Security definer: API roles may not write holds.
-- Raises PT401, PT403 FORBIDDEN, PT404 NOT_FOUND, PT429.
create function public.apagar_guarda_legal(p_cd_cliente integer, p_cd_guarda_legal integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_managed_client(p_cd_cliente);
  v_hold public."TbGuardaLegal";
begin
  perform private.require_service(v_caller);
  delete from public."TbGuardaLegal" g
  where g."cdGuardaLegal" = p_cd_guarda_legal and g."cdCliente" = p_cd_cliente returning g.* into v_hold;
  perform private.require_found(v_hold."cdGuardaLegal" is not null, 'legal hold');
  return to_jsonb(v_hold);
end
$$;
comment on function public.apagar_guarda_legal is 'Lifts a legal hold.';
revoke all on function public.apagar_guarda_legal from public;
grant execute on function public.apagar_guarda_legal to authenticated, service_role;
