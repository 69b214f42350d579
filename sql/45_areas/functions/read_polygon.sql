-- The field poligono of an area, a GeoJSON polygon. Raises PT400 INVALID_AREA.
create function private.read_polygon(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := private.polygon_error(p_area -> 'poligono');
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = format('poligono: %s', v_error), hint = 'INVALID_AREA';
  end if;
  return private.make_polygon(private.bare_polygon(p_area -> 'poligono'));
end
$$;
comment on function private.read_polygon is 'The polygon of an area.';
revoke all on function private.read_polygon from public;
