-- A polygon of private.bare_polygon as geometry: without altitudes, cut at 180° where it crosses that (RFC
-- 7946, 3.1.9), and parts that overlap or share an edge are one. Raises what the parser raises.
create function private.make_polygon(p_geojson jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_polygon extensions.geometry := extensions.st_force2d(extensions.st_geomfromgeojson(p_geojson));
begin
  if private.crosses_180(v_polygon) then
    v_polygon := (
      select extensions.st_collectionextract(extensions.st_collect(
        case when private.crosses_180(d.geom)
          then extensions.st_wrapx(extensions.st_shiftlongitude(d.geom), 180, -360)
          else d.geom end), 3)
      from extensions.st_dump(v_polygon) d);
  end if;
  if extensions.st_numgeometries(v_polygon) > 1 and not extensions.st_isvalid(v_polygon)
     and (select bool_and(extensions.st_isvalid(d.geom)) from extensions.st_dump(v_polygon) d) then
    return extensions.st_unaryunion(v_polygon);
  end if;
  return v_polygon;
end
$$;
comment on function private.make_polygon is 'A GeoJSON polygon as geometry that points can be compared with.';
revoke all on function private.make_polygon from public;
