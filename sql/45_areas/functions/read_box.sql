-- The field caixa of an area, [south, west, north, east], as a polygon; two polygons when the box crosses the
-- antimeridian, that is when west is greater than east. Raises PT400 INVALID_AREA.
create function private.read_box(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_box double precision[] := private.read_area_numbers(
    p_area, 'caixa', '{south,west,north,east}', '{-90,-180,-90,-180}', '{90,180,90,180}');
begin
  if v_box[1] > v_box[3] then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = 'caixa is south, west, north, east: south must not be greater than north';
  end if;
  return case
    when v_box[2] <= v_box[4] then extensions.st_makeenvelope(v_box[2], v_box[1], v_box[4], v_box[3], 4326)
    else extensions.st_collect(
      extensions.st_makeenvelope(v_box[2], v_box[1], 180, v_box[3], 4326),
      extensions.st_makeenvelope(-180, v_box[1], v_box[4], v_box[3], 4326))
  end;
end
$$;
comment on function private.read_box is 'The box of an area, as a polygon.';
revoke all on function private.read_box from public;
