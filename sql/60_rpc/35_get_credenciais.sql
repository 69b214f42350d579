-- Logins of a device at the MQTT broker, newest first, without their secrets, which nobody has. A device has few.
-- Who: callers with the permission admin, for devices of their clients. Security definer: the table is nobody else's to read.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.get_credenciais(p_cd_dispositivo integer) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir_dispositivo(private.exigir('admin'), p_cd_dispositivo);
  return (select coalesce(jsonb_agg(private.descrever_credencial(c) order by c."dtRegistro" desc, c."cdCredencial"), '[]')
          from public."TbDispositivoCredencial" c where c."cdDispositivo" = p_cd_dispositivo);
end
$$;
comment on function public.get_credenciais(integer) is 'Logins of a device at the MQTT broker.';
revoke all on function public.get_credenciais(integer) from public;
grant execute on function public.get_credenciais(integer) to authenticated, service_role;
