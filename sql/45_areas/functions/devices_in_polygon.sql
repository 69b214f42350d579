-- The index compares distances on the ellipsoid, but polygons are planar. So the index finds candidates in a
-- generous circle around the polygon, and the polygon decides. Edges are segmentized because the radius is
-- measured to their ends.
-- The owner is looked up by its key, one by one: a join would be planned for the one row that is expected.
-- st_dwithin: see private.is_inside_geofence. Called by private.devices_in_area.
create function private.devices_in_polygon(p_polygon extensions.geometry) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_centre extensions.geography :=
    extensions.st_centroid(extensions.st_envelope(p_polygon))::extensions.geography;
  v_radius double precision;
begin
  select max(extensions.st_distance(v_centre, d.geom::extensions.geography)) * 1.01 + 1000 into v_radius
  from extensions.st_dumppoints(extensions.st_segmentize(p_polygon, 1)) d;
  return query
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where extensions.st_dwithin(pa."geoPonto", v_centre, v_radius)
      and pa."cdCliente" = (
        select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = pa."cdDispositivo")
      and (extensions.st_dwithin(p_polygon, pa."geoPonto"::extensions.geometry, 0)
        or abs(pa."dsLong") = 180 and extensions.st_dwithin(p_polygon, extensions.st_setsrid(
          extensions.st_makepoint(-pa."dsLong", pa."dsLat"), 4326), 0));
end
$$;
comment on function private.devices_in_polygon is 'Devices that are in a polygon or on its edge.';
revoke all on function private.devices_in_polygon from public;
