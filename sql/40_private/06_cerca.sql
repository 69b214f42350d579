-- Geofences: a polygon where the site has one, the circle of metres around its address otherwise.

-- Null when fence or coordinates are missing. A point on the edge is inside. Inlined: no SET clause.
create function private.dentro_da_cerca(p_cerca extensions.geometry, p_raio double precision, p_distancia double precision,
                                        p_long double precision, p_lat double precision) returns boolean
language sql immutable parallel safe as $$
  select case when p_cerca is null then p_distancia <= p_raio
         else extensions.st_covers(p_cerca, extensions.st_setsrid(extensions.st_makepoint(p_long, p_lat), 4326)) end
$$;
comment on function private.dentro_da_cerca(extensions.geometry, double precision, double precision, double precision, double precision) is
  'A point is inside the geofence of its site.';
revoke all on function private.dentro_da_cerca(extensions.geometry, double precision, double precision, double precision, double precision) from public;

-- What is wrong with it; null for a polygon or several, closed, that do not cross themselves, in degrees.
create function private.erro_do_poligono(p_geojson jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_poligono extensions.geometry;
begin
  if p_geojson ->> 'type' is null or p_geojson ->> 'type' not in ('Polygon', 'MultiPolygon') then
    return 'it must be a GeoJSON geometry of the type Polygon or MultiPolygon';
  elsif octet_length(p_geojson::text) > 65536 then
    return 'it must have at most 65536 bytes';
  elsif jsonb_path_exists(p_geojson, '$.coordinates.** ? (@.type() != "array" && @.type() != "number")') then
    return 'its coordinates must be numbers'; -- the parser takes texts for 0
  end if;
  v_poligono := extensions.st_geomfromgeojson(p_geojson);
  return case
    when extensions.st_isempty(v_poligono) then 'it is empty'
    when extensions.st_srid(v_poligono) <> 4326 then 'its coordinates must be WGS 84, without a crs'
    when extensions.st_ndims(v_poligono) <> 2 then 'its coordinates must be pairs of longitude and latitude'
    when not (extensions.st_xmin(v_poligono) >= -180 and extensions.st_xmax(v_poligono) <= 180 and extensions.st_ymin(v_poligono) >= -90 and extensions.st_ymax(v_poligono) <= 90)
      then 'longitude is -180 to 180, latitude -90 to 90'
    when not extensions.st_isvalid(v_poligono) then extensions.st_isvalidreason(v_poligono)
  end;
exception when internal_error or invalid_parameter_value or data_exception then -- of the parser
  return 'its coordinates are no closed rings of pairs of longitude and latitude';
end
$$;
comment on function private.erro_do_poligono(jsonb) is 'What is wrong with a polygon in GeoJSON; null when nothing is.';
revoke all on function private.erro_do_poligono(jsonb) from public;
