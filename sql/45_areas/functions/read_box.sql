-- A box as a polygon. PT400 INVALID_AREA. One whose west lies east of its east crosses the antimeridian.
create function private.read_box(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_box double precision[] := private.read_area_numbers(
    p_area, 'caixa', '{south,west,north,east}', '{-90,-180,-90,-180}', '{90,180,90,180}');
begin
  if v_box[1] > v_box[3] then
    raise sqlstate 'PT400' using message = 'caixa is south, west, north, east: its south lies north of its north', hint = 'INVALID_AREA';
  end if;
  return case when v_box[2] <= v_box[4] then extensions.st_makeenvelope(v_box[2], v_box[1], v_box[4], v_box[3], 4326)
         else extensions.st_collect(extensions.st_makeenvelope(v_box[2], v_box[1], 180, v_box[3], 4326),
                                    extensions.st_makeenvelope(-180, v_box[1], v_box[4], v_box[3], 4326)) end;
end
$$;
comment on function private.read_box is 'The box of an area.';
revoke all on function private.read_box from public;
