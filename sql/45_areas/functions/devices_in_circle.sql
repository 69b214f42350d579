-- Devices by their current position under their present owner. As private.devices_in_polygon.
-- p_circle   latitude, longitude, radius in metres, as private.read_area_numbers returns them
create function private.devices_in_circle(p_circle double precision[]) returns setof integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select pa."cdDispositivo" from public."TbPosicaoAtual" pa
  where extensions.st_dwithin(
    pa."geoPonto",
    extensions.st_setsrid(extensions.st_makepoint(p_circle[2], p_circle[1]), 4326)::extensions.geography,
    p_circle[3])
    and pa."cdCliente" = (
      select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = pa."cdDispositivo")
$$;
comment on function private.devices_in_circle is 'Devices in a circle: latitude, longitude, metres.';
revoke all on function private.devices_in_circle from public;
