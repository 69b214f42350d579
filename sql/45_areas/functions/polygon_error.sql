-- A valid polygon is a GeoJSON Polygon or MultiPolygon of closed rings in degrees (WGS 84) that do not cross
-- themselves, of at most 64 KiB and 5,000 vertices. Returns the error in plain English, null for a valid one.
create function private.polygon_error(p_geojson jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_polygon extensions.geometry;
begin
  if p_geojson ->> 'type' is null or p_geojson ->> 'type' not in ('Polygon', 'MultiPolygon') then
    return 'it must be a GeoJSON geometry of the type Polygon or MultiPolygon';
  elsif octet_length(p_geojson::text) > 65536 then
    return 'it must have at most 65536 bytes';
  elsif jsonb_path_exists(p_geojson, '$.coordinates.** ? (@.type() != "array" && @.type() != "number")') then
    return 'its coordinates must be numbers'; -- the parser would read texts as 0
  end if;
  v_polygon := extensions.st_geomfromgeojson(p_geojson);
  return case
    when extensions.st_isempty(v_polygon) then 'it is empty'
    when extensions.st_npoints(v_polygon) > 5000
      then format('it has %s vertices; the limit is 5000', extensions.st_npoints(v_polygon))
    when extensions.st_srid(v_polygon) <> 4326 then 'its coordinates must be WGS 84, without a crs'
    when extensions.st_ndims(v_polygon) <> 2 then 'its coordinates must be pairs of longitude and latitude'
    when not (extensions.st_xmin(v_polygon) >= -180 and extensions.st_xmax(v_polygon) <= 180
              and extensions.st_ymin(v_polygon) >= -90 and extensions.st_ymax(v_polygon) <= 90)
      then 'longitude is -180 to 180, latitude -90 to 90'
    when not extensions.st_isvalid(v_polygon) then extensions.st_isvalidreason(v_polygon)
  end;
exception when internal_error or invalid_parameter_value or data_exception then -- raised by the parser
  return 'its coordinates must be closed rings of pairs of longitude and latitude';
end
$$;
comment on function private.polygon_error is 'Why a GeoJSON polygon is not valid; null for a valid one.';
revoke all on function private.polygon_error from public;
