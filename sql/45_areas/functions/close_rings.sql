-- A GeoJSON polygon whose rings end where they begin. RFC 7946 wants this to be written (3.1.6), and many
-- programs leave it out; of three points or more, what is meant is plain. Other rings, and what is not a
-- polygon, stay as they are: private.polygon_error says what is wrong with them.
create function private.close_rings(p_geometry jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_path text := case p_geometry ->> 'type' when 'Polygon' then 'strict $.coordinates[*]'
                                            when 'MultiPolygon' then 'strict $.coordinates[*][*]' end;
begin
  if v_path is null or not exists (
       select from jsonb_path_query(p_geometry, v_path::jsonpath, silent => true) r (ring)
       where private.close_ring(r.ring) <> r.ring) then
    return p_geometry;
  elsif p_geometry ->> 'type' = 'Polygon' then
    return p_geometry || jsonb_build_object('coordinates', (
      select jsonb_agg(private.close_ring(r.e) order by r.n)
      from jsonb_array_elements(p_geometry -> 'coordinates') with ordinality r (e, n)));
  end if;
  return p_geometry || jsonb_build_object('coordinates', (
    select jsonb_agg(case when jsonb_typeof(p.e) = 'array' then (
             select coalesce(jsonb_agg(private.close_ring(r.e) order by r.n), '[]')
             from jsonb_array_elements(p.e) with ordinality r (e, n)) else p.e end order by p.n)
    from jsonb_array_elements(p_geometry -> 'coordinates') with ordinality p (e, n)));
end
$$;
comment on function private.close_rings is 'A GeoJSON polygon with closed rings.';
revoke all on function private.close_rings from public;
