-- Logins of a device at the MQTT broker, newest first, without their secrets, which are not stored: {data,
-- nextCursor}. Those of a former owner of the device are not shown to the present one.
-- p_page_size   logins per page, 1 to 1,000
-- p_cursor      nextCursor of the previous page: its last login
-- Security definer: no API role may read TbDispositivoCredencial.
-- Who: callers with the permission admin, for devices of their clients.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND.
create function public.get_credenciais(p_cd_dispositivo integer, p_page_size integer default 50,
  p_cursor uuid default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_after timestamptz;
  v_page public."TbDispositivoCredencial"[];
begin
  perform private.require_device(v_caller, p_cd_dispositivo);
  select c."dtRegistro" into v_after from public."TbDispositivoCredencial" c
  where c."cdCredencial" = p_cursor and c."cdDispositivo" = p_cd_dispositivo
    and (v_caller.is_service or c."cdCliente" = any (v_caller."cdClientes"));
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select c from public."TbDispositivoCredencial" c
    where c."cdDispositivo" = p_cd_dispositivo
      and (v_caller.is_service or c."cdCliente" = any (v_caller."cdClientes"))
      and (p_cursor is null or (c."dtRegistro", c."cdCredencial") < (v_after, p_cursor))
    order by c."dtRegistro" desc, c."cdCredencial" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(jsonb_agg(private.describe_credential(c)
                                order by c."dtRegistro" desc, c."cdCredencial" desc), '[]')
      from unnest(v_page[:p_page_size]) c),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdCredencial" end);
end
$$;
comment on function public.get_credenciais is 'Logins of a device at the MQTT broker, in pages.';
revoke all on function public.get_credenciais from public;
grant execute on function public.get_credenciais to authenticated, service_role;
