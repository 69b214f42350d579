-- Checks circulo, caixa and poligono of an area as private.devices_in_area does, for the stream, which
-- compares positions in its memory. Returns the polygon (WKB as hex); null where there is none.
-- Security definer: what it calls is not for the application's login. It reads nothing.
-- Who may call it: that login. Raises PT400 INVALID_AREA, PT413 TOO_LARGE.
create function private.check_area(p_area jsonb) returns text
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_small(p_area);
  if p_area ? 'circulo' then
    perform private.read_circle(p_area);
  end if;
  if p_area ? 'caixa' then
    perform private.read_box(p_area);
  end if;
  return case when p_area ? 'poligono'
    then encode(extensions.st_asbinary(private.read_polygon(p_area)), 'hex') end;
end
$$;
comment on function private.check_area is 'Raises an error for an area that is not one; returns its polygon.';
revoke all on function private.check_area from public;
grant execute on function private.check_area to rastro_api, rastro_api_2;
