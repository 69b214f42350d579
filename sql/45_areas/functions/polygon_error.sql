-- A valid polygon is a GeoJSON Polygon or MultiPolygon, by itself or as the one Feature, of rings in
-- degrees (WGS 84) that do not cross themselves, of at most 64 KiB (the geometry, without spaces) and 5,000
-- vertices. Returns the error in plain English, null for a valid one.
create function private.polygon_error(p_geojson jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_bare jsonb := private.bare_polygon(p_geojson);
  v_bytes integer := octet_length(replace(replace(v_bare::text, ', ', ','), '": ', '":'));
  v_polygon extensions.geometry;
begin
  if v_bare ->> 'type' is null or v_bare ->> 'type' not in ('Polygon', 'MultiPolygon') then
    return 'it must be a GeoJSON geometry of the type Polygon or MultiPolygon, or one Feature with it';
  elsif v_bytes > 65536 then
    return format('its geometry has %s bytes without spaces; the limit is 65536', v_bytes);
  elsif v_bare ? 'crs' then
    return 'its coordinates must be WGS 84, without another crs';
  elsif jsonb_path_exists(v_bare, '$.coordinates.** ? (@.type() != "array" && @.type() != "number")') then
    return 'its coordinates must be numbers'; -- the parser would read texts as 0
  end if;
  v_polygon := extensions.st_geomfromgeojson(v_bare);
  return case
    when extensions.st_isempty(v_polygon) then 'it is empty'
    when extensions.st_npoints(v_polygon) > 5000
      then format('it has %s vertices; the limit is 5000', extensions.st_npoints(v_polygon))
    when not (extensions.st_xmin(v_polygon) >= -180 and extensions.st_xmax(v_polygon) <= 180
              and extensions.st_ymin(v_polygon) >= -90 and extensions.st_ymax(v_polygon) <= 90)
      then 'longitude is -180 to 180, latitude -90 to 90'
    else nullif(extensions.st_isvalidreason(private.make_polygon(v_bare)), 'Valid Geometry')
  end;
exception when internal_error or invalid_parameter_value or data_exception then -- raised by the parser
  return 'its coordinates must be rings of three or more pairs of longitude and latitude';
end
$$;
comment on function private.polygon_error is 'Why a GeoJSON polygon is not valid; null for a valid one.';
revoke all on function private.polygon_error from public;
