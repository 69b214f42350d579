-- Whether rows of a series were deleted on request while somebody reads it in pages: {marca, blExcluida}.
-- Without p_desde, before the first page, marca is a mark. With it, after a page, blExcluida says whether a
-- deletion was committed meanwhile, so that the pages do not belong together. Times would not do, as a
-- deletion becomes visible after its own time.
-- p_desde  marca of the first call
-- The other arguments say what is read, as those of the functions that read it: a device, several, a sensor,
-- or all of a client; none: all that the caller acts for.
-- Who: callers with the permission read; counts no use of a key, as the pages are counted.
-- Security definer: API roles may not read receipts. Raises PT400 INVALID_PARAMETER, PT401, PT403.
create function public.get_exclusoes_desde(
  p_desde text default null, p_cd_dispositivo integer default null, p_cd_dispositivos integer[] default null,
  p_cd_sensor integer default null, p_cd_cliente integer default null) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
  v_error text := private.permission_error(v_caller, 'read');
  v_since pg_snapshot;
begin
  if v_error is not null then
    raise sqlstate 'PT403' using message = v_error, hint = 'FORBIDDEN';
  end if;
  perform private.report_clients(v_caller);
  begin
    perform private.require_short(p_desde);
    v_since := p_desde::pg_snapshot;
  exception when data_exception then
    raise sqlstate 'PT400' using message = 'p_desde is not valid: send marca of the first call',
      hint = 'INVALID_PARAMETER';
  end;
  return jsonb_build_object('marca', pg_current_snapshot()::text, 'blExcluida', exists (
    select from public."TbReciboExclusao" e
    -- the second condition fails for numbers of another cluster, after a restore
    where not pg_visible_in_snapshot(e."xiExclusao", v_since)
      and pg_visible_in_snapshot(e."xiExclusao", pg_current_snapshot())
      and (v_caller.is_service or e."cdClientes" && v_caller."cdClientes")
      and (p_cd_cliente is null or p_cd_cliente = any (e."cdClientes"))
      and (coalesce(p_cd_dispositivo, 0) = 0 or e."cdDispositivo" = p_cd_dispositivo)
      and (p_cd_dispositivos is null or e."cdDispositivo" = any (p_cd_dispositivos))
      and (p_cd_sensor is null or e."cdDispositivo" in (
        select s."cdDispositivo" from public."TbSensorVinculo" s where s."cdSensor" = p_cd_sensor))));
end
$$;
comment on function public.get_exclusoes_desde is
  'Whether rows of a series were deleted on request while it is read in pages.';
revoke all on function public.get_exclusoes_desde from public;
grant execute on function public.get_exclusoes_desde to authenticated, service_role;
