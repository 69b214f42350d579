-- By the fences as they are now, all at once. The index of points, asked for each fence, was no quicker than one distance a device.
create function private.devices_by_geofence(p_devices integer[], p_outside boolean) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select pa."cdDispositivo"
    from public."TbPosicaoAtual" pa
    join public."TbDispositivo" d on d."cdDispositivo" = pa."cdDispositivo"
    join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
    left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
    where pa."cdDispositivo" = any (p_devices)
      and private.is_inside_geofence(t."geoCerca", t."nrRaio", extensions.st_distance(a."geoPonto", pa."geoPonto"), pa."dsLong", pa."dsLat") <> p_outside;
end
$$;
comment on function private.devices_by_geofence is
  'Which devices are outside the geofence of their site, or inside it; none without a fence.';
revoke all on function private.devices_by_geofence from public;
