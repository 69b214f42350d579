-- Revokes a login of a device; the broker rejects it once python -m app.jobs.broker_acl has written its files
-- again.
-- Security definer: no API role may write TbDispositivoCredencial.
-- Who: callers with the permission admin, for devices of their clients.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_credencial(p_cd_dispositivo integer, p_cd_credencial uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_credential public."TbDispositivoCredencial";
begin
  perform private.require_device(v_caller, p_cd_dispositivo);
  update public."TbDispositivoCredencial" c set "dtExpiracao" = least(c."dtExpiracao", now())
  where c."cdCredencial" = p_cd_credencial and c."cdDispositivo" = p_cd_dispositivo
    and (v_caller.is_service or c."cdCliente" = any (v_caller."cdClientes"))
  returning c.* into v_credential;
  if v_credential."cdCredencial" is null then
    raise sqlstate 'PT404' using message = 'Login not found', hint = 'NOT_FOUND';
  end if;
  return private.describe_credential(v_credential);
end
$$;
comment on function public.revogar_credencial is 'Revokes a login of a device at the MQTT broker.';
revoke all on function public.revogar_credencial from public;
grant execute on function public.revogar_credencial to authenticated, service_role;
