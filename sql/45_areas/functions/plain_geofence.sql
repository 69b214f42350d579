-- A geofence as it is stored: a bare GeoJSON geometry of two dimensions, which private.make_polygon leaves
-- as it is. What is not valid is returned as it came; the trigger TbDestinatario_cerca refuses it.
-- Security definer: callers have no rights on the helpers.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.plain_geofence(p_geojson jsonb) returns jsonb
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_bare jsonb := private.bare_polygon(p_geojson);
  v_polygon extensions.geometry;
begin
  if private.polygon_error(p_geojson) is not null then
    return p_geojson;
  end if;
  v_polygon := private.make_polygon(v_bare);
  if extensions.st_asbinary(v_polygon)
     = extensions.st_asbinary(extensions.st_geomfromgeojson(v_bare)) then
    return v_bare;
  end if;
  return extensions.st_asgeojson(v_polygon, 15, 0)::jsonb;
end
$$;
comment on function private.plain_geofence is 'A geofence as a bare polygon, cut at 180 degrees.';
revoke all on function private.plain_geofence from public;
grant execute on function private.plain_geofence to authenticated, service_role;
