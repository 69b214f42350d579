-- Creates a login of a device at the MQTT broker. The response has its secret, dsSegredo, which is shown only
-- once and not stored.
-- p_nr_horas  for how many hours the previous logins stay valid: 0 to 8,760 (a year); time to reach the
--             device. At most nine of them do, the newest.
-- Security definer: no API role may write TbDispositivoCredencial.
-- Who: callers with the permission admin, for devices of their clients; a key without limits, and the login
-- ends with it (private.end_logins_of_key).
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.criar_credencial(p_cd_dispositivo integer, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_key_management();
  v_key public."TbApiKeys" := private.calling_key(v_caller);
  v_secret text := substring(private.generate_key() from 8);
  v_random bytea := sha256(convert_to(gen_random_uuid()::text, 'UTF8'));
  v_credential public."TbDispositivoCredencial";
begin
  perform private.require_device(v_caller, p_cd_dispositivo);
  -- A transaction that moves the device waits for this one, or has ended before the device is checked again.
  perform from public."TbDispositivo" d where d."cdDispositivo" = p_cd_dispositivo for share;
  perform private.require_device(v_caller, p_cd_dispositivo);
  if not coalesce(p_nr_horas between 0 and 8760, false) then
    raise sqlstate 'PT400' using message = 'nrHoras must be 0 to 8760', hint = 'INVALID_PARAMETER';
  end if;
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now() + make_interval(hours => p_nr_horas)
  where c."cdDispositivo" = p_cd_dispositivo
    and coalesce(c."dtExpiracao", 'infinity') > now() + make_interval(hours => p_nr_horas);
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now()
  where c."cdCredencial" in (
    select valid."cdCredencial" from public."TbDispositivoCredencial" valid
    where valid."cdDispositivo" = p_cd_dispositivo and valid."dtExpiracao" > now()
    order by valid."dtRegistro" desc, valid."cdCredencial" desc
    offset 9);
  insert into public."TbDispositivoCredencial" (
    "cdDispositivo", "dsUsuario", "dsHash", "dtExpiracao", "cdApiKey", "cdCliente", "cdUsuario")
  values (p_cd_dispositivo, p_cd_dispositivo || '-' || encode(substring(v_random for 4), 'hex'),
          private.broker_hash(v_secret, substring(v_random from 5 for 12)), v_key."dtExpiracao",
          v_key."cdApiKey",
          (select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = p_cd_dispositivo),
          case when v_caller."dsTipo" in ('user', 'key') then private.key_owner(v_caller) end)
  returning * into v_credential;
  return private.describe_credential(v_credential) || jsonb_build_object('dsSegredo', v_secret);
end
$$;
comment on function public.criar_credencial is
  'Creates a login of a device at the MQTT broker; its secret is shown only once.';
revoke all on function public.criar_credencial from public;
grant execute on function public.criar_credencial to authenticated, service_role;
