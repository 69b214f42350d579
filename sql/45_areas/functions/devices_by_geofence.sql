-- Compares the current position of each device with the geofence that its site has now. One distance per
-- device: using the spatial index once per geofence was not faster. Called by private.devices_in_area.
-- p_outside   true: devices outside their geofence; false: devices inside it
create function private.devices_by_geofence(p_devices integer[], p_outside boolean) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select pa."cdDispositivo"
    from public."TbPosicaoAtual" pa
    cross join lateral ( -- by their keys, one by one: see private.devices_in_polygon
      select o."cdCliente", o."cdDestinatario" from public."TbDispositivo" o
      where o."cdDispositivo" = pa."cdDispositivo" offset 0
    ) d
    join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
    left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
    where pa."cdDispositivo" = any (p_devices) and d."cdCliente" = pa."cdCliente"
      and private.is_inside_geofence(
        t."geoCerca", t."nrRaio", extensions.st_distance(a."geoPonto", pa."geoPonto"),
        pa."dsLong", pa."dsLat", pa."nrPrecisao") <> p_outside;
end
$$;
comment on function private.devices_by_geofence is
  'Devices outside or inside the geofence of their site; devices without a geofence are in neither list.';
revoke all on function private.devices_by_geofence from public;
